"""Runs the code cells of a notebook in IPython without a kernel, in a child process of our own.

`run` starts the child with a timeout and gives back the cells as plain data; `python -m reports.run_notebook` is that
child. Which warehouse, week and moment it is about goes in through the environment, so the same notebook works
unchanged in JupyterLab. Much faster than a kernel (2 to 3 s instead of 5 to 6 s), and the same blocks: a test compares.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ingest.errors import Code, UserError

ROOT: Final = Path(__file__).resolve().parents[1]
TIMEOUT: Final = 300  # seconds; a review of a normal account takes 3


def run(notebook: Path, environment: Mapping[str, str], timeout: int = TIMEOUT) -> list[dict[str, Any]]:
    """The cells of a notebook after running it: markdown with its source, code with its outputs or its error's name.

    UserError when the child fails to start, dies or takes longer than `timeout` seconds.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("LEAKREVIEW_")}
    paths = os.pathsep.join(filter(None, (str(ROOT), inherited.get("PYTHONPATH"))))
    env = {**inherited, **environment, "PYTHONPATH": paths, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "reports.run_notebook", str(notebook)]
    try:
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise UserError(Code.E_IO, f"took longer than {timeout} seconds", notebook.name, "Try again") from error
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise UserError(Code.E_IO, f"the notebook could not be run ({last.partition(':')[0]})", notebook.name)
    cells: list[dict[str, Any]] = json.loads(done.stdout)
    return cells


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    """Cells of a notebook file: cell_type and source as one text."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    return [{"cell_type": c["cell_type"], "source": _joined(c["source"])} for c in content["cells"]]


def _joined(source: str | Sequence[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def execute(cells: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Run the code cells in this process, one shell for all, until one fails; what they print is thrown away."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: Any = InteractiveShell.instance(config=config)  # .instance(): else display() writes to stdout
    outputs: list[dict[str, Any]] = []

    def publish(data: dict[str, Any], metadata: dict[str, Any] | None = None, **_: Any) -> None:
        outputs.append({"data": data, "metadata": metadata or {}})

    shell.display_pub.publish = publish
    shell.displayhook.write_format_data = publish
    shell.displayhook.write_output_prompt = lambda: None
    done: list[dict[str, Any]] = []
    for cell in cells:
        if cell["cell_type"] != "code":
            done.append(dict(cell))
            continue
        outputs.clear()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            result = shell.run_cell(cell["source"], store_history=False)
        error = result.error_before_exec or result.error_in_exec
        done.append({**cell, "outputs": list(outputs), "error": _name(error)})
        if error:
            break
    return done


def _name(error: BaseException | None) -> str | None:
    """The name of an error, and the one line of a user's error; never a message that could hold a person's words."""
    if error is None:
        return None
    return str(error) if isinstance(error, UserError) else type(error).__name__


def main() -> int:
    """Run the notebook named on the command line and write its cells as JSON."""
    os.umask(0o077)
    cells = execute(cells_of(Path(sys.argv[1])))
    sys.stdout.write(json.dumps(cells))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
