"""Frames about the data itself: who is counted, what could not be joined or read, labels that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.frame import Frame

if TYPE_CHECKING:
    from reports.queries.window import Window


def conversations_begun(window: Window) -> Frame:
    """Journeys begun, by whether they count: kind (prospect or the reason for leaving out), last_week, weeks."""
    return window.frame(
        """
        select case when is_prospect then 'prospect' else coalesce(exclusion_reason, 'not_a_prospect') end as kind,
            count(*) filter (where started_at >= $week_at) as last_week, count(*) as weeks
        from marts.fct_journeys
        where account_id = $account and started_at >= $begin_at and started_at < $end_at
        group by 1
        order by 1
        """
    )


def match_rates(window: Window) -> Frame:
    """How calls were joined to a conversation: match_method (null: not), calls, unsure (confidence under 0.9)."""
    return window.frame(
        """
        select match_method, count(*) as calls, count(*) filter (where match_confidence < 0.9) as unsure,
            count(*) filter (where journey_id is null) as unmatched
        from marts.fct_calls where account_id = $account
        group by match_method order by match_method nulls last
        """
    )


def rejects(window: Window) -> Frame:
    """Rows and files that were not loaded: file, code, reason, rows, most first."""
    return window.frame(
        """
        select file, code, min(reason) as reason, count(*) as rows, min(line) as first_line
        from marts.fct_rejects where account_id = $account
        group by file, code order by rows desc, file, code
        """
    )


def label_faults(window: Window) -> Frame:
    """Labels that say nothing or are not known: label, field, place, problem, rows."""
    return window.frame(
        """
        select label, field, place, problem, rows
        from marts.fct_label_faults where account_id = $account
        order by rows desc, label, field, place
        """
    )


def data_trust(window: Window) -> Frame:
    """Checks of what the numbers rest on: check_name, found, total, share."""
    return window.frame(
        """
        select check_name, found, total, share from reporting.rpt_data_trust
        where account_id = $account order by check_name
        """
    )


def exports(window: Window) -> Frame:
    """What was loaded, by format.

    Columns: format, files, newest_at (newest time in the export), rows_loaded, rows_refused, rows_left_out.
    """
    return window.frame(
        """
        select format, count(*) as files, max(exported_at) as newest_at, sum(rows_loaded) as rows_loaded,
            sum(rows_refused) as rows_refused, sum(rows_left_out) as rows_left_out
        from raw.files where account_id = $account and format is not null
        group by format order by format
        """
    )


def conversation_names(window: Window) -> Frame:
    """Who each conversation is with: conversation_id, name, handle."""
    return window.frame(
        """
        select j.conversation_id, max(l.display_name) as name, max(l.instagram_handle) as handle
        from marts.fct_journeys as j
        inner join marts.dim_leads as l on j.account_id = l.account_id and j.lead_id = l.lead_id
        where j.account_id = $account and j.conversation_id is not null
        group by j.conversation_id
        order by j.conversation_id
        """
    )
