# SPDX-License-Identifier: Apache-2.0
"""What makes a signature outlive its certificates: a security store and time-stamps over the whole document.

ISO 32000-2, sections 12.8.4.3 (document security store) and 12.8.5 (document time-stamp); ETSI EN
319 142-1, section 5.4. Store and time-stamp of one extension come in one update: it covers the store.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import crl, ocsp, x509
from cryptography.x509 import load_der_x509_certificate
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore

from gakusho.errors import InputError
from gakusho.formats import Level
from gakusho.formats._pdf.pades import SignatureFacts, examine
from gakusho.formats._pdf.pades_update import Update, said, update_of
from gakusho.proof.revocation import Evidence, Revocations
from gakusho.proof.timestamps import Stamp, Timestamper, issued, read_token

_FIELD = "Gakusho-time-"
_ALGORITHM = "sha256"
_ROOM = 8_192
MAX_STAMPS = 50
"""Document time-stamps in one document: one in some years makes centuries."""


@dataclass(kw_only=True)
class _Shared:
    """What the documents of a batch have in common: asked for once."""

    evidence: dict[tuple[bytes, ...], Evidence]
    room: int = _ROOM


class Keeping:
    """Puts into signed documents what lets them be believed later, for many documents alike."""

    def __init__(
        self, timestamper: Timestamper, revocations: Revocations, certificates: Sequence[bytes] = ()
    ) -> None:
        self._timestamper = timestamper
        self._revocations = revocations
        self._certificates = tuple(certificates)
        self._shared = _Shared(evidence={})

    def kept(self, signed: bytes, token: bytes, *, archived: bool) -> bytes:
        """Give a document, whose signature has this time-stamp, at B-LT or, ``archived``, at B-LTA.

        Raises: UnreachableError; InputError for a document that admits no update.
        """
        return self._extended(
            signed, (self._certificates, read_token(token).certificates), 1, archived=archived
        )

    def raised(self, document: bytes, level: Level) -> bytes:
        """Give a signed document at a level above the one it has, as updates behind it.

        What is missing is added: a document time-stamp, which proves the time of a signature as one of its
        own would (EN 319 142-1, table 1, B-T); revocation data of signer and time-stamp (B-LT); a
        time-stamp over all of that (B-LTA).

        Raises: UnreachableError; InputError for a document without one signature, or that admits no update.
        """
        proven = _signature_proof(document)
        stamps = document_stamps(document)
        if not stamps and not proven.token:
            document = self._stamped(document)
            stamps = document_stamps(document)
        if not level.lasts:
            return document
        chains = [proven.chain, *(one.certificates for one in (*stamps[-1:], *proven.stamps))]
        return self._extended(document, chains, len(stamps) + 1, archived=level is Level.B_LTA)

    def _stamped(self, document: bytes) -> bytes:
        while True:
            reserved = 2 * self._shared.room
            session, digest, output = _laid_out(update_of(document), f"{_FIELD}1", reserved)
            if given := self._given(session, digest, output, reserved):
                return given

    def extended(self, document: bytes) -> bytes:
        """Give a B-LTA document with one more time-stamp, and with what proves the newest one it has.

        Raises: UnreachableError; InputError for a document without a document time-stamp.
        """
        stamps = document_stamps(document)
        if not stamps or len(stamps) >= MAX_STAMPS:
            raise InputError(
                f"The document has {len(stamps)} document time-stamps.",
                code="pdf.not-archived",
                facts={"got": len(stamps), "expected": f"1 to {MAX_STAMPS - 1}"},
            )
        return self._extended(document, (stamps[-1].certificates,), len(stamps) + 1, archived=True)

    def _extended(
        self, document: bytes, chains: Sequence[tuple[bytes, ...]], number: int, *, archived: bool
    ) -> bytes:
        evidence = [self._evidence(chain) for chain in chains if chain]
        try:
            update = _with_store(document, chains, evidence)
            if not archived:
                out = io.BytesIO()
                update.write(out)  # type: ignore[no-untyped-call]
                return out.getvalue()
        except Exception as error:
            raise _refused(error) from error
        while True:
            reserved = 2 * self._shared.room
            session, digest, output = _laid_out(update, f"{_FIELD}{number}", reserved)
            if given := self._given(session, digest, output, reserved):
                return given
            update = _with_store(document, chains, evidence)

    def _given(self, session: Any, digest: bytes, output: io.BytesIO, reserved: int) -> bytes | None:
        """Give the document with its time-stamp, or None where it has not the room: the next try has."""
        token = self._timestamper.stamp(digest, _ALGORITHM)
        if 2 * len(token) > reserved:
            self._shared.room = len(token) + 1_024
            return None
        session.send(token)
        return bytes(output.getvalue())

    def _evidence(self, chain: tuple[bytes, ...]) -> Evidence:
        known = self._shared.evidence
        if chain not in known:
            if len(known) > 8:  # an authority has a few certificates; a batch sees one or two of them
                known.clear()
            known[chain] = self._revocations.evidence(chain)
        return known[chain]


def _with_store(document: bytes, chains: Sequence[tuple[bytes, ...]], evidence: Sequence[Evidence]) -> Update:
    update = update_of(document)
    certificates = [
        *(one for chain in chains for one in chain),
        *(o for e in evidence for o in e.certificates),
    ]
    DocumentSecurityStore.supply_dss_in_writer(
        update,
        None,
        certs=[x509.Certificate.load(one) for one in dict.fromkeys(certificates)],
        ocsps=[ocsp.OCSPResponse.load(one) for one in _all(evidence, "answers")],
        crls=[crl.CertificateList.load(one) for one in _all(evidence, "lists")],
    )
    return update


def _all(evidence: Sequence[Evidence], name: str) -> list[bytes]:
    return list(dict.fromkeys(one for each in evidence for one in getattr(each, name)))


def _laid_out(update: Update, field: str, reserved: int) -> tuple[Any, bytes, io.BytesIO]:
    try:
        session = PdfCMSEmbedder(new_field_spec=SigFieldSpec(field)).write_cms(field, update)
        next(session)
        placeholder = DocumentTimestamp(bytes_reserved=reserved)  # type: ignore[no-untyped-call]
        session.send(SigObjSetup(sig_placeholder=placeholder))
        prepared, output = session.send(SigIOSetup(md_algorithm=_ALGORITHM))
    except Exception as error:
        raise _refused(error) from error
    return session, prepared.document_digest, output


def document_stamps(document: bytes) -> list[Stamp]:
    """Give the document time-stamps, oldest first. Raises: InputError for a broken document or token."""
    return [read_token(one.tokens[0]) for one in _signatures(document) if one.is_timestamp]


def _signatures(document: bytes) -> tuple[SignatureFacts, ...]:
    """Give all signatures by where what they cover ends; pyHanko's reader takes eight times as long."""
    found = examine(document)
    broken = found.problem or next((one.problem for one in found.signatures if one.problem), None)
    if broken or any(one.is_timestamp and not one.tokens for one in found.signatures):
        raise _refused(ValueError(broken or "a time-stamp has no token"))
    return found.signatures


@dataclass(frozen=True, kw_only=True)
class _SignatureProof:
    """What a document's signature carries of its own."""

    chain: tuple[bytes, ...]
    token: bool
    stamps: tuple[Stamp, ...]


def _signature_proof(document: bytes) -> _SignatureProof:
    """Give the signer's chain and the time-stamp beside the signature, if there is one."""
    held = [one for one in _signatures(document) if not one.is_timestamp]
    if len(held) != 1 or not held[0].certificates:
        raise _refused(ValueError(f"it has {len(held)} signatures"))
    (leaf, *others), tokens = held[0].certificates, held[0].tokens
    chain = [leaf]
    while above := next((one for one in others if one not in chain and _issued(one, chain[-1])), None):
        chain.append(above)
    stamps = tuple(read_token(token) for token in tokens[:1])
    return _SignatureProof(chain=tuple(chain), token=bool(tokens), stamps=stamps)


def _issued(above: bytes, certificate: bytes) -> bool:
    return issued(load_der_x509_certificate(above), load_der_x509_certificate(certificate))


def _refused(error: Exception) -> InputError:
    return InputError(
        f"The document cannot be kept for later: {said(error)}",
        code="pdf.sign",
        facts={"got": said(error)},
    )
