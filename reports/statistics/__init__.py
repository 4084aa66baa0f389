"""Numbers that hold for few and unfinished leads: rates, source quality, leak prices, verdicts on changes.

Pure functions on small arrays (`incidence`, `shrink`, `quality`, `prices`, `verdict`), the rows they are fed with
(`cohorts`, `calls`), and `write_tables`, which the refresh calls once dbt has built the marts.
"""

from __future__ import annotations

from reports.statistics.tables import write_tables

__all__ = ["write_tables"]
