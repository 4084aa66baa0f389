"""Fault group C: what can be wrong with a CSV, and that each fault is read right, flagged, quarantined or refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from ingest.errors import Code
from ingest.shapes import Outcome
from tests.csv_files import csv_bytes, mapping, read

LEADS = mapping(
    {"lead_key": "id", "display_name": "name", "phone": "phone", "created_at": "made", "amount": "sum", "stage": "step"}
)
HEADER = "id,name,phone,made,sum,step"
SECRET = "Zebedee"  # a person's words, which no reason may repeat


def leads(**more: Any) -> Mapping[str, object]:
    return {"mapping": [{**LEADS["mapping"][0], **more}]}  # type: ignore[index]


def lines(*rows: str, header: str = HEADER, **more: Any) -> bytes:
    return csv_bytes(header, *rows, **more)


@dataclass(frozen=True)
class Case:
    """A file and what becomes of it."""

    data: bytes
    loaded: int
    quarantined: tuple[Code, ...] = ()
    refused: Code | None = None
    flagged: tuple[Code, ...] = ()
    left_out: tuple[Code, ...] = ()
    says: str = ""  # part of a reason
    at: int | None = None  # line of the first reject that has one
    settings: Mapping[str, object] = field(default_factory=lambda: LEADS)


GOOD = "L1,Ada,+14045550101,2026-03-01,10.00,won"
MANY = "\n".join(f"L{i},{SECRET},,2026-03-01,1,won" for i in range(2, 60_001))
C = Code
CASES = {
    "C01 BOM": Case(b"\xef\xbb\xbf" + lines(GOOD), 1),
    "C02 UTF-16 BOM little end": Case(lines(GOOD, encoding="utf-16"), 1),
    "C02 UTF-16 BOM big end": Case(b"\xfe\xff" + lines(GOOD, encoding="utf-16-be"), 1),
    "C03 UTF-16 without BOM": Case(lines(GOOD, encoding="utf-16-le"), 0, refused=C.E_ENCODING, says="utf-16-le"),
    "C03 UTF-16 without BOM, told": Case(
        lines(GOOD, encoding="utf-16-le"), 1, settings=leads(encoding="utf-16-le", delimiter=",")
    ),
    "C04 cp1252": Case(lines("L1,Zoë,,,,", encoding="cp1252"), 0, refused=C.E_ENCODING, says='encoding = "cp1252"'),
    "C04 cp1252, told": Case(lines("L1,Zoë,,,,", encoding="cp1252"), 1, settings=leads(encoding="cp1252")),
    "C05 a bad byte in the last of 60,000 lines": Case(
        lines(MANY).rstrip(b"\n") + b"\xff\n", 0, refused=C.E_ENCODING, says="line 60000"
    ),
    "C06 LF, CRLF and CR": Case(f"{HEADER}\r\n{GOOD}\nL2,,,,,\rL3,,,,,".encode(), 3),
    "C07 newlines in cells": Case(lines('L1,"Ada\nWren",,,,', "L2,Bo,,2026-02-30,,"), 1, (C.E_TIME,), at=4),
    "C08 unclosed quote": Case(
        lines(GOOD, f'L2,"{SECRET},,,,', "L3,,,,,"), 0, refused=C.E_CSV, says="line 3 never closes"
    ),
    "C09 quote in a bare cell": Case(lines(GOOD, f'L2,{SECRET} "Z" Q,,,,', "L3,,,,,"), 2, (C.E_QUOTE,), at=3),
    "C09 missing delimiter before a quoted cell": Case(
        lines(GOOD, f'L2,{SECRET}"+1, 404",,,', "L3,,,,,"), 2, (C.E_QUOTE,), at=3
    ),
    "C10 header twice": Case(
        lines(GOOD, header="id,Name,phone,made,sum,name"),
        0,
        refused=C.E_HEADER,
        says='columns 2 and 6 are both called "name"',
    ),
    "C11 missing column": Case(
        lines("L1,Ada", header="id,name"), 0, refused=C.E_HEADER, says='no column "phone" for phone; found are id, name'
    ),
    "C12 case, blanks, NFC": Case(lines(GOOD, header="ID , Name,PHONE,made,  sum,Step"), 1),
    "C13 no header": Case(lines(header=GOOD), 0, refused=C.E_HEADER, says="there is no header row"),
    "C14 header only": Case(lines(), 0, flagged=(C.E_EMPTY,)),
    "C15 short row": Case(lines(GOOD, f"L2,{SECRET}", "L3,,,,,"), 2, (C.E_WIDTH,), at=3),
    "C16 long row": Case(lines(f"L2,{SECRET},,,,,,9", GOOD), 1, (C.E_WIDTH,), at=2),
    "C16 long row in line 60,001": Case(lines(MANY, f"{GOOD},x"), 59_999, (C.E_WIDTH,), at=60_001),
    "C17 semicolons": Case(lines(GOOD).replace(b",", b";"), 1),
    "C17 tabs": Case(lines(GOOD).replace(b",", b"\t"), 1),
    "C17 no delimiter known": Case(lines(GOOD).replace(b",", b"~"), 0, refused=C.E_HEADER, says="no delimiter"),
    "C17 delimiter told against the header": Case(
        lines(GOOD), 0, refused=C.E_HEADER, settings=leads(delimiter=";"), says="no column"
    ),
    "C18 lines above": Case(b"Report\n\n" + lines(GOOD), 0, refused=C.E_HEADER, says="skip_rows"),
    "C18 lines above with commas": Case(b"Report,March,,,,\n" + lines(GOOD), 0, refused=C.E_HEADER, says="skip_rows"),
    "C18 lines above, told": Case(b"Report\n\n" + lines(GOOD), 1, settings=leads(skip_rows=2)),
    "C19 a cell of 10 MB": Case(lines(GOOD, f"L2,{'x' * 10_000_000},,,,"), 1, (C.E_TOO_BIG,), at=3),
    "C19 a cell of 20 MB": Case(lines(GOOD, f"L2,{'x' * 20_000_000},,,,"), 1, (C.E_TOO_BIG,), at=3),
    "C20 leading zeros, plus signs, long ids": Case(lines("00012345678901234567890,0044,+14045550101,,,"), 1),
    "C21 a date of two readings": Case(
        lines("L1,,,03/04/2026,,", "L2,,,05/06/2026,,"), 2, flagged=(C.E_DATE_ORDER,), says='column "made" could be'
    ),
    "C21 told": Case(lines("L1,,,03/04/2026,,"), 1, settings=leads(date_format="%d/%m/%Y")),
    "C21 proven by another row": Case(lines("L1,,,03/04/2026,,", "L2,,,25/06/2026,,"), 2),
    "C21 both orders in one column": Case(
        lines("L1,,,25/06/2026,,", "L2,,,06/25/2026,,"), 2, flagged=(C.E_DATE_ORDER,)
    ),
    "C22 30 February": Case(lines(GOOD, "L2,,,2026-02-30,,"), 1, (C.E_TIME,), at=3),
    "C23 dollars": Case(lines('L1,,,,"$1,200.00",'), 1),
    "C23 decimal comma": Case(lines('L1,,,,"1.234,56",'), 1),
    "C23 two readings": Case(lines("L1,,,,1.200,"), 0, (C.E_MONEY,), says="set decimal"),
    "C23 two readings, told": Case(lines("L1,,,,1.200,"), 1, settings=leads(decimal=",")),
    "C23 brackets": Case(lines("L1,,,,(50),"), 1, flagged=(C.E_MONEY,), says="negative"),
    "C23 free": Case(lines("L1,,,,free,"), 0, (C.E_MONEY,)),
    "C24 people called NULL": Case(lines("L1,NULL,,,,", "L2,None,,,,", "L3,NA,,,,"), 3),
    "C25 T and F are text": Case(lines("L1,T,,,,F"), 1),
    "C26 zero": Case(lines("L1,,,,0,"), 1, flagged=(C.E_MONEY,), says="zero"),
    "C26 huge": Case(lines("L1,,,,99999999,"), 1, flagged=(C.E_MONEY,), says="over 1,000,000"),
    "C26 too large for an amount": Case(lines(f"L1,,,,{'9' * 20},"), 0, (C.E_MONEY,)),
    "C27 a stage nobody knows": Case(lines("L1,,,,,Zombie"), 1),
    "C28 the same row twice": Case(lines(GOOD, GOOD), 1, left_out=(C.E_KEY,), at=3),
    "C28 a key twice": Case(lines(GOOD, f"L1,{SECRET},,,,"), 1, (C.E_KEY,), says="the key of line 2", at=3),
    "C28 no key": Case(lines(GOOD, f",{SECRET},,,,"), 1, (C.E_KEY,), at=3),
    "C29 a formula as a name": Case(lines('L1,"=HYPERLINK(""http://x"",""y"")",,,,', "L2,@SUM(A1),,,,"), 2),
    "C30 Ctrl-Z at the end": Case(lines(GOOD) + b"\x1a", 1),
    "C30 NUL": Case(lines(GOOD, f"L2,{SECRET}\0,,,,"), 1, (C.E_CSV,), says="NUL", at=3),
    "empty": Case(b"", 0, refused=C.E_EMPTY),
    "blank": Case(b" \n\n", 0, refused=C.E_EMPTY),
    "apostrophes as quotes": Case(lines(GOOD, header="'id','name',phone,made,sum,step"), 0, refused=C.E_QUOTE),
    "a table below the table": Case(lines(GOOD, HEADER, GOOD), 0, refused=C.E_HEADER, says="again in line 3"),
    "two names for one row": Case(lines(GOOD, header=f"{HEADER},,x"), 0, refused=C.E_HEADER, says="no name"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_fault(case: Case) -> None:
    found = read(case.data, case.settings)
    assert len(found.rows) == case.loaded
    assert tuple(found.codes(Outcome.QUARANTINED)) == case.quarantined
    assert found.codes(Outcome.REFUSED) == ([case.refused] if case.refused else [])
    assert tuple(found.codes(Outcome.FLAGGED)) == case.flagged
    assert tuple(found.codes(Outcome.LEFT_OUT)) == case.left_out
    assert not case.says or any(case.says in r.reason for r in found.rejects)
    assert case.at is None or next(r.line for r in found.rejects if r.line) == case.at


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_no_reason_repeats_a_persons_words(case: Case) -> None:
    for reject in read(case.data, case.settings).rejects:
        assert SECRET not in reject.reason and "\n" not in reject.reason and "Ada" not in reject.reason


@pytest.mark.parametrize("case", [c for c in CASES.values() if not c.refused and len(c.data) < 10_000])
def test_every_row_is_accounted_for(case: Case) -> None:
    found = read(case.data, case.settings)
    aside = [r for r in found.rejects if r.outcome in (Outcome.QUARANTINED, Outcome.LEFT_OUT)]
    seen = sorted([row.line for row in found.rows] + [r.line or 0 for r in aside])
    assert len(seen) == len(set(seen)), "no row is told twice"
    assert len(found.rows) + len(aside) == case.loaded + len(case.quarantined) + len(case.left_out)


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("00012345678901234567890,,,,,", "lead_key", "00012345678901234567890"),
        ("L1,,0044 7700 900123,,,", "phone", "0044 7700 900123"),
        ("L1,,+14045550101,,,", "phone", "+14045550101"),
        ("L1,NULL,,,,", "display_name", "NULL"),
        ("L1,NA,,,,", "display_name", "NA"),
        ("L1,T,,,,", "display_name", "T"),
        ('L1,"=1+1",,,,', "display_name", "=1+1"),
        ("L1,Zoe\u0301,,,,", "display_name", "Zoe\u0301"),
        ('L1,,,,"$1,200.00",', "amount", Decimal("1200.00")),
        ('L1,,,,"1.234,56",', "amount", Decimal("1234.56")),
        ("L1,,,,(50),", "amount", Decimal("-50.00")),
        ("L1,,,25/06/2026,,", "created_at", dt.datetime(2026, 6, 25, tzinfo=dt.UTC)),
        ("L1,,,,,Zombie", "stage_label", "Zombie"),
    ],
)
def test_values_arrive_unchanged(row: str, column: str, value: object) -> None:
    assert read(lines(row), LEADS).values[0][column] == value


def test_a_refused_column_is_empty_and_the_rest_of_the_row_is_there() -> None:
    row = read(lines("L1,Ada,,03/04/2026,,won"), LEADS).values[0]
    assert row.get("created_at") is None
    assert (row["display_name"], row["stage_label"]) == ("Ada", "won")


def test_a_needed_column_of_dates_with_two_readings_refuses_the_file() -> None:
    found = read(b"lead_key,stage,entered_at\na,won,03/04/2026\n")
    (refused,) = found.rejects
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, Code.E_DATE_ORDER)
    assert "date_format" in refused.reason


def test_a_quarantined_row_keeps_what_it_said() -> None:
    (reject,) = read(lines("L1,Ada,,2026-02-30,,"), LEADS).rejects
    assert reject.payload == {"id": "L1", "name": "Ada", "made": "2026-02-30"}
    (ragged,) = (r for r in read(lines("L1,Ada", GOOD), LEADS).rejects)
    assert ragged.payload == "L1,Ada\n"
