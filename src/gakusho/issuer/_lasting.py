# SPDX-License-Identifier: Apache-2.0
"""What is kept of a document that is to last: its level, its time-stamps, and what they depend on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cryptography import x509

from gakusho.errors import GakushoError
from gakusho.formats import Lasts, Level, formats
from gakusho.proof.keys import PublicKey
from gakusho.proof.timestamps import Stamp

RUNNING_OUT = {"RSA-2048": date(2030, 12, 31)}
"""Until when what a time-stamp depends on is held to be strong: 112 bits end with 2030 (NIST SP 800-57
part 1, revision 5, table 4). An institution adds to it and changes it."""
NAMES = ("sha256", "sha384", "sha512", "P-256", "P-384", "RSA-2048", "RSA-3072", "RSA-4096")
"""What can be listed as running out."""


@dataclass(frozen=True, kw_only=True)
class Bytes:
    """One document's bytes as they are now, for the rows that keep account of it."""

    format: str
    level: Level
    digest: str
    size: int
    stamps: int = 0
    stamped_at: datetime | None = None
    ends: datetime | None = None
    half_at: datetime | None = None
    algorithms: str = ""

    def columns(self) -> dict[str, Any]:
        """Give what a row of lasting documents keeps."""
        names = ("level", "stamps", "stamped_at", "ends", "half_at", "algorithms")
        return {name: getattr(self, name) for name in names} | {"level": str(self.level)}


def of_levels(name: str) -> Lasts | None:
    """Give the format of this name if its documents have levels."""
    found: object = formats().get(name)
    return found if isinstance(found, Lasts) else None


def bytes_of(data: bytes, form: str, level: Level) -> Bytes:
    """Give the account of a document's bytes. Raises: InputError for broken ones."""
    lasting = of_levels(form)
    found = lasting.stamps(data) if lasting and level is not Level.B_B else []
    bare = Bytes(format=form, level=level, digest=hashlib.sha256(data).hexdigest(), size=len(data))
    if not found:
        return bare
    newest = found[-1]
    return replace(
        bare,
        stamps=len(found),
        stamped_at=newest.time,
        ends=newest.ends,
        half_at=newest.time + (newest.ends - newest.time) / 2,
        algorithms=f" {' '.join(_algorithms(newest))} ",
    )


def _algorithms(stamp: Stamp) -> list[str]:
    names = {stamp.algorithm}
    for der in stamp.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if certificate.signature_hash_algorithm is not None:
            names.add(certificate.signature_hash_algorithm.name)
        try:
            names.add(kind_of(PublicKey.from_cryptography(certificate.public_key())))
        except GakushoError:
            names.add("weak")
    return sorted(names)


def kind_of(key: PublicKey) -> str:
    """Give a key's algorithm with its size where that is not said by it: ``P-256``, ``RSA-3072``."""
    public: Any = key.cryptography_key()
    return f"RSA-{public.key_size}" if key.algorithm == "RSA" else key.algorithm
