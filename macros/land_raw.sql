{# Makes schema raw from the Parquet that ingest wrote. DuckDB takes tables, so that the warehouse carries its raw rows. #}
{% macro land_raw() -%}
    {%- if execute -%}
        {%- set folder = env_var('LEAKREVIEW_RAW', 'data/raw/landed') -%}
        {%- do run_query('create schema if not exists raw') -%}
        {%- for name in raw_tables() -%}
            {%- set kind = 'view' if target.type == 'spark' else 'table' -%}
            {%- do run_query(
                'create or replace ' ~ kind ~ ' raw.' ~ name ~ ' as select * from ' ~ parquet(folder ~ '/' ~ name)
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# The same names as ingest.shapes.RAW_TABLES; a test holds them equal. #}
{% macro raw_tables() -%}
    {{ return([
        'messages', 'conversations', 'crm_leads', 'stage_changes', 'bookings', 'judgements', 'identities',
        'files', 'rejects', 'settings', 'team', 'labels', 'keywords',
    ]) }}
{%- endmacro %}
