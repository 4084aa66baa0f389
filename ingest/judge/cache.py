"""Judges an account's conversations and keeps the result: a conversation judged before costs nothing.

data/raw/read/judged/<account>.parquet holds the judgements as written to raw, with the key of their conversation: the
hash of its messages, of its names, of the rules' version and of what the account's settings add. It is written whole
or not at all; what is no longer in the exports falls out.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.files import PRIVATE_FILE, fsync_file, private_folder
from ingest.judge.judge import judge_conversation
from ingest.judge.messages import AccountSettings, Conversation, Judgement, Message
from ingest.judge.rules import account_version, rulebook, rules_version
from ingest.shapes import JUDGEMENTS

FOLDER = "judged"
MARK = "judged"  # kind of the row that says a conversation was judged; never leaves the cache
CHUNK = 1_000  # conversations judged between two reports
SCHEMA = pa.schema([("key", pa.string()), *JUDGEMENTS.items()])
READ = ("conversation_id", "message_id", "sent_at", "direction", "sent_by", "kind", "text", "context", "link")
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
    heads = united.conversation_table().filter(pc.field("account_id") == owner.account_id)
    version = account_version(owner.settings)
    keys = {head["conversation_id"]: _key(head, version) for head in _heads(heads)}
    path = private_folder(home / "data" / "raw" / "read" / FOLDER) / f"{_name(owner.account_id)}.parquet"
    kept = _kept(path, keys)
    known = set(kept.filter(pc.field("kind") == MARK)["conversation_id"].to_pylist())
    missing = [head for head in _heads(heads) if head["conversation_id"] not in known]
    with _no_cycles():
        parts = [kept, *_judged(united, owner, missing, keys, tell)]
    whole = pa.concat_tables(parts).sort_by([("conversation_id", "ascending")]) if missing else kept
    if missing or not path.exists():
        _write(path, whole)
    yield whole.filter(pc.field("kind") != MARK).drop_columns(["key"])


def _heads(table: pa.Table) -> list[dict[str, Any]]:
    columns = ["conversation_id", "participant_name", "participant_handle", "content_hash"]
    rows: list[dict[str, Any]] = table.select(columns).to_pylist()
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


def _name(account_id: str) -> str:
    """File name of an account: ids may hold any character."""
    return hashlib.sha256(account_id.encode()).hexdigest()[:16]


def _kept(path: Path, keys: dict[str, str]) -> pa.Table:
    """The rows judged before that still hold; none where the file is missing or of another shape."""
    try:
        table = pq.read_table(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        return SCHEMA.empty_table()
    if table.schema.names != SCHEMA.names:
        return SCHEMA.empty_table()
    wanted = pa.array(sorted(keys.values()), pa.string())
    return table.filter(pc.is_in(table["key"], value_set=wanted)).cast(SCHEMA)


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Without the search for reference cycles: judgements have none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _judged(
    united: Source, owner: Owner, heads: list[dict[str, Any]], keys: dict[str, str], tell: Tell | None
) -> Iterator[pa.Table]:
    """Judge the conversations of `heads`, CHUNK at a time."""
    rules = rulebook(owner.settings)
    wanted = {head["conversation_id"]: head for head in heads}
    rows: list[tuple[Any, ...]] = []
    for done, (thread, messages) in enumerate(_threads(united.messages, owner.account_id, list(wanted)), 1):
        head = wanted[thread]
        names = (head["participant_name"] or "", head["participant_handle"] or "")
        conversation = Conversation(owner.account_id, thread, *names, head["content_hash"] or "", messages)
        rows += _rows(conversation, keys[thread], judge_conversation(conversation, rules))
        if done % CHUNK == 0:
            yield _table(rows)
            rows = []
            if tell:
                tell(done, len(heads))
    yield _table(rows)


def _threads(path: Path, account_id: str, wanted: list[str]) -> Iterator[tuple[str, list[Message]]]:
    """The messages of each wanted conversation, in order; the file is sorted by account, conversation and position."""
    for thread, rows in groupby(_messages(path, account_id, wanted), key=itemgetter(0)):
        yield (
            thread,
            [Message(r[1], r[2], r[3] == "in", r[4] or "", r[5], r[6] or "", r[7] or "", r[8] or "") for r in rows],
        )


def _messages(path: Path, account_id: str, wanted: list[str]) -> Iterator[tuple[Any, ...]]:
    if not wanted:
        return
    ids = pa.array(wanted, pa.string())
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=16_384, columns=["account_id", *READ]):
            own = batch.filter(
                pc.and_(pc.equal(batch["account_id"], account_id), pc.is_in(batch["conversation_id"], value_set=ids))
            )
            columns = [own[c].cast(pa.int64()) if c == "sent_at" else own[c] for c in READ]
            yield from zip(*(column.to_pylist() for column in columns), strict=True)


def _rows(conversation: Conversation, key: str, judged: list[Judgement]) -> list[tuple[Any, ...]]:
    ids = (key, conversation.account_id, conversation.conversation_id)
    return [(*ids, None, None, MARK, None, None, None, None, None), *((*ids, *j) for j in judged)]


def _table(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 11
    key, account, thread, message, at, kind, signal, value, quote, judge, confidence = columns
    size = len(rows)
    made: dict[str, Any] = {
        "key": key, "account_id": account, "conversation_id": thread, "message_id": message,
        "at": pa.array(at, pa.int64()).cast(JUDGEMENTS["at"]), "kind": kind, "signal": signal, "value": value,
        "quote": quote, "judged_by": pa.repeat("rule", size), "judge": judge,
        "rules_version": pa.repeat(rules_version(), size), "confidence": confidence, "judged_at": pa.nulls(size),
    }  # fmt: skip
    return pa.table(
        [
            pa.array(made[f.name], f.type) if isinstance(made[f.name], tuple) else made[f.name].cast(f.type)
            for f in SCHEMA
        ],
        schema=SCHEMA,
    )


def _write(path: Path, table: pa.Table) -> None:
    draft = path.with_suffix(".draft")
    draft.touch(mode=PRIVATE_FILE)
    pq.write_table(table, draft, compression="zstd")
    fsync_file(draft)
    draft.replace(path)
