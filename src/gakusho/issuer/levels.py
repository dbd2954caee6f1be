# SPDX-License-Identifier: Apache-2.0
"""How long, and by whose word, an institution's signed documents are to be believed: its choice."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from gakusho.errors import InputError, KeyMaterialError
from gakusho.formats import Level
from gakusho.issuer import _grace, _keys, _timestamping, archive, certificate_lists, institutions
from gakusho.issuer._lasting import NAMES
from gakusho.issuer._timestamping import HttpTsa
from gakusho.issuer.access import Actor, Role, require
from gakusho.issuer.institutions import InstitutionView
from gakusho.proof.timestamps import Stamp, Timestamper, read_token
from gakusho.store.work import Work, Workplace

STAND_IN = _timestamping.STAND_IN
OFFERED = tuple(Level)
"""The levels an institution can choose: those of which the verifier judges every part."""
GRACES = (_grace.WAIT, _grace.RAISE)
"""What a batch does while its authority is away: it waits, or its documents are raised later."""
MARGIN_DAYS = range(1, 366)
ALGORITHMS = NAMES
"""What can be listed as running out."""


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
    grace: str
    """``wait`` or ``raise``."""
    margin_days: int
    """How long before its end a time-stamp over a document of B-LTA is followed by the next."""
    algorithm_ends: Mapping[str, date]
    """Until when algorithms are held to be strong; one that is not there has no end yet."""
    lists: tuple[str, ...]
    """Where the institution's own certificate authority publishes what it revoked."""


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
        grace=str(settings.get(_grace.GRACE, _grace.WAIT)),
        margin_days=archive.margin(settings).days,
        algorithm_ends=archive.algorithm_ends(settings),
        lists=tuple(certificate_lists.addresses(work, institution_id)),
    )


def choose(
    work: Work,
    actor: Actor,
    *,
    level: str,
    authority: str,
    grace: str | None = None,
    margin_days: int | None = None,
    algorithm_ends: Mapping[str, str] | None = None,
) -> InstitutionView:
    """Give the institution, whose documents are signed at this level from now on; None leaves as it is.

    Raises:
        ForbiddenError: the actor does not administer.
        InputError: a level that is not offered, an address, grace, margin or day that is none.
    """
    require(actor, Role.ADMINISTER)
    if level not in OFFERED:
        raise InputError(
            "Documents are not signed at this level.",
            code="level",
            facts={"got": level[:20], "expected": ", ".join(OFFERED)},
        )
    address = checked_authority(authority) if authority or level != Level.B_B else ""
    kept = _checked_keeping(grace, margin_days, algorithm_ends)
    if address == STAND_IN:
        row = institutions.row_of(work.session, actor.institution_id, lock=True)
        try:
            _keys.active(work.session, row.id, _keys.TIME)
        except KeyMaterialError:
            _keys.make(work, row, _keys.TIME)
    settings = {_timestamping.LEVEL: level, _timestamping.AUTHORITY: address or None, **kept}
    archive.try_again(work, actor.institution_id)
    return institutions.change(work, actor, settings=settings)


def _checked_keeping(
    grace: str | None, margin_days: int | None, algorithm_ends: Mapping[str, str] | None
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if grace is not None:
        if grace not in GRACES:
            raise _no_grace(grace, ", ".join(GRACES))
        kept[_grace.GRACE] = grace
    if margin_days is not None:
        if margin_days not in MARGIN_DAYS:
            raise _no_grace(str(margin_days), f"{MARGIN_DAYS[0]} to {MARGIN_DAYS[-1]}")
        kept[archive.MARGIN] = margin_days
    if algorithm_ends is not None:
        kept[archive.ENDS] = {name: _checked_day(name, day) for name, day in algorithm_ends.items() if day}
    return kept


def days_of(text: str) -> int:
    """Give a number of days as somebody wrote it. Raises: InputError (``document-grace``)."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise _no_grace(text, f"{MARGIN_DAYS[0]} to {MARGIN_DAYS[-1]}")
    return int(text)


def _checked_day(name: str, day: str) -> str:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = None
    if found is None or name not in ALGORITHMS:
        raise InputError(
            "This is no algorithm with the day it runs out.",
            code="algorithm-ends",
            facts={"got": f"{name[:40]}: {day[:40]}", "expected": f"{', '.join(ALGORITHMS)}; YYYY-MM-DD"},
        )
    return found.isoformat()


def _no_grace(got: str, expected: str) -> InputError:
    return InputError(
        "Documents cannot be kept in this way.",
        code="document-grace",
        facts={"got": got[:40], "expected": expected},
    )


def checked_authority(address: str) -> str:
    """Give the address of an authority as it is kept. Raises: InputError (``time-authority``)."""
    address = address.strip()
    if address == STAND_IN:
        return address
    if not address:
        raise InputError(
            "This level needs a time-stamping authority, and none is named.",
            code="document-level",
            facts={"expected": "https://… or http://…"},
            action="Name the address of a time-stamping authority, or choose level B-B.",
        )
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.port != 0 and not parts.username and not parts.fragment
    except ValueError:
        named = False
    if not named or parts.scheme not in {"http", "https"} or not address.isascii() or len(address) > 300:
        raise InputError(
            f"This cannot be the address of a time-stamping authority: {address[:80]}",
            code="time-authority",
            facts={"got": address[:80], "expected": "https://… or http://…"},
            action="Give what its operator names: RFC 3161 by http:// or https://.",
        )
    return address


def try_out(
    workplace: Workplace, institution_id: str, *, level: str, authority: str, asked: Timestamper | None = None
) -> Stamp | None:
    """Give a time-stamp on chance from the authority, to see that it can be had; None for the stand-in.

    For B-LT and B-LTA its revocation data and those of the document key are asked for as well.

    Raises: InputError for an address that is none; UnreachableError (``timestamp``, ``revocation``);
    ConflictError for a certificate that was revoked.
    """
    address = checked_authority(authority)
    stamp = None
    if address != STAND_IN:
        digest = hashlib.sha256(secrets.token_bytes(32)).digest()
        stamp = read_token((asked or HttpTsa.at(address, workplace.services)).stamp(digest, "sha256"))
    if level in OFFERED and Level(level).lasts:
        with workplace.work(read_only=True) as work:
            source = _timestamping.revocations(work, institutions.row_of(work.session, institution_id))
            chain = _keys.certificates(_keys.active(work.session, institution_id, _keys.DOCUMENT))
        source.evidence(chain)
        if stamp:
            source.evidence(stamp.certificates)
    return stamp
