"""Judges an account's conversations and keeps the result: a conversation judged before costs nothing.

data/raw/read/judged/<account>-<hash>-<n>.parquet hold the judgements just as they are landed, in order of conversation
and message. <account>-<hash>.json holds the key of each conversation: the hash of its messages, of its names, of the
rules' version and of what the account's settings add; <hash> is that of all keys. It is written last: without it
nothing was judged. What is no longer in the exports falls out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.files import fsync_file, private_folder, write_atomic
from ingest.judge.messages import AccountSettings
from ingest.judge.rules import account_version
from ingest.judge.share import SCHEMA, Share, draft_of, judge_share, open_draft
from ingest.judge.worker import Helper, helper

FOLDER = "judged"
CHILD_FROM = 2_000  # conversations from which a second process pays
Tell = Callable[[int, int], None]


class Source(Protocol):
    """What `ingest.unite` returns."""

    @property
    def messages(self) -> Path:
        """Parquet of all messages, by account, conversation and position."""

    def conversation_table(self) -> pa.Table:
        """Rows of CONVERSATIONS."""


class Owner(Protocol):
    """One account with its settings."""

    @property
    def account_id(self) -> str:
        """Id of the account."""

    @property
    def settings(self) -> AccountSettings:
        """Its settings."""


def judge_conversations(home: Path, united: Source, owner: Owner, tell: Tell | None = None) -> Iterator[pa.Table]:
    """Rows of JUDGEMENTS of one account, by conversation and message; the cache below `home` is brought up to date."""
    for path in judged_files(home, united, owner, tell):
        yield pq.read_table(path)


def judged_files(
    home: Path, united: Source, owner: Owner, tell: Tell | None = None, beside: Helper | None = None
) -> list[Path]:
    """The same as Parquet files, at least one, that stay as they are until the next call. They are private.

    `beside` is a process that was started before; where many conversations are to be judged, one is started else.
    """
    folder = private_folder(home / "data" / "raw" / "read" / FOLDER).absolute()
    account = hashlib.sha256(owner.account_id.encode()).hexdigest()[:16]  # ids may hold any character
    heads = _heads(united, owner.account_id)
    version = account_version(owner.settings)
    keys = {head["conversation_id"]: _key(head, version) for head in heads}
    name = f"{account}-{hashlib.sha256(orjson.dumps(keys)).hexdigest()[:24]}"
    parts = _parts(folder, name)
    if not parts:
        kept, known = _kept(folder, account, keys)
        missing = [head for head in heads if head["conversation_id"] not in known]
        first, second = (draft_of(folder, name, number) for number in range(2))
        share = Share(united.messages.absolute(), owner.account_id, owner.settings, missing, first)
        written = _judge(share, second, tell, beside)
        if known:
            written = [_merged(folder, name, kept, written)]
        parts = _commit(folder, name, written, keys)
    _retire(folder, account, name)
    return parts


def _heads(united: Source, account_id: str) -> list[dict[str, Any]]:
    columns = ["conversation_id", "participant_name", "participant_handle", "content_hash"]
    table = united.conversation_table()
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["account_id"], account_id)).select(columns).to_pylist()
    return rows


def _key(head: dict[str, Any], version: str) -> str:
    parts = (
        head["conversation_id"],
        head["participant_name"],
        head["participant_handle"],
        head["content_hash"],
        version,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _index(folder: Path, name: str) -> dict[str, Any]:
    """Number of parts and keys by conversation; empty where there is none."""
    try:
        found = orjson.loads((folder / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _parts(folder: Path, name: str) -> list[Path]:
    """The files of an index, if all are there and whole."""
    paths = [folder / f"{name}-{number}.parquet" for number in range(_index(folder, name).get("parts", 0))]
    try:
        is_whole = all(pq.read_schema(path).equals(SCHEMA) for path in paths)
    except (OSError, pa.ArrowInvalid):
        return []
    return paths if is_whole else []


def _kept(folder: Path, account: str, keys: dict[str, str]) -> tuple[pa.Table, set[str]]:
    """The rows judged before that still hold, and the conversations that they are of."""
    for index in sorted(folder.glob(f"{account}-*.json")):
        old = _index(folder, index.stem).get("keys", {})
        known = {thread for thread, key in keys.items() if old.get(thread) == key}
        paths = _parts(folder, index.stem) if known else []
        if paths:
            wanted = pa.array(sorted(known), pa.string())
            tables = (pq.read_table(path) for path in paths)
            parts = [t.filter(pc.is_in(t["conversation_id"], value_set=wanted)) for t in tables]
            return pa.concat_tables(parts), known
    return SCHEMA.empty_table(), set()


def _judge(share: Share, second: Path, tell: Tell | None, beside: Helper | None) -> list[Path]:
    """Judge the conversations of a share, the later half in another process where they are many; the files written."""
    heads = share.heads
    if len(heads) < CHILD_FROM:
        judge_share(share, lambda done: tell(done, len(heads)) if tell else None)
        return [share.draft]
    half = len(heads) // 2
    first, later = share._replace(heads=heads[:half]), share._replace(heads=heads[half:], draft=second)
    with ExitStack() as stack:
        beside = beside or stack.enter_context(helper())
        beside.judge(later)
        judge_share(first, lambda done: tell(min(2 * done, len(heads)), len(heads)) if tell else None)
        is_done = beside.has_judged()
    if not is_done:  # it died, most likely for want of memory
        judge_share(later, lambda _: None)
    return [first.draft, later.draft]


def _merged(folder: Path, name: str, kept: pa.Table, written: Sequence[Path]) -> Path:
    """What was kept and what was judged now in one file, in order."""
    whole = pa.concat_tables([kept, *(pq.read_table(path) for path in written)])
    path = draft_of(folder, name, len(written))
    with ExitStack() as stack:
        open_draft(path, stack).write_table(whole.sort_by([("conversation_id", "ascending")]))
    for one in written:
        one.unlink()
    return path


def _commit(folder: Path, name: str, drafts: Sequence[Path], keys: dict[str, str]) -> list[Path]:
    paths = [folder / f"{name}-{number}.parquet" for number in range(len(drafts))]
    for draft, path in zip(drafts, paths, strict=True):
        fsync_file(draft)
        draft.replace(path)
    write_atomic(folder / f"{name}.json", orjson.dumps({"parts": len(paths), "keys": keys}))
    return paths


def _retire(folder: Path, account: str, name: str) -> None:
    """Remove what is left of this account but the current files, and what versions before wrote."""
    old: Iterable[Path] = sorted(folder.glob(f"{account}*"))
    for path in old:
        if not path.name.startswith((f"{name}-", f"{name}.")) or path.suffix not in (".parquet", ".json"):
            path.unlink(missing_ok=True)
