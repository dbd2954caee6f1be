# SPDX-License-Identifier: Apache-2.0
"""endesive: its PDF signer, with key and certificates loaded once; run by its own interpreter.

Two of its dependencies keep it from running as it is installed, and are helped here: oscrypto reads OpenSSL's
version only if its last number has one digit, and pypdf 7 calls endesive's ``_write`` otherwise (so the
lock names pypdf 6).
"""

from __future__ import annotations

import re
from types import ModuleType
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.engines import _clock

DOCUMENTS = 20


def signing() -> ModuleType:
    """Give endesive's module that signs."""
    found = re.search

    def search(pattern: str, text: str, flags: int = 0) -> re.Match[str] | None:
        asks_for_version = isinstance(pattern, str) and r"\d\.\d\.\d[a-z]*" in pattern
        return found(r"\b(\d\.\d\.\d+[a-z]*)\b" if asks_for_version else pattern, text, flags)

    re.search = search  # type: ignore[assignment]
    from endesive.pdf import cms

    re.search = found
    return cast("ModuleType", cms)


def main() -> None:
    """Sign."""
    cms = signing()
    folder, _, _, count, warm_up = _clock.asked()
    pages = [(folder / f"page-{number}.pdf").read_bytes() for number in range(DOCUMENTS)]
    key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
    leaf, root = (
        x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes()) for name in ("leaf", "root")
    )
    asked = {
        "sigflags": 3,
        "sigpage": 0,
        "sigfield": "Signature1",
        "auto_sigfield": False,
        "sigandcertify": True,
        "signingdate": "D:20260325103000+09'00'",
        "aligned": 8192,
    }

    def some(amount: int) -> None:
        for number in range(amount):
            cms.sign(pages[number % len(pages)], asked, key, leaf, [root], "sha256")

    _clock.timed(lambda: some(warm_up), lambda: some(count), count, "")


if __name__ == "__main__":
    main()
