# SPDX-License-Identifier: Apache-2.0
"""What endesive signs: run in the interpreter that has it, by ``make.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bench.engines.pdf_endesive import signing
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

LOCKING = {"sigandcertify": True, "sigflags": 1}  # the flags are the permission, too
MADE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "certified": ("page", "school", LOCKING),
    "certified-pss-visible": (
        "page",
        "school",
        {**LOCKING, "pss": True, "signaturebox": (400, 12, 560, 36), "signature": "Digitally signed"},
    ),
    "locked": ("contract", "stranger", LOCKING),
    "approved": ("contract", "stranger", {"sigflags": 3}),
    "form-filling": ("contract", "stranger", {"sigandcertify": True, "sigflags": 2}),
    "locked-ec": ("contract", "curve", LOCKING),
}


def main(folder: Path, out: Path) -> None:
    """Sign each document as asked."""
    cms = signing()
    for name, (document, holder, asked) in MADE.items():
        data = (folder / f"{document}.pdf").read_bytes()
        key = load_pem_private_key((folder / f"{holder}.key").read_bytes(), None)
        der = [(folder / f"{holder}.{place}.der").read_bytes() for place in (0, 1)]
        leaf, above = map(x509.load_der_x509_certificate, der)
        usual = {
            "aligned": 5_120,
            "sigfield": "Signature1",
            "sigpage": 0,
            "signingdate": "D:20260325103000+09'00'",
        }
        update = cms.sign(data, {**usual, **asked}, key, leaf, [above], "sha256")
        (out / f"{name}.pdf").write_bytes(data + update)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
