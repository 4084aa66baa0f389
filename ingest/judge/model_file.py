"""Where the bundled model lies, and its version: asked without loading it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("model.npz")


@cache
def model_version() -> str:
    """Hash of the file, part of the rules' version; empty where the rules judge alone."""
    return hashlib.sha256(PATH.read_bytes()).hexdigest()[:12] if PATH.exists() else ""
