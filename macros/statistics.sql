{# Wilson score interval (Wilson 1927) of a share at 90 %: z = 1.6449. `n` may be an effective number of cases. #}
{% macro wilson(p, n, side) -%}
    {%- set z = '1.6448536269514722e0' -%}
    case
        when {{ n }} > 0 then
            {{ 'greatest(0e0, ' if side == 'low' else 'least(1e0, ' }}(
                {{ p }} * {{ n }} + {{ z }} * {{ z }} / 2e0
                {{ '-' if side == 'low' else '+' }} {{ z }} * sqrt({{ p }} * (1e0 - {{ p }}) * {{ n }} + {{ z }} * {{ z }} / 4e0)
            ) / ({{ n }} + {{ z }} * {{ z }}))
        else {{ '0e0' if side == 'low' else '1e0' }}
    end
{%- endmacro %}
