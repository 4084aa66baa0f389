"""Instagram downloads as the tests need them: small trees in the real shape, of invented people, and zips of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ME = "Coach Studio"
HANDLE = "coach.studio"
MS = 1_790_000_000_000  # 2026-09-21T14:13:20Z
PROFILE = "personal_information/personal_information/personal_information.json"
INBOX = "your_instagram_activity/messages/inbox"


def garbled(text: str) -> str:
    """As Meta writes it: each UTF-8 byte as one character."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def message(text: str | None, at: int = MS, sender: str = "Ada Example", **more: Any) -> dict[str, Any]:
    """One message of a thread."""
    content = {} if text is None else {"content": garbled(text)}
    return {"sender_name": garbled(sender), "timestamp_ms": at, **content, **more}


def thread(*messages: Any, lead: str = "Ada Example", **more: Any) -> dict[str, Any]:
    """A two-person thread; messages are given oldest first and written newest first."""
    people = [{"name": garbled(lead)}, {"name": ME}]
    return {"participants": people, "messages": list(messages)[::-1], "title": garbled(lead), "magic_words": [], **more}


def profile(name: str = ME, handle: str = HANDLE, labels: tuple[str, str] = ("Username", "Name")) -> dict[str, Any]:
    """The file that says whose download it is."""
    values = {labels[0]: {"value": garbled(handle)}, labels[1]: {"value": garbled(name)}}
    return {"profile_user": [{"title": "", "string_map_data": values}]}


def tree(threads: Mapping[str, Any], with_profile: bool = True) -> dict[str, Any]:
    """Path -> document of a download with these threads, by folder name below the inbox."""
    files = {f"{INBOX}/{folder}/message_1.json": document for folder, document in threads.items()}
    return {PROFILE: profile(), **files} if with_profile else files


def as_bytes(document: Any) -> bytes:
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def write_zip(path: Path, files: Mapping[str, Any]) -> Path:
    """A zip of documents or bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, document in files.items():
            opened.writestr(name, as_bytes(document))
    return path


def write_folder(path: Path, files: Mapping[str, Any]) -> Path:
    """The same, unpacked."""
    for name, document in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(as_bytes(document))
    return path
