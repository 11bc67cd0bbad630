"""Run the benchmarks and write docs/performance.md: `make bench`."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import pkgutil
import platform
from pathlib import Path

import benchmarks

_PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def main() -> None:
    """Write a part for each module of this folder that measures something."""
    names = [found.name for found in pkgutil.iter_modules(benchmarks.__path__) if found.name != "__main__"]
    modules = [importlib.import_module(f"benchmarks.{name}") for name in names]
    parts = [part for module in modules if hasattr(module, "parts") for part in module.parts()]
    now = dt.datetime.now(dt.UTC)
    machine = f"{_processor()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"
    head = (
        "# Performance\n\nWritten by `make bench`, which measures all ways in turn and first asserts that they "
        "give the same.\nTimes are of the processor, of the best round and of the middle one; a way that "
        "took more than five seconds was asked once.\n\n"
        f"{now:%Y-%m-%d}, Python {platform.python_version()}, {machine}.\n"
    )
    told = (f"\n## {part.title}\n\n{part.text.rstrip()}\n" for part in parts)
    _PAGE.write_text(head + "".join(told), encoding="utf-8")
    print(_PAGE.read_text(encoding="utf-8"))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
