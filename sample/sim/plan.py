"""Draws the hidden states: who comes when, from where, how far they get, and what goes wrong on the way.

Shares are dealt by exact quota per block of weeks: what was planted holds in the sample, not only on average.
"""

from __future__ import annotations

import datetime as dt
from random import Random

from .clock import FIRST_DAY, LONDON
from .model import Case

BLOCK_WEEKS = ((0, 4), (4, 8), (8, 12), (12, 13))
# path -> cases per block; before 21 September far fewer of the new conversations get going (the planted change)
PATHS = {
    "new_dm": (36, 14, 13, 6),
    "engaged": (12, 17, 17, 5),
    "qualified": (3, 5, 6, 4),
    "dm_sale": (1, 1, 1, 1),
    "lost": (4, 4, 4, 1),
    "nurture": (6, 6, 6, 1),
    "early": (23, 29, 29, 9),
    "intime": (20, 27, 27, 6),
}
# link -> booking, exact per block: the early link books about one in five, the one in time more than one in two
BOOKED = {"early": (5, 6, 6, 2), "intime": (11, 14, 14, 5)}
SOURCES = {
    "new_dm": "story_reply:25 guide:11 strong:4 comment_to_dm:11 dm_ad:11 outbound:4 organic_dm:3",
    "engaged": "story_reply:13 guide:5 desk:3 comment_to_dm:8 dm_ad:9 organic_dm:7 outbound:3 returning:2 referral:1",
    "qualified": "story_reply:4 guide:2 comment_to_dm:3 dm_ad:2 organic_dm:3 referral:2 returning:2",
    "dm_sale": "referral:2 story_reply:1 returning:1",
    "lost": "story_reply:4 comment_to_dm:2 dm_ad:3 organic_dm:3 outbound:1",
    "nurture": "story_reply:5 guide:2 desk:1 comment_to_dm:3 dm_ad:2 organic_dm:3 referral:1 returning:1 outbound:1",
    "early": "guide:30 strong:3 desk:2 dm_ad:16 comment_to_dm:14 story_reply:15 organic_dm:6 outbound:2 referral:2",
    "intime": "guide:14 desk:2 referral:17 story_reply:14 organic_dm:10 dm_ad:8 comment_to_dm:8 returning:5 outbound:2",
}
HANDLERS = {
    "referral": "maren:5 priya:5",
    "returning": "maren:5 priya:4 tom:1",
    "organic_dm": "maren:4 priya:3 tom:3",
    "story_reply": "tom:4 maren:3 priya:3",
    "comment_to_dm": "priya:5 tom:3 jules:2",
    "dm_ad": "tom:7 priya:2 jules:1",
    "keyword": "tom:6 priya:3 jules:1",
    "outbound": "tom:7 priya:3",
}
EARLY_SENDER = "ai:50 tom:33 auto:3 priya:4 maren:3 someone:3 jules:2"
LANGS = "en:300 es:12 pt:10 fr:10 de:9 it:8"


def spread(spec: str, count: int, rng: Random) -> list[str]:
    """`count` words of a `word:weight` list, in proportion, shuffled."""
    pairs = [(w, float(n)) for w, n in (p.split(":") for p in spec.split())]
    total = sum(n for _, n in pairs)
    exact = [(w, n * count / total) for w, n in pairs]
    out = [w for w, n in exact for _ in range(int(n))]
    rest = sorted(exact, key=lambda p: (-(p[1] % 1), p[0]))
    out += [rest[i % len(rest)][0] for i in range(count - len(out))]
    rng.shuffle(out)
    return out


def choose(cases: list[Case], count: int, weight: dict[str, float], rng: Random) -> list[Case]:
    """`count` of the cases, the likelier the heavier their source or keyword (Efraimidis and Spirakis 2006)."""
    keyed = [(rng.random() ** (1 / weight.get(c.keyword or c.source, 1.0)), c.number, c) for c in cases]
    return [c for *_, c in sorted(keyed, key=lambda k: (-k[0], k[1]))[:count]]


def _start(block: int, rng: Random, late: bool = False) -> dt.datetime:
    first, last = BLOCK_WEEKS[block]
    day = FIRST_DAY + dt.timedelta(days=rng.randrange(first * 7, last * 7 - (2 if block == 3 and not late else 0)))
    hour = rng.choices(range(24), weights=[2, 1, 1, 0, 0, 1, 4, 7, 7, 6, 5, 5, 8, 7, 5, 5, 6, 8, 9, 11, 13, 13, 10, 5])[
        0
    ]
    at = dt.datetime.combine(day, dt.time(hour, rng.randrange(60), rng.randrange(60)), tzinfo=LONDON)
    return at.astimezone(dt.UTC)


def _skeletons(rng: Random) -> list[Case]:
    cases: list[Case] = []
    for path, counts in PATHS.items():
        sources = spread(SOURCES[path], sum(counts), rng)
        blocks = [b for b, n in enumerate(counts) for _ in range(n)]
        for block, source in zip(blocks, sources, strict=True):
            word = source if source in ("guide", "strong", "desk") else ""
            case = Case(0, block, path, "keyword" if word else source, _start(block, rng), 0, keyword=word)
            cases.append(case)
    cases.sort(key=lambda c: (c.start, c.path, c.source))
    for number, case in enumerate(cases):
        case.number, case.seed = number, 1000 + number
    for case, lang in zip(cases, spread(LANGS, len(cases), rng), strict=True):
        case.lang = "en" if case.source == "outbound" else lang
    return cases


def _who(cases: list[Case], rng: Random) -> None:
    for source, spec in HANDLERS.items():
        mine = [c for c in cases if c.source == source]
        for case, handler in zip(mine, spread(spec, len(mine), rng), strict=True):
            case.handler = handler
    early = [c for c in cases if c.path == "early"]
    for case, sender in zip(early, spread(EARLY_SENDER, len(early), rng), strict=True):
        case.facts["link_by"] = sender
        if sender not in ("ai", "auto"):
            case.handler = sender
        case.early_kind = rng.choice({"ai": "EEEWWWPQ", "auto": "WW"}.get(sender, "EEEPPPWQA"))
    for case in cases:
        night = not 8 <= case.start.hour < 20
        machine = case.source in ("keyword", "comment_to_dm") or (case.source == "dm_ad" and rng.random() < 0.6)
        case.opener = "auto" if machine else ("ai" if night and rng.random() < 0.55 else case.handler)
        if case.facts.get("link_by") == "ai" and case.opener not in ("auto", "ai"):
            case.opener = "ai"
        if case.facts.get("link_by") == "auto":
            case.opener = "auto"
        if case.handler == "someone" or (case.path in ("engaged", "new_dm", "qualified") and rng.random() < 0.1):
            case.handler, case.introduced = "someone", False
        case.pace = rng.choice((0.4, 0.7, 1.0, 1.0, 1.5, 2.2))
        slow = rng.random() < 0.13
        case.first_reply_min = (
            rng.uniform(1500, 4300) if slow else rng.choice((6, 18, 40, 95, 180, 320)) * rng.uniform(0.5, 1.6)
        )


def _links(cases: list[Case], rng: Random) -> None:
    heavy = {"early": {"guide": 2.4}, "intime": {"guide": 2.6, "referral": 2.0, "returning": 1.4}}
    for path, counts in BOOKED.items():
        for block, count in enumerate(counts):
            pool = [c for c in cases if c.path == path and c.block == block]
            booked = choose(pool, count, heavy[path], rng)
            late = round(count * 0.33)
            for i, case in enumerate(sorted(booked, key=lambda c: c.number)):
                late_kind = "late_alone" if i == 0 and block in (0, 2) else "late_followed"
                case.booked = late_kind if i < late and block < 3 else "fast"
            for case in pool:
                case.strong = path == "intime" and rng.random() < 0.72
                case.tied = case.strong or (path == "intime" and rng.random() < 0.35)
                case.book_hours = (
                    rng.choice((0.1, 0.3, 0.8, 2, 5, 9, 20, 30)) if case.booked == "fast" else rng.uniform(80, 190)
                )
                case.call_days = rng.choice((1, 2, 2, 3, 3, 4, 5, 6, 7, 8))
                if case.start.date() >= dt.date(2026, 11, 9):  # the last week has calls behind it and before it
                    case.call_days = rng.choice((3, 4, 5, 5, 6, 6, 7))
            _unbooked([c for c in pool if not c.booked], rng)


def _unbooked(pool: list[Case], rng: Random) -> None:
    """How the links end that nobody books: half of them nobody follows up."""
    spec = (
        "silent:22 put_off:16 what:9 clear_price:5 clear_other:3 crm_no_response:7 crm_vague:4 nurture_date:6 offer:3"
    )
    kinds = spread(spec, len(pool), rng)
    follow = spread("0:55 1:25 2:16 3:4", len(pool), rng)
    for case, kind, n in zip(sorted(pool, key=lambda c: c.number), kinds, follow, strict=True):
        case.close, case.follow_ups = kind, int(n)
        if kind == "crm_no_response":
            case.follow_ups = max(2, case.follow_ups)
        case.objection = {"clear_price": "price", "clear_other": "other"}.get(kind, "")


def _quality(case: Case) -> str:
    if case.keyword == "guide" or case.source == "referral":
        return case.keyword or case.source
    return "strong" if case.strong else "weak"


def _dealt(name: str, pool: list[Case], outcomes: list[str], rng: Random) -> list[str]:
    """The outcomes in the order of the pool: the newest strong calls are won, two weak wins had an early link."""
    if name == "strong":
        pool.sort(key=lambda c: (c.start < dt.datetime(2026, 11, 5, tzinfo=dt.UTC), c.number))
        outcomes.sort(key=lambda o: o != "won")
        new = sum(c.start >= dt.datetime(2026, 11, 5, tzinfo=dt.UTC) for c in pool)
        rest = outcomes[new:]
        rng.shuffle(rest)
        return outcomes[:new] + rest
    wins = min(2, outcomes.count("won"), sum(c.path == "early" for c in pool))
    while name == "weak" and sum(o == "won" and c.path == "early" for c, o in zip(pool, outcomes, strict=True)) < wins:
        rng.shuffle(outcomes)
    return outcomes


def _calls(cases: list[Case], rng: Random) -> None:
    """What becomes of the booked calls: weak handoffs miss theirs three times as often; guide calls rarely fit."""
    booked = [c for c in cases if c.booked]
    settled = [c for c in booked if c.block < 3]
    odd = spread("unmarked:4 cancelled:4 host_cancelled:1 rescheduled:3", 12, rng)
    for case, kind in zip(choose(settled, 12, {"referral": 0.3}, rng), odd, strict=True):
        case.call = kind
    rest = [c for c in booked if not c.call]
    for strong, share in ((False, 0.44), (True, 0.12)):
        pool = [c for c in rest if c.strong == strong]
        missed = choose(pool, round(len(pool) * share), {"referral": 0.4, "guide": 1.2}, rng)
        for case, kind in zip(
            missed, spread("no_show:5 no_show_rebooked:3 no_show_lost:5", len(missed), rng), strict=True
        ):
            case.call = kind
    held = [c for c in booked if c.call in ("", "rescheduled", "no_show_rebooked")]
    for name, spec in (
        ("guide", "not_a_fit:7 price:2 follow_up:2 pending:1 won:1"),
        ("referral", "won:8 follow_up:1 pending:1"),
        ("strong", "won:11 follow_up:2 pending:1 price:2 other:1"),
        ("weak", "won:3 follow_up:2 pending:1 price:3 other:1 not_a_fit:1"),
    ):
        pool = [c for c in held if _quality(c) == name]
        for case, outcome in zip(pool, _dealt(name, pool, spread(spec, len(pool), rng), rng), strict=True):
            case.call, case.outcome = case.call or "done", outcome
            case.objection = {"price": "price", "other": "other"}.get(outcome, case.objection)


def _variants(cases: list[Case], rng: Random) -> None:
    kinds = {
        "new_dm": "emoji:12 friendly:10 silent:22 thanks:9 price_word:5 voice:3 unanswered:5 story_chat:4 reel:3",
        "engaged": "vague:12 pain_only:14 price_first:8 dropped:8 chat:4 schedule:5",
        "qualified": "waiting:8 dropped:6 recent:4",
        "dm_sale": "crm:3 words:1",
        "lost": "price:3 other:3 not_fit:4 minor:1 vague_reason:2 no_reason:1",
        "nurture": "date:8 event:4 neither:2 content:3 offer:3 crm_date:3",
    }
    for path, spec in kinds.items():
        pool = [c for c in cases if c.path == path]
        for case, kind in zip(pool, spread(spec, len(pool), rng), strict=True):
            case.variant = kind
    doubtful = [c for c in cases if c.path == "intime" and not c.objection and (c.strong or not c.booked)]
    for case, kind in zip(
        doubtful, spread("time:9 trust:8 partner:5 fit:5 energy:5 none:24", len(doubtful), rng), strict=True
    ):
        case.objection = "" if kind == "none" else kind
    again = [c for c in cases if c.path == "nurture" and c.block == 0 and c.variant in ("date", "event")]
    again += [c for c in cases if c.close == "nurture_date" and c.block < 2]
    for case in again[:6]:
        case.returns = "later"
    for case in [c for c in cases if c.path == "lost" and c.variant in ("price", "other") and c.block < 3][:3]:
        case.returns = "soon"
    for case in choose([c for c in cases if c.path in ("new_dm", "engaged", "early")], 12, {}, rng):
        case.pending = case.source in ("comment_to_dm", "story_reply", "dm_ad", "organic_dm")


def draw_cases(seed: int) -> list[Case]:
    """All prospects of the sample, hidden states drawn, nothing written yet."""
    rng = Random(seed)
    cases = _skeletons(rng)
    _who(cases, rng)
    _links(cases, rng)
    _calls(cases, rng)
    _variants(cases, rng)
    return cases
