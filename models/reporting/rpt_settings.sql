-- One row per account and setting that shaped these numbers.
with settings as (

    select * from {{ ref('stg_settings') }}

)

{% for key in [
    'account_name', 'timezone', 'currency', 'as_of', 'review_confidence', 'follow_up_days', 'reentry_days', 'hot_days',
    'weak_handoff_below', 'no_show_risk_handoff_below', 'no_show_risk_days',
    'rescued_worth'
] %}
    select
        account_id,
        '{{ key }}' as setting,
        {% if key == 'as_of' %}
            cast({{ local_date('as_of', 'timezone') }} as string)
        {% else %}
            cast({{ key }} as string)
        {% endif %}
            as value
    from settings
    {% if not loop.last %}union all{% endif %}
{% endfor %}
