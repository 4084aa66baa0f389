"""Runs the long measurements: `make bench`, or `python -m benchmarks NAME ...` for some of them.

Speed is told as ratios within one run, so that a slow or busy machine does not change the answer.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all that have a `main`; 1 where one missed its mark."""
    missed = 0
    for info in sorted(pkgutil.iter_modules(benchmarks.__path__), key=lambda i: i.name):
        if info.name == "__main__" or (names and info.name not in names):
            continue
        module = importlib.import_module(f"benchmarks.{info.name}")
        if hasattr(module, "main"):
            print(f"\n== {info.name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
            missed += bool(module.main())
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
