# SPDX-License-Identifier: Apache-2.0
"""Runs every measurement, prints one JSON object a line, and writes docs/benchmarks.md from the same run.

Usage: make bench      or, for some of them:  make bench B="ob3-issue ob3-verify"
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sqlite3
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import ModuleType

from bench.measurement import Measurement

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
KEPT = HERE / "results.json"
"""The last result of each measurement: a part measured again replaces its own lines of the page."""
LIBRARIES = ("cryptography", "pynacl", "orjson", "pyld", "sqlalchemy", "uvicorn", "typst", "pikepdf")
PEERS = (
    "@digitalbazaar/vc",
    "@digitalbazaar/data-integrity",
    "@digitalbazaar/eddsa-rdfc-2022-cryptosuite",
    "jsonld",
    "rdf-canonize",
    "express",
)


def modules() -> list[ModuleType]:
    """Give the modules of this folder that measure something, by name."""
    found = sorted(pkgutil.iter_modules([str(HERE)]), key=lambda each: each.name)
    loaded = [importlib.import_module(f"bench.{each.name}") for each in found if each.name != "__main__"]
    return [module for module in loaded if hasattr(module, "NAMES")]


def measurements(chosen: list[ModuleType], wanted: set[str]) -> list[Measurement]:
    """Run what is wanted; print each when done."""
    done = []
    for module in chosen:
        if not wanted.intersection(module.NAMES):
            continue
        for found in module.measure(wanted):
            one = replace(found, measured=f"{datetime.now(UTC):%m-%d %H:%M}, load {os.getloadavg()[0]:.1f}")
            told = asdict(one)
            del told["how"]
            print(
                json.dumps({k: v for k, v in told.items() if v not in ("", None)}, ensure_ascii=False),
                flush=True,
            )
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
        "the number; a ratio is the median of the rounds' ratios. The ratio is by the clock on the wall,",
        "each engine kept to one core; where a second one stands, it is by the CPU time of the processes.",
        '`make bench` measures everything in one run; `make bench B="ob3-issue ob3-verify"` measures a part',
        "and renews its lines: the last column says when, and how busy the machine was when it was done.",
        "",
        f"- written: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, by `make bench`",
        f"- machine: {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        f"- versions: Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}",
        f"- beside: {', '.join(peers())}",
        "",
        "| name | value | unit | against | there | ratio | by CPU | to reach | measured |",
        "| --- | ---: | --- | --- | ---: | ---: | ---: | --- | --- |",
    ]
    for one in done:
        here, there = f"{one.value:,.1f} | {one.unit}", f"{one.against} | {one.against_value:,.1f}"
        by_cpu = "" if one.cpu_ratio is None else f"{one.cpu_ratio:.4g}"
        shown = f"{one.ratio:.4g} | {by_cpu} | {one.target} | {one.measured}"
        lines.append(f"| `{one.name}` | {here} | {there} | {shown} |")
    lines += ["", "## What is measured", ""]
    for name, how in {one.name: one.how for one in done}.items():
        lines += [f"**`{name}`.** {how}", ""]
    return "\n".join(lines)


def peers() -> list[str]:
    """Give names and versions of what is measured beside this."""
    found = []
    for name in PEERS:
        told = json.loads((HERE / "peers" / "node_modules" / name / "package.json").read_text("utf-8"))
        found.append(f"{name} {told['version']}")
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    tell = "import sys; from importlib.metadata import version; [print(n, version(n)) for n in sys.argv[1:]]"
    libraries = subprocess.run(
        [HERE / "peers/.venv/bin/python", "-c", tell, "openbadgeslib", "endesive", "weasyprint"],
        capture_output=True,
        text=True,
        check=True,
    )
    openssl = subprocess.run(
        ["openssl", "version"], capture_output=True, text=True, check=True
    ).stdout.split()
    others = [*libraries.stdout.splitlines(), f"pyHanko {metadata.version('pyhanko')}"]
    return [f"Node {node}", *found, *others, " ".join(openssl[:2]), poppler()]


def poppler() -> str:
    """Give the name and version of the program that checks signatures."""
    said = subprocess.run(["pdfsig", "-v"], capture_output=True, text=True, check=False).stderr
    return said.splitlines()[0] if said else "no pdfsig"


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
    chosen = modules()
    known = [name for module in chosen for name in module.NAMES]
    wanted = sys.argv[1:]
    if unknown := [name for name in wanted if name not in known]:
        print(f"There is no measurement called {' or '.join(unknown)}: {', '.join(known)}.", file=sys.stderr)
        return 64
    done = measurements(chosen, set(wanted or known))
    keep(done, known)
    return 0


def keep(done: list[Measurement], known: list[str]) -> None:
    """Put the results in the place of those there were of the same names, and write the page anew."""
    before = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else []
    names = {one.name for one in done}
    all_of_them = [*(Measurement(**each) for each in before if each["name"] not in names), *done]
    shown = sorted((one for one in all_of_them if one.name in known), key=lambda one: known.index(one.name))
    KEPT.write_text(json.dumps([asdict(one) for one in shown], indent=1, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(page(shown), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
