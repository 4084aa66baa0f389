{# A text as space-separated lower-case words, so that a phrase is found as words and not inside other words. #}
{% macro words(x) -%}
    (' ' || lower(translate({{ x }}, ',.;:()/_', '        ')) || ' ')
{%- endmacro %}

{# Short phrases must stand as whole words; longer ones may carry an ending. #}
{% macro mentions(words, phrase) -%}
    contains({{ words }}, ' ' || {{ phrase }} || case when length({{ phrase }}) < 5 then ' ' else '' end)
{%- endmacro %}

{# The first known value among ranked rows of one key: the newest that says anything. #}
{% macro newest_known(column, ranks=4) -%}
    coalesce({% for n in range(1, ranks + 1) %}max(case when newest = {{ n }} then {{ column }} end){% if not loop.last %}, {% endif %}{% endfor %})
{%- endmacro %}
