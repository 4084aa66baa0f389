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

{# A day as people write it, 1 November; with its year where that is not near. #}
{% macro plain_day(day, today) -%}
    (
        cast(extract(day from {{ day }}) as string)
        || case extract(month from {{ day }})
            {%- for name in ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September',
                'October', 'November', 'December'] %}
            when {{ loop.index }} then ' {{ name }}'
            {%- endfor %}
        end
        || case
            when {{ day }} between {{ today }} - 180 and {{ today }} + 180 then ''
            else ' ' || cast(extract(year from {{ day }}) as string)
        end
    )
{%- endmacro %}

{# A text with its places filled. `{fact: of *}` stands for " of " and the fact where that is known, and for nothing
   where it is not; `{fact:a *|b}` then stands for "b". `facts` maps names to columns; more places than `places` are
   not filled (a test reads the seed for it). #}
{% macro filled(text, facts, places=3) -%}
    (
        split_part({{ text }}, '{', 1)
        {%- for n in range(2, places + 2) %}
        {%- set piece = "split_part(" ~ text ~ ", '{', " ~ n ~ ")" %}
        {%- set inside = "split_part(" ~ piece ~ ", '}', 1)" %}
        {%- set wording = "substring(" ~ inside ~ ", instr(" ~ inside ~ ", ':') + 1)" %}
        || coalesce(
            replace(
                split_part({{ wording }}, '|', 1),
                '*',
                case split_part({{ piece }}, ':', 1)
                    {%- for name, column in facts.items() %}
                    when '{{ name }}' then {{ column }}
                    {%- endfor %}
                end
            ),
            split_part({{ wording }}, '|', 2)
        )
        || split_part({{ piece }}, '}', 2)
        {%- endfor %}
    )
{%- endmacro %}
