"""Every file is claimed by one format, read once, and accounted for."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingest import load as loading
from ingest import read_export as reading
from ingest.errors import Code, ExportError, UserError
from ingest.export_files import ExportFile
from ingest.formats import Format, all_formats
from ingest.settings import accounts
from ingest.shapes import FILES, READ_SHAPES, REJECTS, Outcome, read_schema
from tests.ingest.homes import hashes, loaded, rows
from tests.instagram_files import ME, MS, message, thread, tree, write_folder, write_zip

ADA = "adaexample_17841400000000001"
GROUP = {"participants": [{"name": n} for n in ("A", "B", ME)], "messages": [message("x"), message("y")]}
BAD = {**message("no time"), "timestamp_ms": None}
DMS = (
    "conversation_id,participant_name,participant_handle,sent_at,direction,sent_by,kind,text,context\n"
    "c1,Ada,ada.example,2026-09-01T10:00:00Z,in,lead,text,hi,\n"
)
HEADER_ONLY = DMS.partition("\n")[0] + "\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    files = tree({ADA: thread(message("hi"), BAD, message("é", MS + 2)), "group_2": GROUP})
    write_zip(tmp_path / "exports" / "coach.zip", files)
    (tmp_path / "exports" / "dm_messages.csv").write_text(DMS)
    return tmp_path


def test_every_row_is_loaded_quarantined_or_left_out(home: Path) -> None:
    summary = loaded(home)
    file, table = sorted(rows(summary, "files"), key=lambda f: str(f["file"]))
    assert (file["format"], file["rows_read"], file["rows_loaded"]) == ("instagram", 5, 2)
    assert (file["rows_refused"], file["rows_left_out"]) == (1, 2)
    assert (file["owner_names"], file["owner_handles"]) == (ME, "coach.studio")
    assert (table["format"], table["rows_read"], table["rows_loaded"]) == ("dm_messages", 1, 1)
    assert len(rows(summary, "messages")) == summary.rows_loaded == 3
    assert (summary.rows_quarantined, summary.rows_left_out, summary.loaded_files, summary.refused) == (1, 2, 2, 0)


def test_tables_have_the_schema_of_their_shape(home: Path) -> None:
    summary = loaded(home)
    assert [t.schema for t in summary.tables("messages")] == [read_schema("messages")] * 2
    assert all(t.schema == pa.schema(list(FILES.items())) for t in summary.tables("files"))
    assert all(t.schema == pa.schema(list(REJECTS.items())) for t in summary.tables("rejects"))


def test_rows_say_where_they_came_from(home: Path) -> None:
    first = rows(loaded(home), "messages")[0]
    assert first["file"] == f"coach.zip!your_instagram_activity/messages/inbox/{ADA}/message_1.json"
    assert (first["account_id"], first["format"], first["line"]) == ("default", "instagram", 1)
    assert first["payload"].startswith('{"sender_name":"Ada Example"')


def test_an_export_is_dated_by_the_newest_message_in_it(home: Path) -> None:
    summary = loaded(home)
    dates = {r.format: r.exported_at for r in summary.readings}
    assert dates["instagram"] == "2026-09-21T14:13:20.002000+00:00"
    assert {m["exported_at"].isoformat() for m in rows(summary, "messages") if m["format"] == "instagram"} == {
        dates["instagram"]
    }


def test_starts_of_calls_and_file_names_never_date_an_export(tmp_path: Path) -> None:
    header = "booking_key,invitee_name,created_at,starts_at\n"
    write_folder(tmp_path / "exports", {"calls 2031-01-01.csv": (header + "b1,Ada,2026-09-01,2027-05-05\n").encode()})
    columns = "".join(f'{c} = "{c}"\n' for c in header.strip().split(","))
    mapping = f'[[mapping]]\nfile = "calls*.csv"\nrecord = "bookings"\n[mapping.columns]\n{columns}'
    (tmp_path / "settings.toml").write_text(mapping)
    (file,) = rows(loaded(tmp_path), "files")
    assert (file["exported_at"].year, file["newest_call_at"].year) == (2026, 2027)


def test_an_unchanged_file_is_never_parsed_twice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loaded(home)
    assert first.parsed == 2
    monkeypatch.setattr(loading, "read_export", None)  # would fail if called
    again = loaded(home)
    assert again.parsed == 0
    assert rows(again, "messages") == rows(first, "messages")
    assert rows(again, "rejects") == rows(first, "rejects")


@pytest.mark.parametrize("what", ["file", "settings", "code", "suppressions"])
def test_what_reading_depends_on_makes_it_read_anew(home: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    loaded(home)
    expected = 2
    if what == "file":
        (home / "exports" / "dm_messages.csv").write_text(DMS.replace("hi", "ho"))
        expected = 1
    elif what == "settings":
        (home / "settings.toml").write_text('[account]\ntimezone = "Europe/Paris"\n')
    elif what == "code":
        monkeypatch.setattr(loading, "code_version", lambda: "another")
    else:
        monkeypatch.setattr(loading, "suppressions_key", lambda _: "another")
    assert loaded(home).parsed == expected


def test_settings_that_reading_does_not_use_change_nothing(home: Path) -> None:
    loaded(home)
    (home / "settings.toml").write_text("[thresholds]\nhot_days = 3\n")
    assert loaded(home).parsed == 0


def test_what_is_no_longer_used_is_removed(home: Path) -> None:
    first = loaded(home)
    (home / "exports" / "dm_messages.csv").unlink()
    stray = home / "data" / "raw" / "read" / "messages" / "left.parquet.draft"
    stray.write_bytes(b"x")
    kept = {r.key for r in loaded(home).readings}
    files = [p for p in (home / "data" / "raw" / "read").rglob("*") if p.is_file()]
    assert len(first.readings) == 2 and {p.name.partition(".")[0] for p in files} == kept


def test_a_damaged_index_is_read_anew(home: Path) -> None:
    loaded(home)
    for path in (home / "data" / "raw" / "read" / "index").iterdir():
        path.write_bytes(b'{"key": 1')
    assert loaded(home).parsed == 2


def test_a_crash_leaves_nothing_half(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(_: str) -> None:
        raise Killed

    monkeypatch.setattr(reading, "faultpoint", die)
    with pytest.raises(Killed):
        loaded(home)
    monkeypatch.undo()
    assert not list((home / "data" / "raw" / "read").glob("*/*.parquet"))
    healed = loaded(home)
    shutil.rmtree(home / "data")
    assert rows(healed, "files") == rows(loaded(home), "files")
    assert not list((home / "data").rglob("*.draft"))


def test_the_same_bytes_under_two_names_are_loaded_once_and_told(home: Path) -> None:
    shutil.copy(home / "exports" / "dm_messages.csv", home / "exports" / "z copy.csv")
    summary = loaded(home)
    assert (summary.duplicates, summary.loaded_files, len(rows(summary, "messages"))) == (1, 2, 3)
    (told,) = (r for r in rows(summary, "rejects") if r["code"] == Code.E_DUPLICATE_FILE)
    assert (told["file"], told["outcome"]) == ("z copy.csv", Outcome.LEFT_OUT)


UNKNOWN = {
    "unknown.json": (b'{"first_key": 1}', Code.E_UNKNOWN, "first_key"),
    "unknown.csv": (b"Colour,Shape\nred,round\n", Code.E_UNKNOWN, "Colour"),
    "photo.heics": (b"\x00\x01\x02", Code.E_UNKNOWN, "leakreview formats"),
    "empty.csv": (b"", Code.E_EMPTY, "empty"),
    "blank.json": (b" \n ", Code.E_EMPTY, "empty"),
    "login.csv": (b"<!DOCTYPE html><html>", Code.E_NOT_JSON, "HTML"),
    "cut.json": (b'{"a": [', Code.E_JSON, "line 1"),
    "book.xlsx": (b"PK\x03\x04rest", Code.E_UNKNOWN, "save it as CSV"),
    "broken.zip": (b"PK\x03\x04rest", Code.E_ZIP_BAD, "cut short"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_file_nobody_can_read_is_told_with_a_reason_and_the_others_load(home: Path, name: str) -> None:
    data, code, words = UNKNOWN[name]
    (home / "exports" / name).write_bytes(data)
    summary = loaded(home)
    (told,) = (r for r in rows(summary, "rejects") if r["file"] == name)
    assert (told["outcome"], told["code"]) == (Outcome.REFUSED, code)
    assert words in told["reason"]
    assert (summary.refused, summary.unknown) == (1, int(code is Code.E_UNKNOWN))
    assert summary.rows_loaded == 3


def test_a_file_two_formats_claim_is_refused_and_names_both(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Greedy:
        name = "greedy"
        title = how_to_get = ""
        columns = ()

        def recognises(self, export: Any, settings: Any) -> bool:
            return str(export.name).endswith(".csv")

        def read(self, export: Any, settings: Any) -> Any:
            raise AssertionError("never read")

    both: tuple[Format, ...] = (*all_formats(), Greedy())
    monkeypatch.setattr(reading, "all_formats", lambda: both)
    (told,) = (r for r in rows(loaded(home), "rejects") if r["file"] == "dm_messages.csv")
    assert told["code"] == Code.E_AMBIGUOUS
    assert "dm_messages and greedy" in told["reason"]


def test_a_row_that_does_not_fit_its_column_is_quarantined_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (fmt,) = (f for f in all_formats() if f.name == "dm_messages")

    class Wrong:
        name, title, how_to_get, columns = fmt.name, fmt.title, fmt.how_to_get, fmt.columns
        recognises = staticmethod(fmt.recognises)

        def read(self, export: Any, settings: Any) -> Any:
            for row in fmt.read(export, settings):
                yield row
                row.values["ordinal"] = 2**70  # type: ignore[union-attr]
                yield row

    both = tuple(Wrong() if f.name == fmt.name else f for f in all_formats())
    monkeypatch.setattr(reading, "all_formats", lambda: both)
    (file,) = (f for f in rows(loaded(home), "files") if f["format"] == "dm_messages")
    assert (file["rows_read"], file["rows_loaded"], file["rows_refused"]) == (2, 0, 2)


def test_a_file_that_keeps_changing_is_refused_after_a_second_try(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = iter(range(100))
    monkeypatch.setattr(ExportFile, "stamp", lambda self: ((next(stamps), 0, 0),))
    (home / "exports" / "coach.zip").unlink()
    with pytest.raises(UserError, match="E_CHANGED") as caught:
        loaded(home)
    assert caught.value.code is Code.E_NOTHING


def test_a_file_that_changed_once_is_read_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = iter([1, 2, *[3] * 20])
    monkeypatch.setattr(ExportFile, "stamp", lambda self: ((next(stamps), 0, 0),))
    assert loaded(home).refused == 0


def test_a_passing_fault_is_tried_again_next_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: ExportFile, member: str = "") -> bytes:
        raise ExportError(Code.E_PERMISSION, "may not be read", self.name, "")

    (home / "exports" / "coach.zip").unlink()
    write_folder(home / "exports", {"b.csv": DMS.replace("c1", "c2").encode()})
    with monkeypatch.context() as patch:
        patch.setattr(ExportFile, "read", refuse)
        with pytest.raises(UserError, match="E_PERMISSION"):
            loaded(home)
    assert loaded(home).parsed == 2


@pytest.mark.parametrize("files", [{}, {"a.json": b"{"}], ids=["nothing there", "nothing readable"])
def test_where_nothing_can_be_loaded_it_is_an_error_of_one_line(tmp_path: Path, files: dict[str, bytes]) -> None:
    write_folder(tmp_path / "exports", files)
    with pytest.raises(UserError) as caught:
        loaded(tmp_path)
    assert caught.value.code is Code.E_NOTHING
    assert "\n" not in str(caught.value)


def test_a_table_without_rows_is_loaded(tmp_path: Path) -> None:
    write_folder(tmp_path / "exports", {"dm_messages.csv": HEADER_ONLY.encode()})
    summary = loaded(tmp_path)
    assert (summary.loaded_files, summary.rows_loaded, list(summary.tables("messages"))) == (1, 0, [])


def test_accounts_are_kept_apart(tmp_path: Path) -> None:
    for name in ("anna", "bert"):
        write_folder(tmp_path / "accounts" / name / "exports", {"dm_messages.csv": DMS.encode()})
    summary = loaded(tmp_path)
    assert [m["account_id"] for m in rows(summary, "messages")] == ["anna", "bert"]
    assert summary.duplicates == 0


def test_progress_counts_what_is_read(home: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    loading.load(home, accounts(home), lambda *step: seen.append(step))
    assert seen == [(1, 2, "coach.zip"), (2, 2, "dm_messages.csv")]


def test_child_processes_read_the_same(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = rows(loaded(home), "messages")
    shutil.rmtree(home / "data")
    monkeypatch.setattr(loading, "POOL_FROM", 0)
    assert rows(loaded(home), "messages") == alone


def test_inputs_stay_as_they_are_and_what_is_written_is_private(home: Path) -> None:
    before = hashes(home / "exports")
    old = os.umask(0)
    try:
        loaded(home)
    finally:
        os.umask(old)
    assert hashes(home / "exports") == before
    assert {p.name for p in home.iterdir()} == {"exports", "data"}
    modes = {stat.S_IMODE(p.stat().st_mode) for p in (home / "data").rglob("*") if p.is_file()}
    folders = {stat.S_IMODE(p.stat().st_mode) for p in (home / "data").rglob("*") if p.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_every_shape_says_what_dates_its_exports() -> None:
    from ingest.row_sink import EXPORT_TIMES

    assert EXPORT_TIMES.keys() == READ_SHAPES.keys()
    for shape, columns in EXPORT_TIMES.items():
        assert set(columns) <= set(READ_SHAPES[shape])


def test_a_child_that_dies_costs_only_the_file_it_died_of(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "POOL_FROM", 0)
    monkeypatch.setenv("LEAKREVIEW_FAULT_POINT", "read_zz_killer.csv")
    write_folder(home / "exports", {"zz_killer.csv": DMS.replace("c1", "c2").encode()})
    summary = loaded(home)
    (told,) = (r for r in rows(summary, "rejects") if r["outcome"] == Outcome.REFUSED)
    assert (told["file"], told["code"]) == ("zz_killer.csv", Code.E_TOO_BIG)
    assert (summary.rows_loaded, summary.refused) == (3, 1)


def test_a_script_without_a_guard_may_load(home: Path) -> None:
    script = home / "script.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom ingest import load\nfrom ingest.settings import accounts\n"
        "load.POOL_FROM = 0\nhome = Path(sys.argv[1])\nprint(load.load(home, accounts(home)).rows_loaded)\n"
    )
    command = [sys.executable, str(script), str(home)]
    env = {**os.environ, "PYTHONPATH": str(Path(loading.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=env)
    assert done.stdout == "3\n"
