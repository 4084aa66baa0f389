"""Loads 20,000 DM threads from one zip, judging included, against reading and parsing the same bytes alone."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from benchmarks.labelled_home import conversations

THREADS = 20_000
MOST_RATIO = 25.0
MOST_NOTHING_NEW = 0.15
MOST_MEGABYTES = 700
ROOT = Path(__file__).resolve().parents[1]
PER_THREAD = (2, 25)  # messages, about 13.5 in the mean
FIRST_MS = 1_772_323_200_000  # 2026-03-01T00:00Z

BARE = """
import sys, zipfile, orjson
count = 0
with zipfile.ZipFile(sys.argv[1]) as z:
    for name in z.namelist():
        document = orjson.loads(z.read(name))
        count += len(document.get("messages", ())) if isinstance(document, dict) else 0
"""
OURS = """
import sys
from pathlib import Path
from ingest.land import land
land(Path(sys.argv[1]), Path(sys.argv[1]), "", lambda *a: None)
"""


class Cost(NamedTuple):
    """What one command takes, its start and its child processes with it."""

    wall: float  # seconds
    cpu: float
    megabytes: float  # of the largest process

    def __str__(self) -> str:
        """For the table."""
        return f"{self.wall:6.2f} s wall, {self.cpu:6.2f} CPU s, {self.megabytes:5.0f} MB"


def write_zip(path: Path, threads: int = THREADS, seed: int = 7, is_varied: bool = False) -> int:
    """An Instagram download of so many threads: the words of the labelled conversations, shuffled; message count.

    Texts come again, as thanks and templates do; varied, each is the beginning of two texts, so that hardly any does.
    """
    draw = random.Random(seed)
    said: dict[str, list[str]] = {"in": [], "out": []}
    for _, labelled in conversations():
        for one in labelled:
            for message in one["messages"]:
                if message["text"]:
                    said[message["direction"]].append(message["text"].encode().decode("latin-1"))
    total = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(threads):
            name = f"lead {number}"
            at = FIRST_MS + number * 900_000
            messages = []
            for _ in range(draw.randint(*PER_THREAD)):
                side = draw.choice(("in", "out"))
                at += draw.randint(20_000, 90_000_000)
                text = draw.choice(said[side])
                if is_varied:
                    text = " ".join(f"{text} {draw.choice(said[side])}".split()[: draw.randint(2, 22)])
                messages.append(
                    {
                        "sender_name": name if side == "in" else "Coach Studio",
                        "timestamp_ms": at,
                        "content": text,
                        "is_geoblocked_for_viewer": False,
                    }
                )
            total += len(messages)
            folder = f"lead{number}_{10**16 + number}"
            thread = {
                "participants": [{"name": name}, {"name": "Coach Studio"}],
                "messages": messages[::-1],
                "title": name,
                "is_still_participant": True,
                "thread_path": f"inbox/{folder}",
                "magic_words": [],
            }
            archive.writestr(f"your_instagram_activity/messages/inbox/{folder}/message_1.json", json.dumps(thread))
    return total


def cost(code: str, argument: Path) -> Cost:
    """Run code in a fresh interpreter, and measure it from a process of its own: the largest child so far is kept."""
    outside = (
        "import json, resource, subprocess, sys, time; start = time.perf_counter();"
        "subprocess.run([sys.executable, '-c', *sys.argv[1:]], check=True); wall = time.perf_counter() - start;"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
    )
    given = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", outside, code, str(argument)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=given, cwd=ROOT)
    return Cost(*json.loads(done.stdout))


def main() -> bool:
    """Print ratios and memory; True where a mark was missed. Texts that never come again are shown, not promised."""
    is_missed = _measured(is_varied=False)
    _measured(is_varied=True)
    return is_missed


def _measured(is_varied: bool) -> bool:
    home = Path(tempfile.mkdtemp(prefix="leakreview-bench-"))
    try:
        (home / "exports").mkdir()
        path = home / "exports" / "instagram.zip"
        total = write_zip(path, is_varied=is_varied)
        bare = [cost(BARE, path)]
        ours, again = cost(OURS, home), cost(OURS, home)
        bare.append(cost(BARE, path))
    finally:
        shutil.rmtree(home)
    wall, cpu = min(one.wall for one in bare), min(one.cpu for one in bare)
    ratio, nothing_new = ours.wall / wall, again.wall / ours.wall
    print(f"{THREADS:,} threads, {total:,} messages, in {path.name}" + (", hardly a text twice" if is_varied else ""))
    print(f"reading and parsing alone  {min(bare)}")
    print(f"load with judging, cold    {ours}")
    print(f"the same with nothing new  {again}: {nothing_new:.2f} of the first (at most {MOST_NOTHING_NEW})")
    print(f"{ratio:.1f} times by the clock (at most {MOST_RATIO:.0f}), {ours.cpu / cpu:.1f} times in processor time")
    print(f"largest process {ours.megabytes:.0f} MB (at most {MOST_MEGABYTES})")
    return ratio > MOST_RATIO or ours.megabytes > MOST_MEGABYTES or nothing_new > MOST_NOTHING_NEW


if __name__ == "__main__":
    sys.exit(main())
