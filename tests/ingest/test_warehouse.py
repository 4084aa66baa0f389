"""Generations, the pointer, and reading while something is published."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingest import generations, warehouse
from ingest.errors import UserError
from ingest.generations import Generation

AS_OF = datetime(2026, 9, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    warehouse.prepare(tmp_path)
    return tmp_path


def build(home: Path, value: int) -> Path:
    """A closed build file holding one value."""
    path = home / "data" / "build" / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(f"create table marts.fct_journeys as select {value} as value from range(3)")
    return path


def publish(home: Path, value: int, as_of_given: str = "", is_side: bool = False) -> Generation:
    """Publish a build of one value; its record."""
    data = home / "data"
    path = build(home, value)
    counts = warehouse.check_build(path)
    sequence = generations.next_sequence(data)
    run = generations.run_id(sequence, f"{value:08x}")
    record = Generation(
        file=generations.file_name(AS_OF, run),
        sha256=generations.sha256_of(path),
        run_id=run,
        sequence=sequence,
        fingerprint=f"{value:08x}",
        as_of=AS_OF.isoformat(),
        as_of_given=as_of_given,
        accounts={"default": AS_OF.isoformat()},
        is_side=is_side,
        is_sample=False,
        counts=counts,
        versions={},
    )
    generations.publish(data, path, record)
    return record


def value(home: Path) -> int:
    with warehouse.open_published(home) as con:
        return int(con.execute("select distinct value from marts.fct_journeys").fetchall()[0][0])


def test_nothing_published_says_what_to_do(home: Path) -> None:
    assert generations.current(home) is None
    with pytest.raises(UserError, match="nothing is published yet.*leakreview refresh"):
        warehouse.open_published(home)


def test_the_pointer_names_the_file_with_its_hash_and_counts(home: Path) -> None:
    record = publish(home, 1)
    pointer = json.loads((home / "data" / "CURRENT").read_text())
    assert pointer["file"] == record.file
    assert pointer["sha256"] == generations.sha256_of(home / "data" / record.file)
    assert pointer["counts"] == {"marts.fct_journeys": 3}
    assert value(home) == 1


def test_files_are_private(home: Path) -> None:
    publish(home, 1)
    modes = {p.name: p.stat().st_mode & 0o777 for p in (home / "data").iterdir() if p.is_file()}
    assert set(modes.values()) == {0o600}, modes
    assert (home / "data").stat().st_mode & 0o777 == 0o700


def test_three_generations_are_kept(home: Path) -> None:
    records = [publish(home, n) for n in range(5)]
    kept = sorted(p.name for p in (home / "data").glob("gen-*.duckdb"))
    assert kept == sorted(r.file for r in records[-generations.KEEP :])
    assert value(home) == 4


def test_run_ids_are_ordered_whatever_the_clock_says(home: Path) -> None:
    first, second = publish(home, 1), publish(home, 2)
    os.utime(home / "data" / first.file, (4e9, 4e9))
    third = publish(home, 3)
    assert first.run_id < second.run_id < third.run_id
    assert value(home) == 3


def test_a_lost_pointer_and_records_do_not_reuse_a_sequence(home: Path) -> None:
    last = publish(home, 1)
    (home / "data" / "CURRENT").unlink()
    (home / "data" / last.file).with_suffix(".json").unlink()
    assert generations.next_sequence(home / "data") == last.sequence + 1


@pytest.mark.parametrize(
    "content", [None, b"", b"garbage", b"{}", b"[1]", b'{"file": "../../etc/passwd"}'], ids=lambda c: repr(c)[:12]
)
def test_a_bad_pointer_falls_back_to_the_newest_generation_and_says_so(home: Path, content: bytes | None) -> None:
    publish(home, 1)
    publish(home, 2)
    pointer = home / "data" / "CURRENT"
    pointer.unlink() if content is None else pointer.write_bytes(content)
    found = generations.current(home)
    assert found is not None and "CURRENT is missing or damaged" in found.notes[0]
    assert value(home) == 2


def test_a_pointer_that_leaves_the_folder_is_garbage(home: Path) -> None:
    record = publish(home, 1)
    pointer = home / "data" / "CURRENT"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "file": "../" + record.file}))
    assert generations.read_record(pointer) is None


def test_a_missing_file_falls_back_to_the_generation_before(home: Path) -> None:
    publish(home, 1)
    newest = publish(home, 2)
    (home / "data" / newest.file).unlink()
    found = generations.current(home)
    assert found is not None and f"{newest.file} is missing" in found.notes[0]
    assert value(home) == 1


@pytest.mark.parametrize("where", [100, 5000, -10])
def test_a_flipped_bit_is_refused_by_the_checksum(home: Path, where: int) -> None:
    publish(home, 1)
    newest = publish(home, 2)
    path = home / "data" / newest.file
    content = bytearray(path.read_bytes())
    content[where] ^= 1
    path.write_bytes(content)
    found = generations.current(home)
    assert found is not None and "checksum" in found.notes[0]
    assert value(home) == 1


def test_a_file_without_a_record_is_no_generation(home: Path) -> None:
    publish(home, 1)
    stray = home / "data" / "gen-20260930T000000Z-000009-00000009.duckdb"
    stray.write_bytes(b"half")
    assert value(home) == 1
    generations.prune(home / "data")
    assert not stray.exists()


def test_a_generation_of_a_newer_layout_says_so(home: Path) -> None:
    publish(home, 1)
    pointer = home / "data" / "CURRENT"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "layout": 99}))
    with pytest.raises(UserError, match="newer version"):
        warehouse.open_published(home)


def test_a_side_generation_never_moves_the_pointer(home: Path) -> None:
    main = publish(home, 1)
    publish(home, 2, as_of_given="2026-09-01", is_side=True)
    assert value(home) == 1
    with warehouse.open_published(home, "2026-09-01") as con:
        assert con.execute("select max(value) from marts.fct_journeys").fetchall() == [(2,)]
    (home / "data" / "CURRENT").unlink()
    assert generations.current(home).generation.file == main.file  # type: ignore[union-attr]
    with pytest.raises(UserError, match="nothing is published as of 2026-08-01"):
        warehouse.open_published(home, "2026-08-01")


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('/etc/hostname')",
        "copy marts.fct_journeys to 'out.csv'",
        "attach 'other.db'",
        "set enable_external_access = true",
        "install httpfs",
        "select * from 'http://127.0.0.1:9/x.parquet'",
        "create table marts.t (a int)",
    ],
)
def test_a_reader_cannot_leave_the_file(home: Path, query: str) -> None:
    publish(home, 1)
    with warehouse.open_published(home) as con, pytest.raises(duckdb.Error):
        con.execute(query)


def test_times_are_utc_whatever_the_machine_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    publish(home, 1)
    with warehouse.open_published(home) as con:
        assert con.execute("select current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_an_open_reader_keeps_its_generation_and_the_next_sees_the_new_one(home: Path) -> None:
    publish(home, 1)
    with warehouse.open_published(home) as old:
        for n in range(2, 7):
            publish(home, n)
            assert value(home) == n
        assert old.execute("select max(value) from marts.fct_journeys").fetchall() == [(1,)]


def test_a_log_beside_the_build_is_refused(home: Path) -> None:
    path = build(home, 1)
    code = (
        "import duckdb, os, sys; con = duckdb.connect(sys.argv[1]);"
        "con.execute('pragma disable_checkpoint_on_shutdown');"
        "con.execute('create table marts.more as select 1 as a'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert path.with_name(path.name + ".wal").exists()
    assert warehouse.check_build(path)["marts.more"] == 1  # replayed and closed, not ignored
    assert not path.with_name(path.name + ".wal").exists()


@pytest.mark.parametrize("left", ["fct_x__dbt_tmp", "fct_x__dbt_backup"])
def test_a_table_that_dbt_left_half_made_is_refused(home: Path, left: str) -> None:
    path = build(home, 1)
    with duckdb.connect(str(path)) as con:
        con.execute(f"create table marts.{left} as select 1 as a")
    with pytest.raises(UserError, match="half-made"):
        warehouse.check_build(path)


@pytest.mark.parametrize("size", [0, 100, 4096, 20000])
def test_a_cut_file_is_no_warehouse(home: Path, size: int) -> None:
    path = build(home, 1)
    with path.open("r+b") as file:
        file.truncate(size)
    with pytest.raises((UserError, duckdb.Error)):
        warehouse.check_build(path)


def test_equal_contents_have_equal_hashes_whatever_the_order(home: Path) -> None:
    path = home / "data" / "build" / "x.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema a; create schema b; create schema c")
        con.execute("create table a.t as select range as i from range(100) order by i")
        con.execute("create table b.t as select range as i from range(100) order by i desc")
        con.execute("create table c.t as select range + 1 as i from range(100)")
    with warehouse.connect(path) as con:
        a, b, c = (warehouse.content_hashes(con, schema) for schema in "abc")
    assert a == b != c


def test_records_round_trip(home: Path) -> None:
    record = publish(home, 1)
    assert generations.read_record(home / "data" / "CURRENT") == replace(record)


def test_two_readers_of_one_process_share_a_generation(home: Path) -> None:
    publish(home, 1)
    with warehouse.open_published(home) as one, warehouse.open_published(home) as two:
        for con in (one, two):
            assert con.execute("select max(value) from marts.fct_journeys").fetchall() == [(1,)]
            with pytest.raises(duckdb.Error):
                con.execute("select * from read_csv('/etc/hostname')")
