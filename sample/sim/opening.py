"""How a conversation begins: the first touch by source, and who answers it."""

from __future__ import annotations

from typing import Any

from .talk import Talk

KEYWORD_TRIGGERS = {
    "guide": ("guide", "GUIDE", "Guide", "guide 🙏", "Guide please", "GUIDE!", "guide pls", "guide 👀", '"guide"'),
    "strong": ("STRONG", "strong", "Strong 💪", "strong please"),
    "desk": ("DESK", "desk", "Desk", "desk 🙋‍♀️"),
}


RICH_ACTS = ("story_pain", "ad_pain", "organic_pain", "referral_pain", "returning_pain")


def story_share(talk: Talk) -> dict[str, Any]:
    """A reply to one of the coach's stories, as the export shows it."""
    story = talk.banks.draw(talk.rng, "en", "story_titles").text
    talk.case.story = story
    number = talk.rng.randrange(10**18, 9 * 10**18)
    return {
        "share": {"link": f"https://instagram.com/stories/maren.deskstrong/{number}", "share_text": f"story: {story}"}
    }


def reel_share(talk: Talk) -> dict[str, Any]:
    """A reel of the coach, sent on."""
    title = talk.banks.draw(talk.rng, "en", "reel_titles").text
    talk.case.story = title
    code = "".join(talk.rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789") for _ in range(11))
    return {
        "share": {
            "link": f"https://www.instagram.com/reel/{code}/",
            "share_text": title,
            "original_content_owner": "maren.deskstrong",
        }
    }


def open_with(talk: Talk, rich: str) -> None:
    """The first touch. `rich`: pain, why or question when the lead's first words already say something, else none."""
    case = talk.case
    source = case.source
    if source == "story_reply":
        extra = story_share(talk)
        act = {"pain": "story_pain", "question": "story_question"}.get(rich, "story_short")
        tags = {"pain": "meaningful problem", "question": "meaningful question"}.get(rich, "trigger")
        line = talk.lead(act, tags, after=0, kind="story_reply", **extra)
        if line.more:  # these words answer one story only
            case.story = line.more
            case.messages[0].extra["share"]["share_text"] = f"story: {line.more}"
    elif source == "keyword":
        talk.says(talk.rng.choice(KEYWORD_TRIGGERS[case.keyword]), "trigger", after=0)
        talk.team("auto", f"auto_{case.keyword}", "freebie question")
    elif source == "comment_to_dm":
        case.story = talk.banks.draw(talk.rng, "en", "reel_titles").text
        talk.team("auto", "auto_comment", "freebie question", after=0)
    elif source == "dm_ad":
        act = {"pain": "ad_pain", "question": "ad_question"}.get(rich, "ad_short")
        tags = {"pain": "meaningful problem", "question": "meaningful question"}.get(rich, "trigger")
        talk.lead(act, tags, after=0)
        case.story = talk.rng.choice(
            ("Back pain at 45 is not your age", "Desk body reset", "Strong at 45: 12 weeks", "Your chair is winning")
        )
    elif source == "organic_dm":
        act = {"pain": "organic_pain", "question": "organic_question"}.get(rich, "organic_short")
        tags = {"pain": "meaningful problem", "question": "meaningful question"}.get(rich, "friendly_only")
        talk.lead(act, tags, after=0)
    elif source == "referral":
        act = "referral_pain" if rich == "pain" else "referral_open"
        talk.lead(act, "meaningful referred" + (" problem" if rich == "pain" else ""), after=0)
    elif source == "returning":
        act = "returning_pain" if rich == "pain" else "returning_open"
        talk.lead(act, "meaningful returning" + (" problem" if rich == "pain" else ""), after=0)
    elif source == "outbound":
        talk.team(case.handler, "outbound_open", "question unprompted", after=0)
        return
    _answer(talk, rich)


def _answer(talk: Talk, rich: str) -> None:
    """The first reply of the team, unless a machine has answered already or nobody does."""
    case = talk.case
    if case.variant == "unanswered" or case.source in ("keyword", "comment_to_dm"):
        return
    if case.facts.get("link_first"):
        return
    actor = case.opener if not (case.opener == "auto" and case.source == "organic_dm") else case.handler
    slow = case.first_reply_min if actor not in ("auto", "ai") else None
    if actor == "auto":
        talk.team("auto", "auto_ad" if case.source == "dm_ad" else "auto_hello", "question", after=None)
    elif rich == "pain" and not case.facts.get("plain_answer"):
        line = next(case.facts[a] for a in RICH_ACTS if a in case.facts)
        case.facts["pain"] = line
        talk.slots["echo"] = line.echo
        talk.team(actor, "ack ask_more" if line.echo else "ask_more", "question echo", after=slow)
    elif rich == "pain":
        case.facts["pain"] = True
        talk.team(actor, "ask_more", "question", after=slow)
    elif rich == "question" or case.source in ("referral", "returning"):
        talk.team(actor, "ask_first", "question", after=slow)
    else:
        talk.team(actor, "ask_story" if case.source == "story_reply" else "ask_first", "question", after=slow)
