# SPDX-License-Identifier: Apache-2.0
"""How long, and by whose word, an institution's signed documents are to be believed: its choice."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509

from gakusho.errors import InputError, KeyMaterialError
from gakusho.formats import Level
from gakusho.issuer import _keys, _timestamping, institutions
from gakusho.issuer._timestamping import HttpTsa
from gakusho.issuer.access import Actor, Role, require
from gakusho.issuer.institutions import InstitutionView
from gakusho.proof.timestamps import Stamp, Timestamper, read_token
from gakusho.store.work import Work

STAND_IN = _timestamping.STAND_IN
OFFERED = (Level.B_B, Level.B_T)
"""The levels an institution can choose: those of which the verifier judges every part."""


@dataclass(frozen=True, kw_only=True)
class Signing:
    """How documents are signed now."""

    level: Level
    authority: str
    """The address of the time-stamping authority, ``stand-in``, or nothing."""
    algorithm: str
    subject: str
    """Whom the document key's certificate names, RFC 4514."""
    ends: datetime
    """When that certificate runs out."""


def signing(work: Work, institution_id: str) -> Signing:
    """Give how the institution signs documents now. Raises: KeyMaterialError without a document key."""
    settings = institutions.institution(work, institution_id).settings
    key = _keys.active(work.session, institution_id, _keys.DOCUMENT)
    chain = [x509.load_der_x509_certificate(one) for one in _keys.certificates(key)]
    return Signing(
        level=Level(settings.get(_timestamping.LEVEL, Level.B_B)),
        authority=str(settings.get(_timestamping.AUTHORITY, "")),
        algorithm=key.algorithm,
        subject=chain[0].subject.rfc4514_string(),
        ends=min(one.not_valid_after_utc for one in chain),
    )


def choose(work: Work, actor: Actor, *, level: str, authority: str) -> InstitutionView:
    """Give the institution, whose documents are signed at this level from now on.

    Raises:
        ForbiddenError: the actor does not administer.
        InputError: a level that is not offered, or an address that is none.
    """
    require(actor, Role.ADMINISTER)
    if level not in OFFERED:
        raise InputError(
            "Documents are not signed at this level.",
            code="level",
            facts={"got": level[:20], "expected": ", ".join(OFFERED)},
        )
    address = checked_authority(authority) if authority or level != Level.B_B else ""
    if address == STAND_IN:
        row = institutions.row_of(work.session, actor.institution_id, lock=True)
        try:
            _keys.active(work.session, row.id, _keys.TIME)
        except KeyMaterialError:
            _keys.make(work, row, _keys.TIME)
    settings = {_timestamping.LEVEL: level, _timestamping.AUTHORITY: address or None}
    return institutions.change(work, actor, settings=settings)


def checked_authority(address: str) -> str:
    """Give the address of an authority as it is kept. Raises: InputError (``time-authority``)."""
    address = address.strip()
    if address == STAND_IN:
        return address
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.port is None and not parts.username and not parts.fragment
    except ValueError:
        named = False
    if not named or parts.scheme not in {"http", "https"} or not address.isascii() or len(address) > 300:
        raise InputError(
            "This is no address of a time-stamping authority.",
            code="time-authority",
            facts={"got": address[:80], "expected": "https://… or http://…"},
            action="Give the address as the authority's operator names it (RFC 3161 over HTTP).",
        )
    return address


def tried(address: str, *, asked: Timestamper | None = None) -> Stamp | None:
    """Give a time-stamp on chance from the authority, to see that it can be had; None for the stand-in.

    Raises: InputError for an address that is none; UnreachableError (``timestamp``).
    """
    address = checked_authority(address)
    if address == STAND_IN:
        return None
    digest = hashlib.sha256(secrets.token_bytes(32)).digest()
    return read_token((asked or HttpTsa(url=address)).stamp(digest, "sha256"))
