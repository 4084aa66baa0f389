"""Instagram: Accounts Center > Your information and permissions > Export your information, format JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from ingest.errors import Code, ExportError, shown
from ingest.formats import Export
from ingest.formats._instagram_messages import KNOWN, Thread, merge_edits, name_of, read_message
from ingest.formats._instagram_old import is_old, read_old
from ingest.formats._instagram_owner import Me, claimed_names, find_me
from ingest.instagram_tree import MESSAGES, box_of
from ingest.read_json import parse, parse_exactly
from ingest.settings import Settings
from ingest.shapes import Outcome, Owner, Reject, Row

LEFT_OUT_BOXES = {"broadcast": "a broadcast channel", "ai_conversations": "a chat with an AI"}
TWO = 2  # the account and the lead
HTML_HINT = "this is the HTML download; ask Instagram for it again in the format JSON"
OWNER_HINT = "it cannot be told which participant is the account; set name under [account] in settings.toml"
_COUNTED = (b'"timestamp_ms"', b'"sender_name"', b'"content"')  # keys that stand once in a message at most


@dataclass(frozen=True, slots=True)
class InstagramExport:
    """The JSON download, of both folder generations and of 2018 to 2020."""

    name: str = "instagram"
    title: str = "Instagram messages"
    how_to_get: str = (
        "Instagram > Accounts Center > Your information and permissions > Export your information > "
        "Messages, all time, format JSON"
    )
    columns: tuple[str, ...] = ("participants", "title", "thread_path", "messages", *sorted(KNOWN))

    def recognises(self, export: Export, settings: Settings) -> bool:
        """An Instagram tree, or a single thread file taken out of one."""
        if export.members:
            return True  # only Instagram downloads are found as trees
        data = export.read()
        head = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if head not in (b"{", b"[") or b'"participants"' not in data[:1_000_000]:
            return False
        return b'"timestamp_ms"' in data or b'"conversation"' in data

    def read(self, export: Export, settings: Settings) -> Iterator[Row | Reject | Owner]:
        """Every message, newest first within a thread; threads by name. Rejects carry the member."""
        return self.read_part(export, settings, 0, 100)

    def read_part(self, export: Export, settings: Settings, begin: int, end: int) -> Iterator[Row | Reject | Owner]:
        """Threads from one hundredth to another; what is about the whole download comes with the first."""
        threads = _threads(export)
        is_first = begin == 0
        old = [m for m in export.members or ("",) if m in ("", "messages.json") and _is_old(export, m)]
        claims, handles = claimed_names(export, settings)
        if old and is_first:
            yield from read_old(export, old[0], claims, handles)
        if not threads:
            if not old and is_first and any(MESSAGES.fullmatch(m) for m in export.members):
                yield Reject(Outcome.REFUSED, Code.E_NOT_JSON, HTML_HINT, count=0)
            return
        me = find_me(_sample(export, threads), claims, handles)
        if me is None:
            if is_first:
                yield Reject(Outcome.REFUSED, Code.E_OWNER, OWNER_HINT, count=0)
            return
        yield Owner(set(me.names), set(me.told_handles))
        new_keys: Counter[str] = Counter()
        for members in islice(threads.values(), len(threads) * begin // 100, len(threads) * end // 100):
            yield from _read_thread(export, members, me, new_keys)
        if new_keys:
            keys = ", ".join(f"{shown(k)} ({n:,})" for k, n in sorted(new_keys.items()))
            yield Reject(Outcome.FLAGGED, Code.F_NEW_FIELD, f"fields this version does not know: {keys}", count=0)


FORMAT = InstagramExport()


def _threads(export: Export) -> dict[str, list[str]]:
    """Thread files by box and thread, the parts in order: message_1 is the newest."""
    if not export.members:
        return {"": [""]} if not _is_old(export, "") else {}
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for member in export.members:
        match = MESSAGES.fullmatch(member)
        if match and match["ext"] == "json":
            found[member.rpartition("/")[0]].append((int(match["part"]), member))
    return {folder: [m for _, m in sorted(parts)] for folder, parts in found.items()}


def _is_old(export: Export, member: str) -> bool:
    try:
        return is_old(export.read(member))
    except ExportError:
        return False


def _sample(export: Export, threads: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    """Documents to learn from who the account is: up to 200 threads, spread over all of them."""
    step = max(1, len(threads) // 200)
    for members in list(threads.values())[::step]:
        try:
            document = parse(export.read(members[0]), keep_bad_numbers=True)[0]
        except ExportError:
            continue  # told when it is read
        if _shape_fault(document) is None and not _why_left_out(document, members[0]):
            yield document


def _read_thread(export: Export, members: Iterable[str], me: Me, new_keys: Counter[str]) -> Iterator[Row | Reject]:
    """Messages of one thread, from all of its parts."""
    parts: list[tuple[str, dict[str, Any]]] = []
    rejects: list[Reject] = []
    for member in members:
        try:
            document, replaced = parse(data := export.read(member), keep_bad_numbers=True)
        except ExportError as error:
            reason = f"{error.what}. {error.what_to_do}"
            yield Reject(Outcome.REFUSED, error.code, reason, member=member, count=0)
            continue
        if fault := _shape_fault(document):
            yield Reject(Outcome.REFUSED, Code.E_SHAPE, fault, member=member, count=0)
            continue
        document = _exact(data, document, member, rejects)
        if replaced:
            rejects.append(Reject(Outcome.FLAGGED, Code.F_TEXT, Code.F_TEXT.meaning, member=member, count=0))
        parts.append((member, document))
    if not parts:
        return
    yield from rejects
    left_out = next((why for member, d in parts if (why := _why_left_out(d, member))), "")
    thread = None if left_out else _thread(parts, me)
    if thread is None:
        for member, document in parts:
            count = len(document["messages"])
            yield Reject(Outcome.LEFT_OUT, Code.LEFT_OUT, left_out or "notes to self", member=member, count=count)
        return
    yield from _read_messages(parts, thread)
    new_keys.update(thread.new_keys)


def _read_messages(parts: list[tuple[str, dict[str, Any]]], thread: Thread) -> Iterator[Row | Reject]:
    rows: list[Row] = []
    is_edited = False
    for member, document in parts:
        for line, message in enumerate(document["messages"], start=1):
            item = read_message(message, thread, line, member)
            if isinstance(item, Row):
                rows.append(item)
                text = item.values["text"]
                is_edited = is_edited or (text is not None and text[-1] == ")")
            else:
                yield item
    gone: list[Row] = []
    if is_edited:
        rows, gone = merge_edits(rows)
    yield from rows
    yield from thread.flags
    for row in gone:
        reason = "the earlier wording of an edited message"
        yield Reject(Outcome.LEFT_OUT, Code.LEFT_OUT, reason, row.line, row.payload, row.member)


def _thread(parts: list[tuple[str, dict[str, Any]]], me: Me) -> Thread | None:
    """What the messages of a thread share; None where nobody but the account is in it."""
    member, document = parts[0]
    thread = Thread({}, frozenset(me.names), me.handles, me.sure)
    others = _others(parts, thread)
    if not others:
        return None
    match = MESSAGES.fullmatch(member)
    path = document.get("thread_path")
    folder = match["thread"] if match else path.rpartition("/")[2] if type(path) is str else ""
    folder = folder or others[0]
    is_pending = bool(document.get("is_pending")) or box_of(member) == "message_requests"
    thread.values = {
        "conversation_id": folder,
        "thread_key": folder.rpartition("_")[2] or folder,
        "participant_name": others[0],
        "is_pending": is_pending,
    }
    return thread


def _others(parts: list[tuple[str, dict[str, Any]]], thread: Thread) -> list[str]:
    """Who the thread is with: the other participant, else who else wrote, else its title."""
    people = [name_of(thread, p["name"]) for _, d in parts for p in d.get("participants") or ()]
    others = [n for n in dict.fromkeys(people) if n not in thread.me]
    if others:
        return others
    if people and people.count(people[0]) >= TWO * len(parts):
        thread.me = frozenset()  # a lead called like the account: then nobody can be taken for the account
        return people[:1]
    senders = [m.get("sender_name") for _, d in parts for m in d["messages"] if type(m) is dict]
    title = parts[0][1].get("title")
    names = [name_of(thread, n) for n in [*senders, title] if type(n) is str and n]
    return [n for n in dict.fromkeys(names) if n not in thread.me]


def _shape_fault(document: Any) -> str | None:
    """Why a document is no thread; names keys, never values."""
    if type(document) is not dict:
        return f"a thread was expected, found {'a list' if type(document) is list else 'a single value'}"
    if type(document.get("messages")) is not list:
        found = ", ".join(sorted(shown(str(k)) for k in document)[:12]) or "no key"
        return f"no list of messages; found {found}"
    people = document.get("participants")
    if people is not None and not (
        type(people) is list and all(type(p) is dict and type(p.get("name")) is str for p in people)
    ):
        return "participants is no list of names"
    return None


def _why_left_out(document: dict[str, Any], member: str) -> str:
    """Why a thread holds no lead; empty where it may."""
    if box_of(member) in LEFT_OUT_BOXES:
        return LEFT_OUT_BOXES[box_of(member)]
    people = document.get("participants") or ()
    is_group = len(people) > TWO or document.get("thread_type") == "RegularGroup" or "joinable_mode" in document
    return "a group thread" if is_group else ""


def _exact(data: bytes, document: dict[str, Any], member: str, rejects: list[Reject]) -> dict[str, Any]:
    """The document again, parsed slowly, where a key may stand twice or a whole number may have lost digits."""
    messages: list[Any] = document["messages"]
    if all(data.count(key) <= len(messages) for key in _COUNTED) and not _may_have_lost_digits(messages):
        return document
    exact, twice = parse_exactly(data, member)
    if twice:
        reason = Code.F_DUPLICATE_KEY.meaning
        rejects.append(Reject(Outcome.FLAGGED, Code.F_DUPLICATE_KEY, reason, member=member, count=twice))
    return exact if _shape_fault(exact) is None else document


def _may_have_lost_digits(messages: list[Any]) -> bool:
    """Whether a message has a fraction where we know of none: a whole number beyond 64 bits is read as one."""
    try:
        if KNOWN.issuperset(chain.from_iterable(messages)):  # the usual case, at the cost of one look at each key
            return False
    except TypeError:
        pass  # a message is no object: told when it is read
    return any(type(v) is float for m in messages if type(m) is dict and not KNOWN.issuperset(m) for v in m.values())
