"""Child processes of our own: a Python that runs a function of ours and never imports the program that called us.

Unlike multiprocessing's own way, a script or a notebook needs no guard.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pyarrow as pa

_ROOT = Path(__file__).resolve().parent.parent


def start(code: str, told: IO[bytes] | int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """Start a Python with `told` as its standard input; what it writes can be read from its `stdout`."""
    path = os.pathsep.join(p for p in (str(_ROOT), os.environ.get("PYTHONPATH")) if p)
    command = [sys.executable, "-P", "-c", code]  # -P: not from the folder we happen to be in
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(command, stdin=told, stdout=subprocess.PIPE, env=environment)


def answers() -> IO[bytes]:
    """In a child: where to write answers. What a library might print cannot get between them."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def be_lean() -> None:
    """In a child: spare pandas, and the search of memory for cycles: its rows have none, and it ends soon."""
    gc.disable()
    spare_pandas()


def spare_pandas() -> None:
    """Keep pyarrow from importing pandas at the first list that it is given: a third of a second for nothing.

    It looks once, while none can be found; who asks it for a DataFrame later gets one all the same.
    """
    none = SimpleNamespace(find_spec=_no_pandas)
    sys.meta_path.insert(0, none)
    try:
        pa.array([""])
    finally:
        sys.meta_path.remove(none)


def _no_pandas(name: str, path: object = None, target: object = None) -> None:
    if name == "pandas":
        raise ImportError(name)
