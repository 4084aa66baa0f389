"""What the exports hold: each report is a query on the published tables and its columns, explained once.

A column that is `private` says who a lead is or what they wrote; it is there only with --show-names. Ids become
pseudonyms without it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a report; `kind` is text, number, share, money, moment, day or flag."""

    name: str
    meaning: str
    kind: str = "text"
    private: bool = False
    is_id: bool = False
    total: str = ""  # sum, or nothing
    is_free: bool = False  # somebody typed it: names of leads are taken out without --show-names


@dataclass(frozen=True, slots=True)
class Picture:
    """The chart of a workbook: sums of `values` by another column; without values, how many rows.

    `latest`: only rows with the newest value of this column.
    """

    title: str
    by: str
    values: tuple[str, ...] = ()
    latest: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One export: what it answers, its rows and its columns in order."""

    name: str
    title: str
    query: str
    columns: tuple[Column, ...]
    picture: Picture


ACCOUNT = Column("account", "account the row belongs to; default when there is one")
LEAD = Column("lead", "the lead: a pseudonym that stays the same in every export of this home", is_id=True)
NAMES = (
    Column("name", "display name", private=True),
    Column("handle", "Instagram handle", private=True),
    Column("email", "e-mail", private=True),
    Column("phone", "phone", private=True),
)

SOURCE_TO_WON = Report(
    "source-to-won",
    "Which source becomes clients",
    """
    select account_id as account, source, source_label, content_ref, keyword, campaign, leads, engaged, qualified,
        link_sent, booked, showed, won, revenue, won_rate, won_rate_low, won_rate_high, median_days_to_booked,
        median_days_to_won
    from reporting.rpt_source_to_won
    order by account_id, won desc, leads desc, source, source_label, content_ref, keyword, campaign
    """,
    (
        ACCOUNT,
        Column("source", "where the lead came from, in our words; unknown where the label is blank or not mapped"),
        Column("source_label", "the label as exported", is_free=True),
        Column("content_ref", "post, story or video that brought the lead", is_free=True),
        Column("keyword", "word in a comment or DM that started it", is_free=True),
        Column("campaign", "campaign or ad", is_free=True),
        Column("leads", "prospects that entered", "number", total="sum"),
        Column("engaged", "of these, replied with something meaningful", "number", total="sum"),
        Column("qualified", "of these, fit, problem, timing or intent became clear", "number", total="sum"),
        Column("link_sent", "of these, got the booking link", "number", total="sum"),
        Column("booked", "of these, booked a call", "number", total="sum"),
        Column("showed", "of these, came to the call", "number", total="sum"),
        Column("won", "of these, became clients", "number", total="sum"),
        Column("revenue", "what the clients pay, in the currency of the account", "money", total="sum"),
        Column("won_rate", "won of leads", "share"),
        Column("won_rate_low", "lower end of its 90 % interval", "share"),
        Column("won_rate_high", "upper end of its 90 % interval", "share"),
        Column("median_days_to_booked", "days from the first message to the booking, middle of all", "number"),
        Column("median_days_to_won", "days from the first message to won, middle of all", "number"),
    ),
    Picture("Leads, qualified and clients by source", "source", ("leads", "qualified", "won")),
)

LEADS = Report(
    "leads",
    "Every lead with stage, owner and next action",
    """
    select j.account_id as account, j.lead_id as lead, l.display_name as name, l.instagram_handle as handle, l.email,
        l.phone, j.journey_number, j.is_prospect, j.person_kind, j.source, j.content_ref, j.keyword, j.campaign,
        j.started_at, j.first_reply_minutes, j.first_reply_role, j.stage, j.stage_entered_at, j.days_in_stage,
        j.is_stale, j.is_hot, j.needs_human_review, j.crm_stage, j.crm_agrees, j.outcome_reason, j.main_objection,
        a.needs_follow_up, a.next_owner, a.next_due_on, a.next_action, a.moves_forward_when, a.closes_out_when,
        a.last_lead_words, j.trigger_text, j.won_at, j.revenue_amount, j.currency
    from marts.fct_journeys as j
    left join marts.dim_leads as l on l.account_id = j.account_id and l.lead_id = j.lead_id
    left join marts.fct_next_actions as a on a.account_id = j.account_id and a.journey_id = j.journey_id
    order by j.account_id, j.started_at desc nulls last, j.journey_id
    """,
    (
        ACCOUNT,
        LEAD,
        *NAMES,
        Column("journey_number", "1 for the first time this person came, 2 for the second ...", "number"),
        Column("is_prospect", "counts in the rates; clients asking for support and pitches do not", "flag"),
        Column("person_kind", "new, old lead, referral or current client"),
        Column("source", "where the lead came from"),
        Column("content_ref", "post, story or video that brought the lead", is_free=True),
        Column("keyword", "word that started it", is_free=True),
        Column("campaign", "campaign or ad", is_free=True),
        Column("started_at", "first message or CRM entry (UTC)", "moment"),
        Column("first_reply_minutes", "minutes until a person of the team or the AI answered", "number"),
        Column("first_reply_role", "who answered first: coach, setter, va, ai"),
        Column("stage", "stage by the evidence"),
        Column("stage_entered_at", "since when (UTC)", "moment"),
        Column("days_in_stage", "days in this stage", "number"),
        Column("is_stale", "longer in the stage than it should be", "flag"),
        Column("is_hot", "from qualified on, and wrote within the last days", "flag"),
        Column("needs_human_review", "a person has to look before this can be relied on", "flag"),
        Column("crm_stage", "stage by the CRM, in our words"),
        Column("crm_agrees", "whether both agree", "flag"),
        Column("outcome_reason", "why lost or in nurture"),
        Column("main_objection", "main objection"),
        Column("needs_follow_up", "the team owes an answer", "flag"),
        Column("next_owner", "who has the next step"),
        Column("next_due_on", "when it is due", "day"),
        Column("next_action", "what to do next", private=True),
        Column("moves_forward_when", "what would move the lead forward", private=True),
        Column("closes_out_when", "what would close the lead out", private=True),
        Column("last_lead_words", "the lead's last words", private=True),
        Column("trigger_text", "what started the conversation", private=True),
        Column("won_at", "when the lead became a client (UTC)", "moment"),
        Column("revenue_amount", "what the client pays", "money", total="sum"),
        Column("currency", "currency of the amount"),
    ),
    Picture("Leads by stage", "stage"),
)

LEAKS = Report(
    "leaks",
    "Every leak with the lead behind it",
    """
    select k.account_id as account, k.leak, k.question, j.lead_id as lead, l.display_name as name,
        l.instagram_handle as handle, l.email, l.phone, k.stage, k.owner, k.since_at, k.detail
    from marts.fct_leaks as k
    left join marts.fct_journeys as j on j.account_id = k.account_id and j.journey_id = k.journey_id
    left join marts.dim_leads as l on l.account_id = j.account_id and l.lead_id = j.lead_id
    order by k.account_id, k.leak, k.since_at nulls last, k.journey_id
    """,
    (
        ACCOUNT,
        Column("leak", "which leak"),
        Column("question", "the weekly question that it answers"),
        LEAD,
        *NAMES,
        Column("stage", "stage of the lead"),
        Column("owner", "who has the next step"),
        Column("since_at", "since when (UTC)", "moment"),
        Column("detail", "what was found", private=True),
    ),
    Picture("Leads by leak", "leak"),
)

MOVEMENT = Report(
    "movement",
    "What moved each week, stage by stage",
    """
    select account_id as account, week_start_on, stage, opening, entered, advanced, moved_back, lost, nurtured,
        returned, closing
    from reporting.rpt_weekly_movement
    order by account_id, week_start_on desc, stage
    """,
    (
        ACCOUNT,
        Column("week_start_on", "Monday of the week, in the account's time zone", "day"),
        Column("stage", "stage"),
        Column("opening", "leads in the stage when the week began", "number"),
        Column("entered", "entered it during the week", "number", total="sum"),
        Column("advanced", "left it forwards", "number", total="sum"),
        Column("moved_back", "left it backwards", "number", total="sum"),
        Column("lost", "left it as lost", "number", total="sum"),
        Column("nurtured", "left it for nurture", "number", total="sum"),
        Column("returned", "left it by coming back as a new journey", "number", total="sum"),
        Column("closing", "leads in the stage when the week ended: opening + entered - all exits", "number"),
    ),
    Picture("Last week, stage by stage", "stage", ("opening", "entered", "closing"), "week_start_on"),
)

REPORTS = {report.name: report for report in (SOURCE_TO_WON, LEADS, LEAKS, MOVEMENT)}
