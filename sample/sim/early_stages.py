"""Conversations that end before a booking link: engaged, qualified, lost, nurture, and a sale in the chat."""

from __future__ import annotations

import datetime as dt

from .closings import crm_close, not_now, win
from .links import come_back
from .new_dms import human, pain
from .opening import open_with
from .talk import Talk


def engaged(talk: Talk) -> None:
    """Something of substance, but no reason why now and no wish for help."""
    case, rng = talk.case, talk.rng
    write = {"price_first": _price_first, "schedule": _schedule, "vague": _vague}.get(case.variant, _pain_only)
    write(talk)
    if rng.random() < 0.35 and case.messages[-1].actor != "lead":
        talk.team(human(talk), "nudge_engaged", "question unprompted", after=rng.uniform(3500, 7000))


def _price_first(talk: Talk) -> None:
    case, rng = talk.case, talk.rng
    open_with(talk, "question" if case.source in ("story_reply", "dm_ad") and rng.random() < 0.6 else "none")
    talk.lead("price_q", "meaningful asks_price question")
    talk.team(human(talk), "price_a ask_more", "question")
    if rng.random() < 0.5:
        talk.lead("price_hm", "objection", value="price")
        if rng.random() < 0.6:
            talk.team(human(talk), "answer_price", "question")


def _schedule(talk: Talk) -> None:
    open_with(talk, "none" if talk.case.source not in ("organic_dm", "dm_ad") else "question")
    talk.lead("schedule_q", "meaningful question fit")
    talk.team(human(talk), "schedule_a", "question")
    if talk.rng.random() < 0.5:
        talk.lead("vague", "meaningful")


def _vague(talk: Talk) -> None:
    case, rng = talk.case, talk.rng
    open_with(talk, "none")
    talk.lead("vague", "meaningful")
    talk.team(human(talk) if rng.random() < 0.6 or case.opener != "ai" else "ai", "ask_more", "question")
    if rng.random() < 0.4:
        talk.lead("vague", "meaningful")
        talk.team(human(talk), "ask_more", "question")


def _pain_only(talk: Talk) -> None:
    case, rng = talk.case, talk.rng
    sayable = case.source not in ("keyword", "comment_to_dm", "outbound")
    open_with(talk, "pain" if rng.random() < 0.5 and sayable else "none")
    pain(talk, "work" if rng.random() < 0.4 else "")
    if case.variant == "dropped":
        talk.lead(rng.choice(("wait_q", "schedule_q")), "meaningful question")
        return
    talk.ask(human(talk), "ask_more" if rng.random() < 0.4 else "ask_tried")
    if case.variant == "chat":
        talk.lead("tried", "meaningful")
        talk.team(human(talk), "tip", "")
        talk.lead("tip_thanks", "thanks_only", after=rng.uniform(60, 3000))
    elif rng.random() < 0.6:
        talk.lead("tried", "meaningful")
        talk.ask(human(talk), "ask_when")


def beat(talk: Talk) -> None:
    """What makes a chat a chat: an aside, a question of the lead's own, the price."""
    roll, who = talk.rng.random(), human(talk)
    if roll < 0.12 and talk.case.lang == "en":
        talk.lead("aside", "thanks_only", after=talk.rng.uniform(1, 20))
        if talk.rng.random() < 0.6:
            talk.team(who, "aside_back", "")
    elif roll < 0.22:
        talk.lead("wait_q", "meaningful question", after=talk.rng.uniform(1, 30))
        talk.team(who, "wait_a", "")
    elif roll < 0.34 and talk.case.path == "intime" and "price_q" not in talk.case.facts:
        talk.lead("price_q", "meaningful asks_price question", after=talk.rng.uniform(1, 30))
        talk.team(who, "price_a", "")


def qualify(talk: Talk, both: bool = True, goal: bool | None = None) -> None:
    """Opening, problem, then why now or the wish for help, with the team's questions between."""
    case, rng = talk.case, talk.rng
    talkative = case.source in ("organic_dm", "referral", "returning") or rng.random() < 0.45
    rich = "pain" if talkative and case.source not in ("keyword", "comment_to_dm", "outbound") else "none"
    goal = rng.random() < 0.6 if goal is None else goal
    open_with(talk, rich)
    if rich == "none" and rng.random() < 0.3:
        talk.lead("vague", "meaningful")
        talk.ask(human(talk), "ask_more")
    pain(talk, "work" if rng.random() < 0.5 else "")
    beat(talk)
    if rng.random() < 0.4:
        talk.ask(human(talk), "ask_tried")
        talk.lead("tried", "meaningful")
    early_why = both and goal and rng.random() < 0.25
    if early_why:
        talk.ask(human(talk), "ask_when")
        _why(talk)
    if goal:
        talk.ask(human(talk), "ask_goal")
        talk.lead("goal", "meaningful goal")
        beat(talk)
    if early_why:
        return
    if both or (not goal and rng.random() < 0.5):
        talk.ask(human(talk), "ask_when")
        _why(talk)
    else:
        talk.ask(human(talk), "ask_ready")
        talk.lead("intent", "meaningful intent")


def _why(talk: Talk) -> None:
    if talk.rng.random() < 0.3:
        talk.lead("why", "meaningful timing")
        talk.lead("intent", "meaningful intent", after=talk.rng.uniform(0.3, 6))
    else:
        talk.lead("why", "meaningful timing")


def qualified(talk: Talk) -> None:
    """Qualified, and the next step is owed by one side or the other."""
    case, rng = talk.case, talk.rng
    qualify(talk)
    if case.variant == "dropped" or (case.variant == "recent" and rng.random() < 0.5):
        if rng.random() < 0.6:
            talk.lead("wait_q", "meaningful question", after=rng.uniform(0.5, 3))
        return
    talk.lead("price_q", "meaningful asks_price question", after=rng.uniform(1, 60))
    talk.team(human(talk), "price_a", "")
    talk.lead("putoff", "put_off")
    if case.variant == "waiting" and rng.random() < 0.4:
        talk.team(human(talk), "nudge_qualified", "question unprompted", after=rng.uniform(4500, 9000))


def dm_sale(talk: Talk) -> None:
    """Bought in the chat, without a call."""
    case = talk.case
    qualify(talk, goal=True)
    talk.lead("price_q", "meaningful asks_price question", after=4)
    talk.team(human(talk), "price_a pay_link", "payment_link", raw="https://buy.stripe.com/desk-strong-12wk")
    talk.lead("paid", "paid", after=talk.rng.uniform(20, 900))
    win(talk, crm=case.variant != "words")


def lost(talk: Talk) -> None:
    """A clear no, or a closing in the CRM, before any link."""
    case, rng = talk.case, talk.rng
    who = human(talk)
    if case.variant == "minor":
        open_with(talk, "none")
        pain(talk)
        talk.ask(who, "ask_tried")
        talk.lead("minor", "meaningful red_flag", value="minor")
        talk.team("maren", "minor_a", "closes_file", value="not_a_fit")
        return
    open_with(talk, "none" if case.source in ("comment_to_dm", "outbound") or rng.random() < 0.5 else "pain")
    pain(talk)
    talk.ask(who, "ask_tried")
    if case.variant in ("price", "other", "not_fit"):
        talk.lead("tried", "meaningful")
        if case.variant == "not_fit":
            talk.team(who, "disq", "closes_file", value="not_a_fit")
            talk.lead("bye", "thanks_only")
            crm_close(talk, "lost", "not a fit, sent to a physio", 60)
            return
        talk.lead("price_q", "meaningful asks_price question", after=rng.uniform(1, 40))
        talk.team(who, "price_a", "")
        talk.lead(f"no_{case.variant}", "clear_no objection", value="price" if case.variant == "price" else "other")
        talk.team(who, "bye_ok", "")
        if case.returns == "soon":
            _reopen(talk)
        elif rng.random() < 0.6:
            crm_close(talk, "lost", {"price": "price mismatch", "other": "chose another option"}[case.variant], 300)
        return
    talk.lead("vague", "meaningful")
    talk.ask(who, "ask_when")
    crm_close(
        talk,
        "lost",
        rng.choice(("dead", "cold", "maybe")) if case.variant == "vague_reason" else "",
        rng.uniform(9000, 16000),
    )


def _reopen(talk: Talk) -> None:
    """Back within two weeks: the same journey goes on."""
    talk.lead("reopen", "meaningful intent", after=talk.rng.uniform(5, 9) * 1440)
    talk.team(human(talk), "reopen_a", "question")
    talk.lead("why", "meaningful timing")


def nurture(talk: Talk) -> None:
    """Not now, but worth a later word."""
    case, rng = talk.case, talk.rng
    who = human(talk)
    if case.variant == "content":
        open_with(talk, "none")
        pain(talk)
        talk.ask(who, "ask_when")
        talk.lead("content_only", "not_now wants_nothing_yet", value="content")
        talk.team(who, "content_ok", "promise")
        return
    qualify(talk)
    if case.variant == "offer":
        talk.team(who, "offer_pitch", "question")
        talk.lead("offer_change", "not_now objection", value="offer")
        talk.team(who, "offer_ok", "promise")
        return
    talk.lead("price_q", "meaningful asks_price question", after=rng.uniform(1, 60))
    talk.team(who, "price_a", "question")
    if case.variant == "crm_date":
        talk.lead("putoff", "put_off")
        until = (talk.at + dt.timedelta(days=rng.randrange(30, 80))).date()
        crm_close(talk, "nurture", "timing later", 400, until=until.isoformat())
        return
    not_now(talk, case.variant)
    if case.returns == "later":
        come_back(talk)
