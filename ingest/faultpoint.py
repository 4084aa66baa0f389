"""Named points at which a crash test stops us. Without the variable a point does nothing.

`LEAKREVIEW_FAULT_POINT=name` kills the process there (SIGKILL, as a power cut would), `name:full` says that the disk
is full, `name:readonly` that it may not be written, `name:wait` stays there until a signal comes.
"""

from __future__ import annotations

import errno
import os
import signal
import time

VARIABLE = "LEAKREVIEW_FAULT_POINT"
FAULTS = {"full": errno.ENOSPC, "readonly": errno.EROFS}
LONGEST_WAIT = 60.0  # seconds: a test that forgot us must not hang


def faultpoint(name: str) -> None:
    """Do what the environment asks for at this point; nothing in ordinary use.

    Raises OSError for `name:full` and `name:readonly`.
    """
    asked, _, action = os.environ.get(VARIABLE, "").partition(":")
    if asked != name:
        return
    if action in FAULTS:
        raise OSError(FAULTS[action], os.strerror(FAULTS[action]))
    if action == "wait":
        print(f"waiting at {name}", flush=True)
        time.sleep(LONGEST_WAIT)
        return
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
