# SPDX-License-Identifier: Apache-2.0
"""Runs every measurement, prints one JSON object a line, and writes docs/benchmarks.md from the same run.

Usage: make bench      or, for some of them:  python -m bench desk-rows
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sqlite3
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from bench.measurement import Measurement

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
LIBRARIES = ("cryptography", "orjson", "sqlalchemy", "pyhanko", "typst")


def measurements(wanted: list[str]) -> list[Measurement]:
    """Run the modules of this folder that have a ``measure``, or those wanted; print each when done."""
    done = []
    for found in sorted(pkgutil.iter_modules([str(HERE)]), key=lambda each: each.name):
        module = importlib.import_module(f"bench.{found.name}")
        if not hasattr(module, "measure") or (wanted and found.name.replace("_", "-") not in wanted):
            continue
        for one in module.measure():
            told = asdict(one)
            del told["how"], told["against_value"]
            print(json.dumps(told, ensure_ascii=False), flush=True)
            done.append(one)
    return done


def page(done: list[Measurement]) -> str:
    """Give the page for this run."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`, never by hand. Each value is the median of several rounds, and stands",
        "beside something measured in the same run on the same machine, so that the ratio means more than",
        "the number.",
        "",
        f"- measured: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, by `make bench`",
        f"- machine: {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        f"- versions: Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}",
        "",
        "| name | value | unit | against | there | ratio |",
        "| --- | ---: | --- | --- | ---: | ---: |",
    ]
    for one in done:
        here, there = f"{one.value:,.1f} | {one.unit}", f"{one.against} | {one.against_value:,.1f}"
        lines.append(f"| `{one.name}` | {here} | {there} | {one.ratio:.4f} |")
    lines += ["", "## What is measured", ""]
    for one in done:
        lines += [f"**`{one.name}`.** {one.how}", ""]
    return "\n".join(lines)


def processor() -> str:
    """Give the processor's name."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main() -> int:
    """Measure, print, write."""
    wanted = sys.argv[1:]
    done = measurements(wanted)
    if not done:
        print(f"There is no measurement called {' or '.join(wanted)}.", file=sys.stderr)
        return 64
    if not wanted:
        PAGE.write_text(page(done), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
