# SPDX-License-Identifier: Apache-2.0
"""What becomes of a batch whose authority is away: it waits, or its documents are raised later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gakusho.errors import UnreachableError
from gakusho.formats import Level, Sealing
from gakusho.issuer import _lasting, archive
from gakusho.issuer._lasting import Bytes
from gakusho.issuer._passing import AUTHORITIES
from gakusho.issuer.issue import issue
from gakusho.model.award import Award
from gakusho.model.sealed import Sealed
from gakusho.store.tables import Institution
from gakusho.store.tables_documents import Archive, LastingDocument
from gakusho.store.work import Work

GRACE = "document_grace"
"""The name of the setting: ``wait``, or ``raise`` for signing at B-B and raising later."""
WAIT, RAISE = "wait", "raise"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """At which level documents are asked for, and what is done when that cannot be had now."""

    asked: Level = Level.B_B
    raise_later: bool = False


NOTHING = Promise()


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was sealed, at which level."""

    sealed: Sequence[Sealed]
    level: Level
    away: tuple[str, str, str] | None = None
    """Why it is a lower one than asked for: code, message, action."""


def promise(work: Work, institution_id: str, sealing: Sealing) -> tuple[Promise, Sealing]:
    """Give what is promised of a batch's documents, and the sealing for now.

    Where documents may be raised later and the authority was away a moment ago, it is not asked again yet.
    """
    if sealing.document_key is None:
        return NOTHING, sealing
    institution = work.session.get(Institution, institution_id)
    assert institution is not None
    promised = Promise(asked=sealing.document_key.level, raise_later=institution.settings.get(GRACE) == RAISE)
    known = work.session.get(Archive, institution_id) if promised.raise_later else None
    if (
        known
        and known.problem
        and known.problem["code"] in AUTHORITIES
        and (known.try_at or work.now) > work.now
    ):
        return promised, _at_b_b(sealing)
    return promised, sealing


def sealed(
    awards: Sequence[Award],
    *,
    formats: Sequence[str],
    sealing: Sealing,
    documents: Mapping[str, bytes],
    promised: Promise,
) -> Kept:
    """Give the awards sealed; where it was promised so, at B-B while the authority is away.

    Raises: as ``issue``.
    """
    level = sealing.document_key.level if sealing.document_key else Level.B_B
    try:
        done = issue(awards, formats=formats, sealing=sealing, documents=documents)
    except UnreachableError as error:
        if not promised.raise_later or error.code not in AUTHORITIES or level is Level.B_B:
            raise
        done = issue(awards, formats=formats, sealing=_at_b_b(sealing), documents=documents)
        return Kept(sealed=done, level=Level.B_B, away=(error.code, str(error), error.action))
    return Kept(sealed=done, level=level)


def account(sealed: Sealed, level: Level, promised: Promise) -> Bytes | None:
    """Give the account that is kept of a document for which more than B-B was asked, else None."""
    if promised.asked is Level.B_B or _lasting.of_levels(sealed.format) is None:
        return None
    return _lasting.bytes_of(sealed.data, sealed.format, level)


def insert(work: Work, institution_id: str, asked: Level, accounts: Sequence[tuple[str, Bytes]]) -> None:
    """Insert the account of new documents, by the ids of their awards' rows."""
    for award_id, one in accounts:
        work.session.add(
            LastingDocument(
                award_id=award_id,
                format=one.format,
                institution_id=institution_id,
                asked=str(asked),
                changed_at=work.now,
                **one.columns(),
            )
        )
        work.session.add(archive.revision(award_id, one, 1, work.now))


def was_away(work: Work, institution_id: str, away: tuple[str, str, str]) -> None:
    """Remember that the authority was away."""
    code, message, action = away
    archive.set_aside(work, institution_id, UnreachableError(message, code=code, action=action))


def _at_b_b(sealing: Sealing) -> Sealing:
    assert sealing.document_key is not None
    return replace(sealing, document_key=replace(sealing.document_key, level=Level.B_B))
