# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions of one canonicalization, and fails when they have grown by more than 3 %.

Time on a shared machine says little about 3 %; the number of instructions repeats. It still depends on how
the interpreter was built, so what is compared is a ratio: canonicalizing a document, over work that never
changes (text put together, sorted, hashed and read as JSON, by the same interpreter in the same run).
Import and warm-up are not counted: they come before a fork, and one of the children does nothing more.

Usage: tools/instructions.py            measure and compare with tools/instructions.json
       tools/instructions.py --record   measure and keep the new ratios
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tools" / "instructions.json"
DOCUMENTS = ROOT / "src" / "gakusho" / "formats" / "_documents"
VECTORS = ROOT / "tests" / "vectors" / "json_ld"
WARM_UP = 10  # the interpreter specializes what it has run some times
TIMES = 10
ALLOWED = 1.03

Work = Callable[[], object]


def works() -> dict[str, Work]:
    """Give what is counted, by name; each has been done before, so that what is kept is kept."""
    from gakusho.proof.canonical_form import canonical_form
    from gakusho.proof.contexts import Contexts

    manifest = json.loads((DOCUMENTS / "MANIFEST.json").read_text("utf-8"))["documents"]
    files = {entry["url"]: entry["file"] for entry in reversed(manifest)}  # the newest stands first
    found: dict[str, Work] = {"nothing": lambda: None, "reference": reference}
    for name in ("open_badge_3", "clr_2"):
        text = (VECTORS / f"{name}.json").read_text("utf-8")
        named = [url for url in files if f'"{url}"' in text]
        contexts = Contexts({url: (DOCUMENTS / files[url]).read_bytes() for url in named})
        found[name] = _canonicalizing(canonical_form, json.loads(text), contexts)
    for work in found.values():
        for _ in range(WARM_UP):
            work()
    return found


def _canonicalizing(canonical_form: Callable[..., str], document: Any, contexts: object) -> Work:
    return lambda: canonical_form(document, contexts)


def reference() -> str:
    """Do the work the others are measured by. Changing it changes every recorded ratio."""
    members: dict[str, Any] = {}
    for number in range(200):
        members[f"member {number * 7919 % 211}"] = [
            f"<urn:x:{number}>",
            {"value": str(number), "place": number},
        ]
    lines = [f"{name} {value[0]} {value[1]['value']} .\n" for name, value in members.items()]
    lines.sort()
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    again = json.loads(json.dumps(members))
    return digest if again == members else ""


def counted() -> None:
    """Run under callgrind: a child for each work; the first line each prints is its process."""
    gc.collect()
    gc.disable()
    for name, work in works().items():
        child = os.fork()
        if not child:
            for _ in range(TIMES):
                work()
            os._exit(0)
        os.waitpid(child, 0)
        print(name, child, flush=True)


def measured() -> dict[str, float]:
    """Give instructions of each work, done once. Raises RuntimeError when callgrind does not work here."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *("valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/%p", "-q"),
                *(sys.executable, __file__, "--counted"),
            ],
            env={
                **os.environ,
                "PYTHONHASHSEED": "0",
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONMALLOC": "pymalloc",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"callgrind failed:\n{done.stderr[-2000:]}")
        totals = {
            name: _total(Path(folder) / process)
            for name, process in (line.split() for line in done.stdout.splitlines())
        }
    idle = totals.pop("nothing")
    return {name: (total - idle) / TIMES for name, total in totals.items()}


def _total(file: Path) -> int:
    for line in file.read_text("utf-8").splitlines():
        if line.startswith(("summary:", "totals:")):
            return int(line.split()[1])
    raise RuntimeError(f"{file} holds no total")


def main() -> int:
    """Measure and compare."""
    if "--counted" in sys.argv:
        counted()
        return 0
    if shutil.which("valgrind") is None:
        print("valgrind is missing; the instructions of a canonicalization are not counted.", file=sys.stderr)
        return int(sys.platform == "linux")
    found = measured()
    unit = found.pop("reference")
    ratios = {name: round(count / unit, 4) for name, count in found.items()}
    if "--record" in sys.argv:
        KEPT.write_text(json.dumps(ratios, indent=2) + "\n", "utf-8")
        print(f"Kept: {ratios}; the reference work took {unit:,.0f} instructions.")
        return 0
    kept = json.loads(KEPT.read_text("utf-8"))
    worse = [name for name, ratio in ratios.items() if ratio > kept[name] * ALLOWED]
    for name, ratio in ratios.items():
        says = "more than 3 % above" if name in worse else "within"
        print(
            f"{name}: {found[name]:,.0f} instructions, {ratio} of the reference: {says} the kept {kept[name]}"
        )
    if worse:
        print("If that is worth it, keep the new ratios: tools/instructions.py --record", file=sys.stderr)
    return bool(worse)


if __name__ == "__main__":
    sys.exit(main())
