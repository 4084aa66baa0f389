"""The review queue: listed without words, decided in a file, imported line by line, and what a decision changes."""

from __future__ import annotations

import csv
import io
import json
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import records
from ingest.judge.rules import rules_version
from ingest.warehouse import open_published
from reports.queue import export_file, import_file, waiting
from reports.queue.cases import Case, words_of
from tests.conftest import Sample, leakreview

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
pytestmark = pytest.mark.warehouse


@pytest.fixture(scope="module")
def published(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample home that decisions may be written to."""
    home = tmp_path_factory.mktemp("queue") / "home"
    shutil.copytree(sample.home, home)
    return home


@pytest.fixture
def home(published: Path) -> Path:
    """The copy without any decision."""
    (published / "records" / "decisions.jsonl").unlink(missing_ok=True)
    return published


def case_of(home: Path, reason: str, number: int = 0) -> Case:
    return [case for case in waiting(home)[1] if case.reason == reason][number]


def filled(home: Path, *lines: dict[str, Any]) -> Path:
    path = home / "filled.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def line_of(case: Case, **decision: Any) -> dict[str, Any]:
    """A line as exported, with a decision."""
    times = {"seen_until": case.seen_until, "counts_from": case.counts_from, "as_of": case.as_of}
    known = {k: getattr(case, k) for k in ("account_id", "record_kind", "system", "record_key", "conversation_id")}
    return known | {k: v.isoformat() if v else None for k, v in times.items()} | decision


def imported(home: Path, *lines: dict[str, Any]) -> Any:
    return import_file(home, filled(home, *lines), "coach", NOW)


# --- list and export ---


def test_the_list_says_why_and_what_to_decide_and_never_the_words(home: Path) -> None:
    found, cases = waiting(home)
    case = case_of(home, "sensitive")
    flagged = [m["text"] for m in words_of(found.path, case) if m["is_sensitive"]]
    listed = leakreview(home, "queue", "list")
    assert listed.code == 0 and case.conversation_id and case.conversation_id in listed.out
    assert "A sensitive message" in listed.out and "Read it and answer as yourself" in listed.out
    assert flagged and not any(text[:30] in listed.out for text in flagged)
    assert any(text[:30] in leakreview(home, "queue", "list", "--show-words").out for text in flagged)
    as_json = json.loads(leakreview(home, "queue", "list", "--json").out)["waiting"]
    assert len(as_json) == len(cases) and "words" not in as_json[0]
    assert as_json[0]["reason"] == "sensitive"  # the weightiest first


def test_every_journey_that_asks_for_a_person_is_in_the_queue(home: Path) -> None:
    with open_published(home) as con:
        asked = con.execute("select count(*) from marts.fct_journeys where needs_human_review").fetchall()[0][0]
        threads = con.execute(
            "select count(distinct conversation_id) from intermediate.int_reviews where conversation_id is not null"
        ).fetchall()[0][0]
    talks = [case for case in waiting(home)[1] if case.record_kind == "conversation"]
    assert 0 < len(talks) == threads <= asked
    assert len({case.conversation_id for case in talks}) == len(talks)


@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_the_file_to_decide_in_is_private_says_so_and_decides_nothing_by_itself(home: Path, file_format: str) -> None:
    path, lines = export_file(home, file_format)
    text = path.read_text(encoding="utf-8-sig")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and "private" in path.name
    assert "Private: this file holds people's own words" in text.splitlines()[0]
    assert lines == len(waiting(home)[1])
    found = import_file(home, path, "coach", NOW)
    assert (found.written, found.undecided, found.problems) == (0, lines, ())


def test_a_spreadsheet_may_save_the_file_with_semicolons(home: Path) -> None:
    path, _ = export_file(home, "csv")
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    case = case_of(home, "voice_note")
    row = next(r for r in rows if case.conversation_id in r)
    row[rows[1].index("stage")] = "Booking link sent"
    saved = io.StringIO(newline="")
    csv.writer(saved, delimiter=";").writerows(rows)
    path.write_text(saved.getvalue(), encoding="utf-8-sig")
    found = import_file(home, path, "coach", NOW)
    assert (found.written, found.problems) == (1, ())
    assert records.read(home, "decisions")[0]["said"] == "booking_link_sent"


# --- import ---


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"stage": "hot"}, "unknown stage", id="a stage that does not exist"),
        pytest.param({"exclusion": "spam"}, "unknown exclusion", id="an exclusion that does not exist"),
        pytest.param({"signal": "vibes", "quote": "x"}, "unknown signal", id="a signal that does not exist"),
        pytest.param({"signal": "intent"}, "needs a quote", id="a signal without words"),
        pytest.param({"signal": "intent", "quote": "no such words"}, "stands in no message", id="words not there"),
        pytest.param({"stage": "lost", "outcome_reason": "dead"}, "unknown reason", id="a vague reason"),
        pytest.param({"stage": "lost", "outcome_reason": "needs_content_nurture"}, "lost", id="a reason of nurture"),
        pytest.param(
            {"stage": "engaged", "outcome_reason": "not_a_fit"}, "lost or nurture only", id="open, with reason"
        ),
        pytest.param({"stage": "nurture", "until": "2027-01-01"}, "needs an outcome_reason", id="a date alone"),
        pytest.param(
            {"stage": "nurture", "outcome_reason": "timing_later", "until": "soon"}, "no date", id="a date in words"
        ),
        pytest.param({"conversation_id": "nobody_1", "stage": "engaged"}, "no conversation", id="unknown conversation"),
        pytest.param({"account_id": "other", "stage": "engaged"}, "account_id", id="unknown account"),
        pytest.param(
            {"seen_until": "2020-01-01T00:00:00+00:00", "stage": "engaged"}, "nothing was there", id="too old"
        ),
        pytest.param(
            {"message_sent_at": "2020-01-01T00:00:00+00:00", "stage": "engaged"}, "no message", id="no moment"
        ),
        pytest.param({"as_of": "yesterday", "stage": "engaged"}, "as_of is no time", id="a time in words"),
        pytest.param({"belongs_to": "nobody"}, "theirs or not_theirs", id="belongs_to of a conversation"),
        pytest.param({"booking": "maybe"}, "theirs or not_theirs", id="a booking that may be"),
        pytest.param({"stgae": "engaged"}, "unknown key stgae", id="an unknown key"),
        pytest.param({"stage": 3}, "stage is no text", id="a number"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_in_one_line_and_the_others_count(
    home: Path, change: dict[str, Any], says: str
) -> None:
    good, bad = case_of(home, "voice_note"), case_of(home, "sensitive")
    found = imported(home, line_of(bad, **change), line_of(good, stage="engaged"))
    (problem,) = found.problems
    assert problem.startswith("line 1: ") and says in problem and "\n" not in problem
    assert found.written == 1 and len(records.read(home, "decisions")) == 1


def test_the_same_decision_twice_is_one_and_another_one_comes_after_it(home: Path) -> None:
    case = case_of(home, "sensitive")
    for stage, written in (("engaged", 1), ("engaged", 0), ("qualified", 1), ("engaged", 1)):
        assert imported(home, line_of(case, stage=stage)).written == written
    assert [entry["said"] for entry in records.read(home, "decisions")] == ["engaged", "qualified", "engaged"]
    assert "Decisions were written down since the last refresh" in leakreview(home, "queue", "list").out
    first = records.read(home, "decisions")[0]
    assert (first["decided_by"], first["decided_at"]) == ("coach", "2026-12-01T09:00:00+00:00")


def test_a_file_without_one_good_line_is_refused(home: Path) -> None:
    path = filled(home, line_of(case_of(home, "sensitive"), stage="hot"))
    called = leakreview(home, "queue", "import", str(path))
    assert called.code == 2 and "no line could be taken" in called.err
    assert not (home / "records" / "decisions.jsonl").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing to decide"),
        ("name,stage\nAda,engaged\n", "unknown column name"),
        ("stage\nengaged\n", "conversation_id is missing"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(home: Path, text: str, says: str) -> None:
    (home / "strange.csv").write_text(text)
    called = leakreview(home, "queue", "import", str(home / "strange.csv"))
    assert called.code == 2 and says in called.err and len(called.err.splitlines()) == 1


# --- what a decision changes ---


@pytest.fixture(scope="module")
def decided(published: Path) -> tuple[Path, dict[str, Case]]:
    """The home after one refresh with a decision of each kind, and the cases that were decided."""
    (published / "records" / "decisions.jsonl").unlink(missing_ok=True)
    _, cases = waiting(published)
    with open_published(published) as con:
        ahead = dict(con.execute("select conversation_id, stage from marts.fct_journeys where is_prospect").fetchall())
        # a closing of the CRM that is later than the decision would rightly move the lead on
        closed = {
            c
            for (c,) in con.execute(
                "select conversation_id from marts.fct_journeys where crm_stage is not null"
            ).fetchall()
        }
    open_now = [
        c for c in cases if c.record_kind == "conversation" and not c.is_over and c.conversation_id not in closed
    ]
    back = next(c for c in open_now if c.reason == "unsure_stage" and ahead.get(c.conversation_id or "") == "qualified")
    excluded = next(c for c in open_now if c.exclusion_reason)
    told = {
        "sensitive": next(c for c in open_now if c.reason == "sensitive" and c is not excluded),
        "voice": next(c for c in open_now if c.reason == "voice_note" and c is not excluded),
        "back": back,
        "excluded": excluded,
    }
    lines = [
        line_of(told["sensitive"], stage="nurture", outcome_reason="timing_later", until="2027-01-15"),
        line_of(told["voice"], stage="Qualified"),
        line_of(told["back"], stage="new_dm"),
        line_of(told["excluded"], exclusion="prospect", stage="engaged"),
    ]
    found = imported(published, *lines)
    assert (found.written, found.problems) == (5, ())
    model_labels(published, told["voice"])
    called = leakreview(published, "refresh")
    assert called.code == 0, called.err
    return published, told


def model_labels(home: Path, case: Case) -> None:
    """What an AI may answer with: a line that counts and one with words that nobody wrote; and two who disagree."""
    found, _ = waiting(home)
    message = next(m for m in words_of(found.path, case) if m["role"] == "lead" and m["text"])
    line = {
        "conversation_id": case.conversation_id,
        "signal": "goal",
        "message_sent_at": message["sent_at"].isoformat(),
        "quote": message["text"],
        "judged_by": "assistant-1",
        "role": "model",
        "rules_version": rules_version(),
        "confidence": 0.9,
    }
    lines = [line, line | {"quote": "words that nobody wrote"}, *two_opinions(home)]
    (home / "exports" / "labels.jsonl").write_text("\n".join(json.dumps(one) for one in lines))


def two_opinions(home: Path) -> list[dict[str, Any]]:
    """Two people who decide one moment of a conversation differently; nobody had asked them."""
    with open_published(home) as con:
        thread, at = con.execute(
            """
            select j.conversation_id, max(m.sent_at) from marts.fct_journeys as j
            inner join intermediate.int_journey_messages as m on m.journey_id = j.journey_id
            where j.stage = 'engaged' and j.is_prospect and not j.needs_human_review and j.crm_stage is null
            group by j.conversation_id order by j.conversation_id
            """
        ).fetchall()[0]
    said = {"conversation_id": thread, "message_sent_at": at.isoformat(), "role": "person"}
    return [said | {"stage": "engaged", "judged_by": "Maren"}, said | {"stage": "qualified", "judged_by": "Tom"}]


def test_a_model_counts_with_words_that_stand_there_and_is_refused_with_the_reason_else(
    decided: tuple[Path, dict[str, Case]],
) -> None:
    home, cases = decided
    with open_published(home) as con:
        counted = con.execute(
            "select signal from intermediate.int_signals where evidence_kind = 'model' and quote is not null"
            " and conversation_id = ? and signal = 'goal'",
            [cases["voice"].conversation_id],
        ).fetchall()
        refused = con.execute("select file, line, code, reason from marts.fct_rejects where code = 'E_JUDGEMENT'")
        rows = refused.fetchall()
    assert counted == [("goal",)]
    assert rows == [("labels.jsonl", 2, "E_JUDGEMENT", "the quoted words do not stand in this conversation")]


def journey(con: duckdb.DuckDBPyConnection, case: Case) -> dict[str, Any]:
    cursor = con.execute(
        """
        select j.*, o.due_on from marts.fct_journeys as j
        left join intermediate.int_journey_outcomes as o on o.journey_id = j.journey_id
        where j.conversation_id = ? order by j.journey_number desc limit 1
        """,
        [case.conversation_id],
    )
    return dict(zip([c[0] for c in cursor.description or ()], cursor.fetchall()[0], strict=True))


def test_decisions_survive_the_rebuild_set_the_stage_and_leave_the_queue(decided: tuple[Path, dict[str, Case]]) -> None:
    home, cases = decided
    with open_published(home) as con:
        now = {name: journey(con, case) for name, case in cases.items()}
    assert {name: row["stage"] for name, row in now.items()} == {
        "sensitive": "nurture",
        "voice": "qualified",
        "back": "new_dm",
        "excluded": "engaged",
    }
    assert not any(row["needs_human_review"] for row in now.values())
    assert now["sensitive"]["outcome_reason"] == "timing_later"
    assert f"{now['sensitive']['due_on']}" == "2027-01-15"
    assert now["excluded"]["is_prospect"] and now["excluded"]["exclusion_reason"] is None
    left = {case.conversation_id for case in waiting(home)[1] if not case.is_over}
    assert not left & {case.conversation_id for case in cases.values()}


def test_two_people_who_decide_one_moment_differently_are_asked_to_agree(decided: tuple[Path, dict[str, Case]]) -> None:
    home, _ = decided
    disputed = case_of(home, "contradiction")
    lines = (home / "exports" / "labels.jsonl").read_text().splitlines()
    assert disputed.conversation_id in {json.loads(line)["conversation_id"] for line in lines[2:]}
    listed = leakreview(home, "queue", "list")
    assert listed.code == 0
    assert "Two signs of equal weight that say different things" in listed.out


def test_what_machines_saw_beyond_the_decision_is_withdrawn(decided: tuple[Path, dict[str, Case]]) -> None:
    home, cases = decided
    with open_published(home) as con:
        stays = con.execute(
            "select stage, evidence_kind from marts.fct_stage_stays where journey_id = ? and entered_at <= ?",
            [journey(con, cases["back"])["journey_id"], cases["back"].counts_from],
        ).fetchall()
        voice = con.execute(
            "select evidence_kind, signal, confidence from marts.fct_stage_stays where is_current and journey_id = ?",
            [journey(con, cases["voice"])["journey_id"]],
        ).fetchall()
        words = con.execute(
            "select first_meaningful_reply from marts.fct_journeys where journey_id = ?",
            [journey(con, cases["sensitive"])["journey_id"]],
        ).fetchall()
    assert {stage for stage, _ in stays} == {"new_dm"}
    assert voice == [("person", "decision", 1.0)]
    assert words == [(None,)]  # decided or not, sensitive words are quoted nowhere
