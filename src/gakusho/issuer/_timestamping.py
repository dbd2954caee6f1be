# SPDX-License-Identifier: Apache-2.0
"""The time-stamping authority an institution has chosen: asked over HTTP, or the stand-in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gakusho.errors import ForbiddenAddressError, UnreachableError
from gakusho.fetch import NO_SERVICES, HttpFetcher, Services
from gakusho.formats import Level
from gakusho.issuer import _keys, certificate_lists
from gakusho.issuer._revocation import RevocationSource
from gakusho.proof.revocation import Revocations
from gakusho.proof.stand_in_tsa import StandInTsa
from gakusho.proof.timestamps import MAX_BYTES, Request, Timestamper, refused, token_of
from gakusho.store.tables import Institution
from gakusho.store.work import Work

STAND_IN = "stand-in"
"""Given as the authority's address: one in this server, with a key of the institution's; proves nothing."""
LEVEL, AUTHORITY = "document_level", "time_authority"
"""The names of the two settings."""
_SECONDS = 10.0
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


def _clock() -> datetime:
    return datetime.now(UTC)


def _door(services: Services = NO_SERVICES) -> HttpFetcher:
    return HttpFetcher(now=_clock, seconds=services.seconds or _SECONDS, services=services)


@dataclass(frozen=True, kw_only=True)
class HttpTsa:
    """An authority that is asked over HTTP. RFC 3161, section 3.4."""

    url: str
    door: HttpFetcher = field(default_factory=_door)

    @staticmethod
    def at(url: str, services: Services) -> HttpTsa:
        """Give the authority at an address; ``services`` are those that the operator named."""
        return HttpTsa(url=url, door=_door(services))

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        """Give the token for a digest.

        Raises: UnreachableError: ``timestamp`` without an answer in time, ``timestamp-refused`` with another
        one than a token for this digest, ``timestamp-closed`` at an address this server may not ask.
        """
        request = Request(digest=digest, algorithm=algorithm, nonce=secrets.randbits(64) | 1 << 63)
        try:
            answer = self.door.send(self.url, request.der(), _QUERY, max_bytes=MAX_BYTES)
        except ForbiddenAddressError as error:
            raise _closed(self.url, str(error)) from error
        except UnreachableError as error:
            raise _gave_none(str(error)) from error
        if answer.media_type != _REPLY:
            raise refused(f"it is {answer.media_type[:60] or 'of no media type'}, not {_REPLY}")
        return token_of(answer.data, request)


@dataclass(frozen=True, kw_only=True)
class _At:
    """A clock that stands: the stand-in stamps with the time of the work it is used in."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


def chosen(work: Work, institution: Institution) -> tuple[Level, Timestamper | None, Revocations | None]:
    """Give the level the institution's documents are signed at, and what that takes.

    Raises: KeyMaterialError when the stand-in has no key; LockedKeyError.
    """
    level = Level(institution.settings.get(LEVEL, Level.B_B))
    if level is Level.B_B:
        return level, None, None
    return level, timestamper(work, institution), revocations(work, institution) if level.lasts else None


def timestamper(work: Work, institution: Institution) -> Timestamper | None:
    """Give the authority the institution has chosen, if any. Raises: as ``chosen``."""
    address = str(institution.settings.get(AUTHORITY, ""))
    if address == STAND_IN:
        return stand_in(work, institution)
    return HttpTsa.at(address, work.services) if address else None


def revocations(work: Work, institution: Institution) -> Revocations:
    """Give where revocation data are had: of our own authority from the store, others' over HTTP."""
    own = certificate_lists.own_lists(work, institution.id)
    return RevocationSource.asking(work.now, own, work.services)


def stand_in(work: Work, institution: Institution) -> Timestamper:
    """Give the stand-in authority. Raises: KeyMaterialError when it has no key; LockedKeyError."""
    key = _keys.active(work.session, institution.id, _keys.TIME)
    return StandInTsa(
        signer=_keys.opened(work, key), certificates=_keys.certificates(key), now=_At(moment=work.now)
    )


def _gave_none(reason: str) -> UnreachableError:
    return UnreachableError(
        f"The time-stamping authority gave no time-stamp: {reason}",
        code="timestamp",
        facts={"reason": reason},
        action="A batch goes on by itself as soon as it answers. For anything else, try again later.",
    )


def _closed(url: str, reason: str) -> UnreachableError:
    return UnreachableError(
        f"This server may not ask the time-stamping authority: {reason}",
        code="timestamp-closed",
        facts={"got": url[:200], "reason": reason},
        action="Have the operator name its host and port in GAKUSHO_TRUSTED_SERVICES, and start it anew.",
    )
