# SPDX-License-Identifier: Apache-2.0
"""Certifies documents: PAdES baseline B-B, B-T, B-LT and B-LTA (ETSI EN 319 142-1, section 6).

A DocMDP transform permits no changes (ISO 32000-2, section 12.8.2.2); what B-LT and B-LTA add stands in an
update behind the signature, which such a transform leaves room for.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from gakusho.errors import GakushoError, InputError, SettingsError
from gakusho.formats import DocumentKey, Level
from gakusho.formats._pdf.cms import CmsTemplate
from gakusho.formats._pdf.pades_lasting import Keeping
from gakusho.formats._pdf.pades_update import said, update_of

_FIELD = "Gakusho"
TOKEN_ROOM = 8_192
"""Bytes kept free for a time-stamp token; one that is longer has the document laid out again."""


class Certifier:
    """One document key, ready to certify many documents."""

    def __init__(self, key: DocumentKey) -> None:
        """Raises: KeyMaterialError; SettingsError when the level needs what the key does not come with."""
        self._cms = CmsTemplate(key.signer, key.certificates)
        self._key = key
        self._room = TOKEN_ROOM
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

        Raises:
            InputError: the document's structure does not admit a signature.
            UnreachableError: a time-stamp or revocation data cannot be had; nothing less is given.
        """
        if self._key.level is Level.B_B:
            session, prepared, output = self._laid_out(document, at, self._cms.bytes_reserved)
            session.send(self._cms.sign(prepared.document_digest))
            return bytes(output.getvalue())
        signed, token = self._stamped(document, at)
        if self._keeping is None:
            return signed
        return self._keeping.kept(signed, token, archived=self._key.level is Level.B_LTA)

    def _stamped(self, document: bytes, at: datetime) -> tuple[bytes, bytes]:
        assert self._key.timestamper is not None
        tokens: list[bytes] = []

        def stamp(digest: bytes, algorithm: str) -> bytes:
            assert self._key.timestamper is not None
            tokens.append(self._key.timestamper.stamp(digest, algorithm))
            return tokens[-1]

        while True:
            reserved = self._cms.bytes_reserved + 2 * self._room
            session, prepared, output = self._laid_out(document, at, reserved)
            container = self._cms.sign(prepared.document_digest, stamp=stamp)
            if 2 * len(container) <= reserved:
                session.send(container)
                return bytes(output.getvalue()), tokens[-1]
            self._room = len(tokens[-1]) + 1_024

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
