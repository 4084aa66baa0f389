"""JupyterLab on the notebooks: this machine only, with a token, without news, terminals or saved outputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ingest.errors import Code, UserError
from ingest.files import private_folder, write_atomic
from ingest.inputs import PROJECT

# what JupyterLab would otherwise do: ask for news, save outputs with people's words, draw only what is on screen
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {
        "windowingMode": "none",
        "autoStartDefaultKernel": True,
        "kernelShutdown": True,
    },
}
HIDE_CODE = ".jp-InputPlaceholder { display: none !important; }\n"
START = "weekly_leak_review.ipynb"


def command(home: Path, port: int = 0, browser: bool = True, notebooks: Path = PROJECT / "notebooks") -> list[str]:
    """The command line that starts JupyterLab; writes its settings below data/jupyter first."""
    if not notebooks.is_dir():
        raise UserError(Code.E_CALL, "there are no notebooks", str(notebooks), "Run it from a checkout")
    own = private_folder(home / "data" / "jupyter")
    private_folder(own / "settings")
    write_atomic(own / "settings" / "overrides.json", json.dumps(OVERRIDES, indent=1).encode())
    private_folder(own / "config" / "custom")
    write_atomic(own / "config" / "custom" / "custom.css", HIDE_CODE.encode())
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": str(port or 8888),
        "ServerApp.open_browser": str(browser),
        "ServerApp.root_dir": str(notebooks),
        "ServerApp.terminals_enabled": "False",
        "ServerApp.allow_remote_access": "False",
        "ServerApp.default_url": f"/doc/tree/{START}",
        "LabApp.news_url": "",
        "LabApp.extension_manager": "readonly",
        "LabApp.custom_css": "True",
        "LabApp.app_settings_dir": str(own / "settings"),
        "LabApp.user_settings_dir": str(private_folder(own / "user")),
        "LabApp.workspaces_dir": str(private_folder(own / "workspaces")),
    }
    as_root = ["--allow-root"] if os.name == "posix" and os.geteuid() == 0 else []  # in a container there is no other
    return [sys.executable, "-m", "jupyterlab", *(f"--{key}={value}" for key, value in options.items()), *as_root]


def environment(home: Path) -> dict[str, str]:
    """Variables of the server: its own folders, and the home the notebooks read. The token stays on."""
    own = home / "data" / "jupyter"
    known = {key: value for key, value in os.environ.items() if key not in ("JUPYTER_TOKEN", "JUPYTER_NO_CONFIG")}
    return {
        **known,
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "share"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "IPYTHONDIR": str(own / "ipython"),
        "LEAKREVIEW_HOME": str(home),
        "DO_NOT_TRACK": "1",
    }


def serve(home: Path, port: int, browser: bool) -> int:
    """Run until it is stopped; its exit code."""
    return subprocess.run(command(home, port, browser), env=environment(home), check=False).returncode
