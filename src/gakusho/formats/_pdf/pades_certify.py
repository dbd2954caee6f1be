# SPDX-License-Identifier: Apache-2.0
"""Certifies documents: PAdES baseline B-B, B-T, B-LT and B-LTA (ETSI EN 319 142-1, section 6).

A DocMDP transform permits no changes (ISO 32000-2, section 12.8.2.2); what B-LT and B-LTA add stands in an
update behind the signature, which such a transform leaves room for.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from gakusho.errors import GakushoError, InputError, KeyMaterialError, SettingsError
from gakusho.formats import DocumentKey, Level
from gakusho.formats._pdf.pades_lasting import Keeping
from gakusho.formats._pdf.pades_update import said, update_of
from gakusho.proof import ManySigner
from gakusho.proof.cms import CmsTemplate

_FIELD = "Gakusho"
TOKEN_ROOM = 8_192
"""Bytes kept free for a time-stamp token; one that is longer has the document laid out again."""


_TOGETHER = 60
"""Documents that are laid out before the first of them is signed, where the key is given many at once."""


class Certifier:
    """One document key, ready to certify many documents."""

    def __init__(self, key: DocumentKey) -> None:
        """Raises: KeyMaterialError; SettingsError when the level needs what the key does not come with."""
        self._cms = CmsTemplate(key.signer, key.certificates)
        self._key = key
        self._room = TOKEN_ROOM
        self._together = _TOGETHER if isinstance(key.signer, ManySigner) else 1
        chain = [x509.load_der_x509_certificate(one) for one in key.certificates]
        self._validity = (
            max(one.not_valid_before_utc for one in chain),
            min(one.not_valid_after_utc for one in chain),
        )
        if key.level is not Level.B_B and key.timestamper is None:
            raise _lacking(key.level, "a time-stamping authority")
        if key.level.lasts and key.revocations is None:
            raise _lacking(key.level, "a source of revocation lists")
        self._keeping = (
            Keeping(key.timestamper, key.revocations, key.certificates)
            if key.level.lasts and key.timestamper and key.revocations
            else None
        )

    def certify(self, document: bytes, *, at: datetime) -> bytes:
        """Give the document certified against any change, with ``at`` as the claimed signing time.

        Raises: as ``certify_all``.
        """
        return self.certify_all([document], at=at)[0]

    def certify_all(self, documents: Sequence[bytes], *, at: datetime) -> list[bytes]:
        """Give each document certified against any change, with ``at`` as the claimed signing time.

        A key that is given many to sign at once is given the documents by the dozen.

        Raises:
            InputError: a document's structure does not admit a signature.
            KeyMaterialError: ``certificate-expired`` at this time; nothing was signed.
            UnreachableError: a time-stamp or revocation data cannot be had; nothing less is given.
        """
        self._refuse_outside_validity(at)
        certified: list[bytes] = []
        for start in range(0, len(documents), self._together):
            certified += self._certified(documents[start : start + self._together], at)
        return certified

    def _certified(self, documents: Sequence[bytes], at: datetime) -> list[bytes]:
        reserved = self._cms.bytes_reserved + (0 if self._key.level is Level.B_B else 2 * self._room)
        laid = [self._laid_out(one, at, reserved) for one in documents]
        attributes = [self._cms.attributes(prepared.document_digest) for _, prepared, _ in laid]
        signatures = self._cms.signatures(attributes)
        certified = []
        for index, (session, _, output) in enumerate(laid):
            container, token = self._container(attributes[index], signatures[index])
            if 2 * len(container) > reserved:  # the token is longer than any before
                self._room = len(token) + 1_024
                certified.append(self.certify(documents[index], at=at))
                continue
            session.send(container)
            signed = bytes(output.getvalue())
            if self._keeping is not None:
                signed = self._keeping.kept(signed, token, archived=self._key.level is Level.B_LTA)
            certified.append(signed)
        return certified

    def _container(self, attributes: bytes, signature: bytes) -> tuple[bytes, bytes]:
        """Give the CMS, and the time-stamp in it, if any."""
        timestamper = self._key.timestamper
        if self._key.level is Level.B_B or timestamper is None:
            return self._cms.assembled(attributes, signature), b""
        tokens: list[bytes] = []

        def stamp(digest: bytes, algorithm: str) -> bytes:
            tokens.append(timestamper.stamp(digest, algorithm))
            return tokens[-1]

        return self._cms.assembled(attributes, signature, stamp=stamp), tokens[-1]

    def _refuse_outside_validity(self, at: datetime) -> None:
        begins, ends = self._validity
        if not begins <= at <= ends:
            raise KeyMaterialError(
                f"The certificate of the document key is valid from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}.",
                code="certificate-expired",
                facts={"got": f"{at:%Y-%m-%d}", "expected": f"{begins:%Y-%m-%d} – {ends:%Y-%m-%d}"},
                action="Take a new certificate for the key, or a new key, on the page of documents.",
            )

    def _laid_out(self, document: bytes, at: datetime, reserved: int) -> tuple[Any, Any, io.BytesIO]:
        algorithm = self._cms.digest_algorithm
        try:
            session = PdfCMSEmbedder(new_field_spec=SigFieldSpec(_FIELD)).write_cms(
                _FIELD, update_of(document)
            )
            next(session)
            session.send(
                SigObjSetup(
                    sig_placeholder=SignatureObject(
                        timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=reserved
                    ),
                    mdp_setup=SigMDPSetup(
                        md_algorithm=algorithm, certify=True, docmdp_perms=MDPPerm.NO_CHANGES
                    ),
                )
            )
            prepared, output = session.send(SigIOSetup(md_algorithm=algorithm))
        except GakushoError:
            raise
        except Exception as error:
            raise InputError(
                f"The document cannot be signed: {said(error)}", code="pdf.sign", facts={"got": said(error)}
            ) from error
        return session, prepared, output


def _lacking(level: Level, what: str) -> SettingsError:
    return SettingsError(
        f"Documents of the level {level} need {what}.",
        code="document-level",
        facts={"got": str(level), "expected": what},
        action="Set the address of a time-stamping authority, or choose the level B-B.",
    )
