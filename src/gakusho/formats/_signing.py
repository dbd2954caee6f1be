# SPDX-License-Identifier: Apache-2.0
"""What documents are signed with, and whom their verifier believes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gakusho.proof import Signer
from gakusho.proof.revocation import Revocations
from gakusho.proof.signed_data import certificates_in
from gakusho.proof.timestamps import Timestamper


class Level(StrEnum):
    """How long, and by whose word, a document's signature is to be believed. ETSI EN 319 142-1, section 6."""

    B_B = "B-B"
    """Signed; the time of signing is the signer's word."""
    B_T = "B-T"
    """With a time-stamp of an authority: signed before that time."""
    B_LT = "B-LT"
    """With the certificates and revocation data of both inside."""
    B_LTA = "B-LTA"
    """With a time-stamp over all of it, which can be renewed as long as the document is to last."""

    @property
    def lasts(self) -> bool:
        """Whether revocation data stand in the document."""
        return self in {Level.B_LT, Level.B_LTA}


@dataclass(frozen=True, kw_only=True)
class DocumentKey:
    """The key that certifies documents, with its X.509 certificates (DER, the signer's own first)."""

    signer: Signer
    certificates: tuple[bytes, ...]
    level: Level = Level.B_B
    timestamper: Timestamper | None = None
    """The time-stamping authority, for every level but B-B."""
    revocations: Revocations | None = None
    """Where revocation data are had, for B-LT and B-LTA."""


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """The authorities that whoever verifies believes: their certificates, DER. Without any, none is."""

    times: tuple[bytes, ...] = ()
    """Of time-stamping authorities, or above them: what these stamped was there at that time."""
    signers: tuple[bytes, ...] = ()
    """Of authorities that say whose a document-signing key is."""

    @classmethod
    def of(cls, *, times: bytes = b"", signers: bytes = b"") -> Anchors:
        """Give the anchors in two PEM files, each with any number of certificates.

        Raises: SettingsError for one that holds anything else.
        """
        return cls(times=certificates_in(times), signers=certificates_in(signers))


NO_ANCHORS = Anchors()
