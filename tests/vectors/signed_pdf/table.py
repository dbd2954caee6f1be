# SPDX-License-Identifier: Apache-2.0
"""The table of ``SOURCES.md``: each class of attack, its files, and the check that must refuse each.

``python -m tests.vectors.signed_pdf.table`` writes it anew; with the name of a flaw and of a file it writes
that flawed file, and its untouched twin beside it.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from tests.vectors.signed_pdf.attacks import ATTACKS
from tests.vectors.signed_pdf.cases import Case
from tests.vectors.signed_pdf.flaws_pages import LIMITS
from tests.vectors.signed_pdf.good import twin

SOURCES = Path(__file__).with_name("SOURCES.md")
HEAD = """# Flawed PDF files and their untouched twins

Nothing here is anybody else's file: every file is made when a test runs, with keys made at that moment
(`by_hand.py`, `containers.py`, `tokens.py`, `certificates.py`). License: Apache-2.0, as the project. Each has
one flaw; its twin, made in the same way without it, must be valid. What must not be refused is held by
`test_good.py`, `test_foreign.py` and `test_endesive.py`.

Only what endesive signed is stored, in `endesive/`: endesive 3.0.1 with pypdf 6.21.4 and cryptography 50.0.2
(`requirements/bench.txt`, an environment of its own), pages set by the product or written by a test, keys
made for it and thrown away. Apache-2.0, too. After `make bench`, which installs that,
`.venv/bin/python -m tests.vectors.signed_pdf.endesive.make` writes the six PDFs and the DID document with the
public keys anew. Of an elliptic curve endesive says that it is RSA: neither believed nor called a forgery.

The classes are those published at <https://pdf-insecurity.org/>: universal signature forgery, incremental
saving and signature wrapping ("1 Trillion Dollar Refund", CCS 2019), evil annotations and sneaky signatures
on certified documents ("Breaking the Specification", IEEE S&P 2021), shadow attacks (NDSS 2021); and what
certificates, time-stamps, archives, pages and credentials add to them.

What is not told is listed at the end: pages signed with the university's own key that lie to eyes alone.
Whoever has no such key cannot make them, and what the verifier shows is the credential's words, never the
page's.

Written by `python -m tests.vectors.signed_pdf.table`. With the name of a flaw and of a file to write,
`python -m tests.vectors.signed_pdf.table "page added" bad.pdf`, it writes that flawed file and its twin.
"""


def table() -> str:
    """Give the whole page."""
    ordered = sorted(ATTACKS, key=lambda case: case.kind)
    parts = [HEAD, f"\n{len(ATTACKS)} files.\n"]
    for kind, group in groupby(ordered, key=lambda case: case.kind):
        parts.append(f"\n## {kind[0].upper()}{kind[1:]}\n\n| flaw | refused by | twin |\n|---|---|---|\n")
        parts.extend(_row(case) for case in group)
    parts.append("\n## Not told\n\n")
    parts.extend(f"- {name}\n" for name in LIMITS)
    return "".join(parts)


def _row(case: Case) -> str:
    return f"| {case.name} | `{case.refused_by}`: {case.outcome} | {case.twin} |\n"


def main(arguments: list[str]) -> None:
    """Write the table, or one flawed file and its twin."""
    if not arguments:
        SOURCES.write_text(table(), encoding="utf-8")
        return
    name, path = arguments
    case = next(case for case in ATTACKS if case.name == name)
    good = Path(path).with_suffix(".twin.pdf")
    good.write_bytes(twin(case.twin))
    Path(path).write_bytes(case.make(twin(case.twin)))


if __name__ == "__main__":
    main(sys.argv[1:])
