"""Conversations of which nothing comes, and the small things all conversations have."""

from __future__ import annotations

from .opening import open_with, reel_share, story_share
from .talk import Talk


def human(talk: Talk) -> str:
    """The person of the team who looks after this thread."""
    return talk.case.handler


EMOJI = ("😂😂", "🙏", "❤️❤️", "👏👏👏", "💪", "haha", "😅", "🔥", "same 😂")
PRICE_WORDS = ("price?", "Price?", "cost?", "price pls", "how much", "£?", "prices?")


def new_dm(talk: Talk) -> None:
    """Nothing of substance comes from the lead."""
    case, rng = talk.case, talk.rng
    kind = case.variant
    if case.source == "organic_dm":
        kind = {"silent": "price_word", "thanks": "reel", "emoji": "price_word", "unanswered": "price_word"}.get(
            kind, kind
        )
    if kind == "voice" and case.source in ("story_reply", "dm_ad", "organic_dm"):
        _voice_only(talk)
    elif kind == "reel":
        case.source = "organic_dm" if case.source == "story_reply" else case.source
        talk.says("", "trigger", after=0, kind="reel_share", **reel_share(talk))
        talk.team(human(talk), "react_reel", "question" if rng.random() < 0.5 else "")
    elif kind == "price_word" and case.source in ("story_reply", "organic_dm", "dm_ad"):
        case.source = "organic_dm" if case.source == "story_reply" else case.source
        talk.says(rng.choice(PRICE_WORDS), "trigger", after=0)
        if rng.random() < 0.7:
            talk.team(human(talk), "price_first", "question")
    else:
        open_with(talk, "none")
        _small_reply(talk, kind)


def _small_reply(talk: Talk, kind: str) -> None:
    """What comes back to the first reply: a sign, a kind word, thanks, nothing."""
    case, rng = talk.case, talk.rng
    if kind == "emoji" or (kind == "silent" and case.source == "story_reply"):
        if rng.random() < 0.6:
            talk.says(rng.choice(EMOJI), "thanks_only", after=rng.uniform(2, 300))
        else:
            react(talk)
    elif kind == "friendly":
        talk.lead("friendly", "friendly_only")
        talk.team(human(talk), "friendly_back", "")
    elif kind == "story_chat" and case.source == "story_reply":
        for _ in range(rng.choice((2, 3))):
            talk.lead("story_short", "trigger", after=rng.uniform(3000, 12000), kind="story_reply", **story_share(talk))
            talk.team(human(talk), "friendly_back", "")
    elif kind == "thanks" or (kind in ("voice", "reel", "story_chat") and case.source in ("keyword", "comment_to_dm")):
        if rng.random() < 0.4:
            talk.says(talk.person.email, "email thanks_only", after=rng.uniform(1, 40))
            talk.team("auto", "auto_email", "", after=0.1)
        else:
            talk.lead("thanks_freebie", "thanks_only")
    if kind == "silent" and rng.random() < 0.45:
        act = "nudge_new" if case.source in ("keyword", "comment_to_dm") else "nudge_story"
        talk.team(human(talk), act, "question unprompted", after=rng.uniform(2000, 6000))


def react(talk: Talk) -> None:
    """A reaction to the team's last message, as a line of its own."""
    if talk.rng.random() < 0.2:
        talk.says("Liked a message", "reaction", after=talk.rng.uniform(1, 200), kind="reaction")
        return
    emoji = talk.rng.choice(("❤️", "😂", "👍", "🙏", "🔥", "😍", "👏"))
    talk.says(f"Reacted {emoji} to your message ", "reaction", after=talk.rng.uniform(1, 200), kind="reaction")


def voice_note(talk: Talk, tags: str, after: float | None = None) -> None:
    """A voice note: the export holds no word of it."""
    talk.says("", tags, after=after, kind="voice", voice=True)


def _voice_only(talk: Talk) -> None:
    """Nothing but a voice note: a person has to listen."""
    talk.case.facts["review"] = True
    if talk.case.source == "story_reply":
        talk.lead("story_short", "trigger", after=0, kind="story_reply", **story_share(talk))
        talk.team(human(talk), "ask_story", "question")
        voice_note(talk, "unheard", talk.rng.uniform(5, 200))
    else:
        voice_note(talk, "unheard", 0)
        if talk.rng.random() < 0.5:
            voice_note(talk, "unheard", 2)


def pain(talk: Talk, extra: str = "") -> None:
    """The lead says what the trouble is, if they have not yet."""
    if "pain" in talk.case.facts:
        return
    roll = talk.rng.random()
    if roll < 0.06 and talk.case.lang == "en":
        voice_note(talk, "unheard")
        extra = f"{extra} voice_summary".strip()
    line = talk.lead(f"{extra} pain".strip(), "meaningful problem")
    talk.slots["echo"] = line.echo
    if roll > 0.94:
        talk.says("", "", after=0.5, kind="photo", photo=True)
        talk.lead("photo_words", "", after=0.3)
