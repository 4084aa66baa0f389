"""Loads 20,000 DM threads from one zip, judging included, against reading and parsing the same bytes in the same run."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.labelled_home import conversations

THREADS = 20_000
MOST_RATIO = 25.0
MOST_MEGABYTES = 700
PER_THREAD = (2, 25)  # messages, about 13.5 in the mean
FIRST_MS = 1_772_323_200_000  # 2026-03-01T00:00Z

BARE = """
import sys, time, zipfile, orjson
start = time.process_time()
count = 0
with zipfile.ZipFile(sys.argv[1]) as z:
    for name in z.namelist():
        document = orjson.loads(z.read(name))
        count += len(document.get("messages", ())) if isinstance(document, dict) else 0
print(count, time.process_time() - start)
"""
OURS = """
import sys, time
from pathlib import Path
start = time.process_time()
from ingest.land import land
land(Path(sys.argv[1]), Path(sys.argv[1]), "", lambda *a: None)
print(time.process_time() - start)
"""


def write_zip(path: Path, threads: int = THREADS, seed: int = 7) -> int:
    """An Instagram download of so many threads, with the words of the labelled conversations shuffled; message count."""
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
                messages.append(
                    {
                        "sender_name": name if side == "in" else "Coach Studio",
                        "timestamp_ms": at,
                        "content": draw.choice(said[side]),
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


def run(code: str, *arguments: str) -> str:
    """Output of a fresh interpreter."""
    root = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": root}
    )
    return done.stdout


def main() -> bool:
    """Print ratio and memory; True where a mark was missed."""
    home = Path(tempfile.mkdtemp(prefix="leakreview-bench-"))
    try:
        (home / "exports").mkdir()
        path = home / "exports" / "instagram.zip"
        total = write_zip(path)
        bare = min(float(run(BARE, str(path)).split()[1]) for _ in range(2))
        start = time.perf_counter()
        ours = float(run(OURS, str(home)))
        wall = time.perf_counter() - start
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        again = float(run(OURS, str(home)))
    finally:
        shutil.rmtree(home)
    ratio = ours / bare
    print(f"{THREADS:,} threads, {total:,} messages, {path.name}")
    print(f"reading and parsing alone  {bare:6.2f} CPU s")
    print(f"load with judging, cold    {ours:6.2f} CPU s, {wall:.1f} s wall: {ratio:.1f} times (at most {MOST_RATIO:.0f})")
    print(f"the same with nothing new  {again:6.2f} CPU s: {again / ours:.2f} of the first")
    print(f"largest process            {megabytes:6.0f} MB (at most {MOST_MEGABYTES})")
    return ratio > MOST_RATIO or megabytes > MOST_MEGABYTES


if __name__ == "__main__":
    sys.exit(main())
