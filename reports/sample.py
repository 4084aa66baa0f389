"""Writing the bundled sample exports somewhere to play with."""

from __future__ import annotations

import shutil
from pathlib import Path

from ingest.errors import Code, UserError
from ingest.inputs import PROJECT, sample_home


def write(folder: Path, project: Path = PROJECT) -> int:
    """Copy the sample's exports and settings into a folder; how many files.

    Raises UserError where something is there already: nothing is ever overwritten.
    """
    source = sample_home(project)
    if not (source / "exports").is_dir():
        raise UserError(Code.E_MISSING, "the sample exports are not here", "sample/", "Run it from a checkout")
    taken = [name for name in ("exports", "settings.toml") if (folder / name).exists()]
    if taken:
        raise UserError(Code.E_CALL, f"{taken[0]} is there already", str(folder), "Name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source / "exports", folder / "exports")
    if (source / "settings.toml").exists():
        shutil.copyfile(source / "settings.toml", folder / "settings.toml")
    return sum(path.is_file() for path in [*(folder / "exports").rglob("*"), folder / "settings.toml"])
