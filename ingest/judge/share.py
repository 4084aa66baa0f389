"""Judges a share of an account's conversations into a Parquet file: read in batches, written in batches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.cycles import no_cycles
from ingest.files import PRIVATE_FILE
from ingest.judge.judge import judge_many
from ingest.judge.messages import AccountSettings, Conversation, Judgement, Message
from ingest.judge.rules import rulebook, rules_version
from ingest.judge.stack import BY_MODEL
from ingest.shapes import JUDGEMENTS

TOGETHER = 100  # conversations judged at a time: what is known of them still lies in the processor's cache
GROUP = 32_768  # rows written at a time, at least
SCHEMA = pa.schema(list(JUDGEMENTS.items()))
_message: Callable[[tuple[Any, ...]], Message] = partial(tuple.__new__, Message)  # twice as quick as Message._make
READ = ("conversation_id", "message_id", "sent_at", "direction", "sent_by", "kind", "text", "context", "link")
OPTIONAL = ("sent_by", "text", "context", "link")
UNIQUE = ("message_id", "at", "quote")  # columns that hardly ever repeat: a dictionary of them is no use


class Share(NamedTuple):
    """Conversations to be judged; can be sent to another process."""

    messages: Path  # Parquet of all messages, by account, conversation and position
    account_id: str
    settings: AccountSettings
    heads: Sequence[dict[str, Any]]  # conversation_id, participant_name, participant_handle, content_hash
    draft: Path


def draft_of(folder: Path, name: str, number: int) -> Path:
    """Where a part is written until it counts."""
    return folder / f"{name}-{number}.draft"


def open_draft(path: Path, stack: ExitStack) -> pq.ParquetWriter:
    """A writer of judgements, private from the first byte."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    repeated = [name for name in SCHEMA.names if name not in UNIQUE]
    return stack.enter_context(pq.ParquetWriter(path, SCHEMA, compression="snappy", use_dictionary=repeated))


def judge_share(share: Share, tell: Callable[[int], None]) -> None:
    """Judge the conversations of a share and write the judgements, in their order, to its draft."""
    rules = rulebook(share.settings)
    ids: list[str] = []  # conversation of each row
    rows: list[Judgement] = []
    done = 0
    with ExitStack() as stack, no_cycles():
        writer = open_draft(share.draft, stack)
        for conversations in _together(share):
            found = judge_many(conversations, rules)
            for conversation, judged in zip(conversations, found, strict=True):
                ids += [conversation.conversation_id] * len(judged)
                rows += judged
            done += len(conversations)
            tell(done)
            if len(rows) >= GROUP:
                writer.write_table(_table(share.account_id, ids, rows))
                ids, rows = [], []
        writer.write_table(_table(share.account_id, ids, rows))


def _together(share: Share) -> Iterator[list[Conversation]]:
    """The conversations of a share, some at a time."""
    wanted = {head["conversation_id"]: head for head in share.heads}
    found: list[Conversation] = []
    for thread, said in groupby(_messages(share, list(wanted)), key=itemgetter(0)):
        head = wanted[thread]
        names = (head["participant_name"] or "", head["participant_handle"] or "")
        messages = [message for _, message in said]
        found.append(Conversation(share.account_id, thread, *names, head["content_hash"] or "", messages))
        if len(found) == TOGETHER:
            yield found
            found = []
    if found:
        yield found


def _messages(share: Share, wanted: list[str]) -> Iterator[tuple[str, Message]]:
    """Conversation and message, in order; the file is sorted by account, conversation and position."""
    if not wanted:
        return
    ids = pa.array(wanted, pa.string())
    with pq.ParquetFile(share.messages) as file:
        groups = _groups(file.metadata, min(wanted), max(wanted))
        for batch in file.iter_batches(batch_size=16_384, row_groups=groups, columns=["account_id", *READ]):
            is_own = pc.equal(batch["account_id"], share.account_id)
            own = batch.filter(pc.and_(is_own, pc.is_in(batch["conversation_id"], value_set=ids)))
            columns = {name: own[name] for name in READ}
            columns |= {name: pc.fill_null(columns[name], "") for name in OPTIONAL}
            columns["sent_at"] = columns["sent_at"].cast(pa.int64())
            columns["direction"] = pc.equal(columns["direction"], "in")
            threads, *fields = (column.to_pylist() for column in columns.values())
            yield from zip(threads, map(_message, zip(*fields, strict=True)), strict=True)


def _groups(metadata: pq.FileMetaData, first: str, last: str) -> list[int]:
    """Row groups that may hold a conversation between two."""
    column = metadata.schema.names.index("conversation_id")
    found = []
    for number in range(metadata.num_row_groups):
        known = metadata.row_group(number).column(column).statistics
        if known is None or not known.has_min_max or (known.min <= last and known.max >= first):
            found.append(number)
    return found


def _table(account_id: str, ids: Sequence[str], rows: Sequence[Judgement]) -> pa.Table:
    """Judgements of conversations as they are landed."""
    names = Judgement._fields
    given = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    by = {judge: "model" if judge.startswith(BY_MODEL) else "rule" for judge in set(given["judge"])}
    size = len(rows)
    columns: dict[str, Any] = {
        "account_id": pa.repeat(account_id, size),
        "conversation_id": pa.array(ids, pa.string()),
        "judged_by": pa.array(map(by.__getitem__, given["judge"]), pa.string(), size=size),
        "rules_version": pa.repeat(rules_version(), size),
        "judged_at": pa.nulls(size, JUDGEMENTS["judged_at"]),
        "at": pa.array(given.pop("at"), pa.int64()).cast(JUDGEMENTS["at"]),
    }
    columns |= {name: pa.array(values, JUDGEMENTS[name]) for name, values in given.items()}
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)
