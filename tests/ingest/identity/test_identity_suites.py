"""Identity against answers that others wrote: the labelled exports and a peer's 1,000 records of 251 people."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from ingest.identify import identify
from ingest.settings import Settings
from tests import labelled_rows

# bookings by invitee; every other CRM row carries the display name of its conversation
BOOKED = {
    "generic": {
        "Bethan Moss": "b016", "Gwenllian Pritchard": "b025", "chloe b": "b028", "Inkwell Custom": "b046",
        "Tyrell Odom": "b055", "Salome van Tonder": "b067", "Jodie Hartley": "b073",
    },
    "instagram": {
        "Bastien Cloutier": "bastiencloutier_33590270126420757",
        "Elodie Price": "elodiemarchandprice_16479769768035680",
        "Gemma Whitlock": "gemmabiscuit_10198311072715509", "Tremaine Gaskin": "trex_11155319289750755",
        "CJ Bell": "curtisjbell_11147948836054634",
    },
}  # fmt: skip


def judged(shared: Path, name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    world = labelled_rows.SETS[name](shared / "labelled" / name)
    return world, identify(**world)


@pytest.mark.suite
@pytest.mark.parametrize("name", sorted(BOOKED))
def test_every_labelled_booking_goes_to_its_conversation(shared: Path, name: str) -> None:
    world, rows = judged(shared, name)
    invitees = {b["booking_key"]: b["invitee_name"] for b in world["bookings"]}
    found = {invitees[r["record_key"]]: r["conversation_id"] for r in rows if r["record_kind"] == "booking"}
    assert found == BOOKED[name]


@pytest.mark.suite
@pytest.mark.parametrize("name", sorted(BOOKED))
def test_every_labelled_crm_row_goes_to_its_conversation(shared: Path, name: str) -> None:
    world, rows = judged(shared, name)
    truth = map(json.loads, (shared / "labelled" / name / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    threads = {t["display_name"]: t["thread"] for t in truth}
    names = {(r["system"], r["lead_key"]): r["display_name"] for r in world["crm_leads"]}
    crm = [r for r in rows if r["record_kind"] == "crm"]
    assert len(crm) == len(world["crm_leads"])
    assert {r["record_key"]: r["conversation_id"] for r in crm} == {
        r["record_key"]: threads[names[(r["system"], r["record_key"])]] for r in crm
    }
    assert not any(r["is_uncertain"] for r in crm)


@pytest.mark.suite
def test_only_the_strangers_booking_is_uncertain(shared: Path) -> None:
    uncertain = [r["conversation_id"] for name in BOOKED for r in judged(shared, name)[1] if r["is_uncertain"]]
    assert uncertain == ["b073"]


@pytest.mark.suite
def test_peer_records_of_one_person_precision_and_recall(suites: Path, record_property: Any) -> None:
    with (suites / "splink_fake1000" / "fake_1000.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    at = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    crm = [
        {
            "system": "crm", "record_kind": "contact", "lead_key": p["unique_id"], "email": p["email"],
            "display_name": f"{p['first_name']} {p['surname']}".strip(), "created_at": at,
        }
        for p in people
    ]  # fmt: skip
    rows = identify([], [], crm, [], [], [], Settings(), [], at)
    leads: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        leads[row["lead_id"]].append(row["record_key"])
    clusters: dict[str, list[str]] = defaultdict(list)
    for p in people:
        clusters[p["cluster"]].append(p["unique_id"])
    found, true = ({tuple(sorted(c)) for g in x.values() for c in combinations(g, 2)} for x in (leads, clusters))
    precision, recall = len(found & true) / len(found), len(found & true) / len(true)
    record_property("precision", precision)
    record_property("recall", recall)
    print(f"precision {precision:.4f}, recall {recall:.4f} of {len(true)} pairs")
    assert precision >= 0.99
    assert recall >= 0.4
