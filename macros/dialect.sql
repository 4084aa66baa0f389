{# Every difference between the two engines, DuckDB and Spark, lives in this file and nowhere else. #}

{% macro parquet(folder) -%}
    {%- if target.type == 'spark' -%} parquet.`{{ folder }}` {%- else -%} read_parquet('{{ folder }}/*.parquet') {%- endif -%}
{%- endmacro %}

{% macro instant(x) -%}
    cast({{ x }} as {{ 'timestamp' if target.type == 'spark' else 'timestamptz' }})
{%- endmacro %}

{% macro epoch_us(t) -%}
    {{ 'unix_micros' if target.type == 'spark' else 'epoch_us' }}({{ t }})
{%- endmacro %}

{# Days as a double, fractions kept. #}
{% macro days_between(a, b) -%}
    (({{ epoch_us(b) }} - {{ epoch_us(a) }}) / 86400e6)
{%- endmacro %}

{% macro minutes_between(a, b) -%}
    (({{ epoch_us(b) }} - {{ epoch_us(a) }}) / 60e6)
{%- endmacro %}

{# A column or number of days later. #}
{% macro plus_days(t, days) -%}
    ({{ t }} + ({{ days }}) * interval '1' day)
{%- endmacro %}

{% macro local_date(t, zone) -%}
    {%- if target.type == 'spark' -%} cast(from_utc_timestamp({{ t }}, {{ zone }}) as date)
    {%- else -%} cast(timezone({{ zone }}, {{ t }}) as date) {%- endif -%}
{%- endmacro %}

{# The instant at which a day begins in a zone. #}
{% macro local_midnight(day, zone) -%}
    {%- if target.type == 'spark' -%} to_utc_timestamp(cast({{ day }} as timestamp), {{ zone }})
    {%- else -%} timezone({{ zone }}, cast({{ day }} as timestamp)) {%- endif -%}
{%- endmacro %}

{# Distinct texts in one, in their order. #}
{% macro joined_texts(x, separator=', ') -%}
    {%- if target.type == 'spark' -%} array_join(array_sort(collect_set({{ x }})), '{{ separator }}')
    {%- else -%} string_agg(distinct {{ x }}, '{{ separator }}' order by {{ x }}) {%- endif -%}
{%- endmacro %}
