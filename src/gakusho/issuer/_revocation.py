# SPDX-License-Identifier: Apache-2.0
"""Where revocation data of certificates are had: the institution's own store, OCSP, lists over HTTP."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from gakusho.errors import (
    ConflictError,
    ForbiddenAddressError,
    GakushoError,
    KeyMaterialError,
    UnreachableError,
)
from gakusho.fetch import NO_SERVICES, HttpFetcher, Services
from gakusho.proof.revocation import Evidence
from gakusho.proof.revocation_checks import (
    answer_addresses,
    check_answer,
    check_list,
    is_self_issued,
    issuer_addresses,
    list_addresses,
    question,
)
from gakusho.proof.revocation_evidence import MAX_ANSWER, MAX_LIST
from gakusho.proof.timestamps import issued

_REMEMBERED = timedelta(hours=1)
"""How long what was had is used for other documents: a batch asks once."""
_MAX_KEPT = 64
_MAX_CHAIN = 6
_SECONDS = 20.0
_QUESTION, _ANSWER = "application/ocsp-request", "application/ocsp-response"
_kept: OrderedDict[tuple[bytes, bytes], tuple[datetime, datetime, Evidence]] = OrderedDict()
_lock = threading.Lock()


def _clock() -> datetime:
    return datetime.now(UTC)


def _door(services: Services = NO_SERVICES) -> HttpFetcher:
    return HttpFetcher(now=_clock, seconds=services.seconds or _SECONDS, services=services)


@dataclass(frozen=True, kw_only=True)
class RevocationSource:
    """Gives what proves that a chain's certificates are not revoked, each piece checked when it comes."""

    now: datetime
    own: Mapping[bytes, bytes] = field(default_factory=dict)
    """Lists (DER) that need not be asked for, by the certificate (DER) of their authority."""
    door: HttpFetcher = field(default_factory=_door)
    _failed: dict[tuple[bytes, bytes], str] = field(default_factory=dict, compare=False, repr=False)
    """What could not be had a moment ago is not waited for again, as long as this source is used."""

    @staticmethod
    def asking(now: datetime, own: Mapping[bytes, bytes], services: Services) -> RevocationSource:
        """Give the source that may also ask the ``services`` that the operator named."""
        return RevocationSource(now=now, own=own, door=_door(services))

    def evidence(self, chain: Sequence[bytes]) -> Evidence:
        """Give the evidence for every certificate of a chain (DER, the leaf first) that can be revoked.

        Raises: UnreachableError (``revocation``); ConflictError (``certificate-revoked``).
        """
        whole = self._whole(chain)
        pieces = [self._of(one, above) for one, above in pairwise(whole)]
        return Evidence(
            lists=_unique(pieces, lambda piece: piece.lists),
            answers=_unique(pieces, lambda piece: piece.answers),
            certificates=(*whole[len(chain) :], *_unique(pieces, lambda piece: piece.certificates)),
        )

    def _whole(self, chain: Sequence[bytes]) -> list[bytes]:
        """Give the chain up to its anchor; what is missing is asked for where its certificate says."""
        whole = list(chain)
        while not is_self_issued(whole[-1]):
            above = next((one for one in self.own if _issued(one, whole[-1])), None)
            whole.append(above or self._issuer(whole[-1]))
            if len(whole) > _MAX_CHAIN:
                raise _had_none(f"the chain has more than {_MAX_CHAIN} certificates")
        return whole

    def _issuer(self, certificate: bytes) -> bytes:
        reason = "no certificate of its issuer, and no address of one"
        for address in issuer_addresses(certificate):
            try:
                data = self.door.collect(address, max_bytes=MAX_ANSWER).data
            except UnreachableError as error:
                reason = _said(error)
                continue
            found = next((one for one in _certificates(data) if _issued(one, certificate)), None)
            if found:
                return found
            reason = f"{address} has not the certificate of its issuer"
        raise _had_none(f"{_name(certificate)}: {reason}")

    def _of(self, certificate: bytes, issuer: bytes) -> Evidence:
        if issuer in self.own:
            return self._listed(self.own[issuer], certificate, issuer)[1]
        with _lock:
            kept = _kept.get((certificate, issuer))
        if kept and kept[0] <= self.now < min(kept[1], kept[0] + _REMEMBERED):
            return kept[2]
        if reason := self._failed.get((certificate, issuer)):
            raise _had_none(reason)
        try:
            until, found = self._asked(certificate, issuer)
        except UnreachableError as error:
            if len(self._failed) < _MAX_KEPT:
                self._failed[certificate, issuer] = str(error.facts.get("reason", error))
            raise
        with _lock:
            _kept[certificate, issuer] = (self.now, until, found)
            while len(_kept) > _MAX_KEPT:
                _kept.popitem(last=False)
        return found

    def _asked(self, certificate: bytes, issuer: bytes) -> tuple[datetime, Evidence]:
        reasons: list[str] = []
        for ask, addresses in ((self._answer, answer_addresses), (self._list, list_addresses)):
            for address in addresses(certificate):
                try:
                    return ask(address, certificate, issuer)
                except UnreachableError as error:
                    reasons.append(_said(error))
        said = "; ".join(reasons) or "it names no address to ask"
        raise _had_none(f"{_name(certificate)}: {said}")

    def _answer(self, address: str, certificate: bytes, issuer: bytes) -> tuple[datetime, Evidence]:
        nonce = secrets.token_bytes(16)
        asked = question(certificate, issuer, nonce)
        got = self.door.send(address, asked, _QUESTION, max_bytes=MAX_ANSWER)
        if got.media_type != _ANSWER:
            raise _had_none(f"{address} answered with {got.media_type[:60] or 'no media type'}")
        try:
            until, responder = check_answer(
                got.data, certificate=certificate, issuer=issuer, nonce=nonce, now=self.now
            )
        except KeyMaterialError as error:
            raise _judged(error, address) from error
        found = Evidence(answers=(got.data,))
        if responder is None:
            return until, found
        # who answers for the authority may be revoked itself: only a list can tell, not its own answer
        for place in list_addresses(responder):
            _, more = self._list(place, responder, issuer)
            return until, replace(found, lists=more.lists)
        raise _had_none(f"{address}: whether its responder was revoked cannot be told")

    def _list(self, address: str, certificate: bytes, issuer: bytes) -> tuple[datetime, Evidence]:
        got = self.door.collect(address, max_bytes=MAX_LIST)
        return self._listed(got.data, certificate, issuer, address)

    def _listed(
        self, data: bytes, certificate: bytes, issuer: bytes, address: str = "this server"
    ) -> tuple[datetime, Evidence]:
        try:
            until = check_list(data, certificate=certificate, issuer=issuer, now=self.now)
        except KeyMaterialError as error:
            raise _judged(error, address) from error
        return until, Evidence(lists=(data,))


def forget() -> None:
    """Forget what was had, so that everything is asked for anew."""
    with _lock:
        _kept.clear()


def _issued(above: bytes, certificate: bytes) -> bool:
    return issued(x509.load_der_x509_certificate(above), x509.load_der_x509_certificate(certificate))


def _certificates(data: bytes) -> list[bytes]:
    """Give the certificates of what an issuer's address has: one in DER or PEM, or several in PKCS #7."""
    readers: tuple[Callable[[bytes], list[x509.Certificate]], ...] = (
        lambda der: [x509.load_der_x509_certificate(der)],
        pkcs7.load_der_pkcs7_certificates,
        x509.load_pem_x509_certificates,
    )
    for read in readers:
        try:
            return [one.public_bytes(Encoding.DER) for one in read(data)[:_MAX_CHAIN]]
        except (ValueError, TypeError):
            continue
    return []


def _unique(pieces: Sequence[Evidence], part: Callable[[Evidence], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(one for piece in pieces for one in part(piece)))


def _name(certificate: bytes) -> str:
    return x509.load_der_x509_certificate(certificate).subject.rfc4514_string()[:200]


def _judged(error: KeyMaterialError, address: str) -> GakushoError:
    if error.code == "certificate-revoked":
        return ConflictError(str(error), code=error.code, action=error.action, facts=dict(error.facts))
    return _had_none(f"{address}: {error.facts.get('reason', error)}")


def _said(error: UnreachableError) -> str:
    """Give why an address could not be asked, with what opens it if this server closes it."""
    closed = isinstance(error, ForbiddenAddressError)
    return f"{error} The operator opens it by GAKUSHO_TRUSTED_SERVICES." if closed else str(error)


def _had_none(reason: str) -> UnreachableError:
    return UnreachableError(
        f"What says that a certificate was not revoked cannot be had: {reason[:600]}",
        code="revocation",
        facts={"reason": reason[:600]},
        action="A batch goes on by itself as soon as it can be had. If it never can, choose the level B-T.",
    )
