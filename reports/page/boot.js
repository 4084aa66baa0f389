"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("data").textContent).charts;
  const drawn = new Set();
  const draw = (chart) => {
    if (drawn.has(chart.id)) return;
    drawn.add(chart.id);
    Plotly.newPlot(chart.id, chart.spec.data, chart.spec.layout, chart.spec.config);
  };
  const next = (i) => {
    if (i >= charts.length) { document.documentElement.dataset.drawn = String(drawn.size); return; }
    draw(charts[i]);
    requestAnimationFrame(() => next(i + 1));
  };
  const width = (el) => (el.closest(".cols") ? 318 : 636);
  addEventListener("beforeprint", () => {
    for (const chart of charts) {
      draw(chart);
      const el = document.getElementById(chart.id);
      Plotly.relayout(el, { width: width(el), autosize: false });
    }
  });
  addEventListener("afterprint", () => {
    for (const chart of charts) Plotly.relayout(chart.id, { width: null, autosize: true });
  });
  next(0);
})();
