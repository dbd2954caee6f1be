# SPDX-License-Identifier: Apache-2.0
"""What documents that last are made with: a time-stamping authority, and revocation lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gakusho.errors import UnreachableError
from gakusho.formats import DocumentKey, Level
from gakusho.proof.certificates import DOCUMENT_SIGNING, TIME_STAMPING, Subject, self_issued
from gakusho.proof.revocation import Evidence, revocation_list
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.proof.stand_in_tsa import StandInTsa

SIGNED = datetime.fromisoformat("2026-03-25T01:30:00+00:00")
WEEK = timedelta(days=7)


@cache
def key(kind: str, which: int = 0) -> KeptSigner:
    """Give a key, the same one each time it is asked for by the same words."""
    if kind.startswith("RSA-"):
        return KeptSigner(rsa.generate_private_key(65537, int(kind[4:])))
    return KeptSigner(ec.generate_private_key(ec.SECP384R1() if kind == "P-384" else ec.SECP256R1()))


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A certificate authority: who it is, and its certificate."""

    signer: KeptSigner
    certificate: bytes

    def leaf(
        self, signer: KeptSigner, name: str, *, purpose: str = DOCUMENT_SIGNING, days: int = 900
    ) -> bytes:
        """Give a certificate for the signer's key."""
        return self_issued(
            signer,
            subject=Subject(organization=name, country="JP"),
            serial=7,
            not_before=SIGNED - 4 * WEEK,
            not_after=SIGNED + timedelta(days=days),
            issuer_signer=self.signer,
            issuer_certificate=self.certificate,
            purpose=purpose,
        )

    def list(self, *revoked: tuple[int, datetime]) -> bytes:
        """Give the list of what it revoked."""
        return revocation_list(
            self.signer,
            self.certificate,
            number=1,
            this_update=SIGNED,
            next_update=SIGNED + 5 * WEEK,
            revoked=revoked,
        )


@cache
def authority(name: str) -> Authority:
    """Give the authority of this name, the same one each time."""
    signer = key("P-256", hash(name))
    certificate = self_issued(
        signer,
        subject=Subject(organization=name, country="JP", common_name=f"{name} CA"),
        serial=1,
        not_before=SIGNED - 8 * WEEK,
        not_after=SIGNED + timedelta(days=4000),
    )
    return Authority(signer=signer, certificate=certificate)


SCHOOL, TIME = "東都学芸大学", "Tokei Time"


@cache
def tsa(kind: str = "P-256", days: int = 900) -> StandInTsa:
    """Give the time-stamping authority, at the time of signing for ever."""
    above, signer = authority(TIME), key(kind, 1)
    leaf = above.leaf(signer, TIME, purpose=TIME_STAMPING, days=days)
    return StandInTsa(signer=signer, certificates=(leaf, above.certificate), now=lambda: SIGNED)


@dataclass
class Lists:
    """The revocation lists of the two authorities, and for whom they were asked."""

    asked: list[tuple[bytes, ...]] = field(default_factory=list)

    def evidence(self, chain: Sequence[bytes]) -> Evidence:
        """Give the list of the authority at the end of the chain."""
        self.asked.append(tuple(chain))
        for name in (SCHOOL, TIME):
            if chain[-1] == authority(name).certificate:
                return Evidence(lists=(authority(name).list(),))
        raise UnreachableError("There is no list of this authority.")


def document_key(kind: str = "P-256", level: Level = Level.B_B) -> DocumentKey:
    """Give a school's key for documents of a level."""
    above, signer = authority(SCHOOL), key(kind, 2)
    return DocumentKey(
        signer=signer,
        certificates=(above.leaf(signer, SCHOOL), above.certificate),
        level=level,
        timestamper=tsa(),
        revocations=Lists(),
    )
