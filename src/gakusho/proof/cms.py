# SPDX-License-Identifier: Apache-2.0
"""CMS SignedData (RFC 5652), of a PAdES baseline signature or of a time-stamp, assembled from finished DER.

Everything that does not depend on what is signed is encoded once per key, so that signing a batch costs
one hash and one private-key operation a document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gakusho.errors import KeyMaterialError
from gakusho.proof import ManySigner, Signer


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _tlv(0x30, *parts)


def _set(*parts: bytes) -> bytes:
    return _tlv(0x31, *sorted(parts))


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    encoded = bytearray((40 * first + second,))
    for arc in rest:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | arc & 0x7F)
        encoded += bytes(reversed(septets))
    return _tlv(0x06, bytes(encoded))


_ONE = b"\x02\x01\x01"
_THREE = b"\x02\x01\x03"
"""The version of a SignedData that holds anything but plain data (RFC 5652, section 5.1)."""
_NULL = b"\x05\x00"
_DATA = _oid("1.2.840.113549.1.7.1")
_TIME_STAMP_INFO = _oid("1.2.840.113549.1.9.16.1.4")
_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_TIMESTAMP_TOKEN = _oid("1.2.840.113549.1.9.16.2.14")
_SHA256 = _sequence(_oid("2.16.840.1.101.3.4.2.1"))
_SHA384 = _sequence(_oid("2.16.840.1.101.3.4.2.2"))


@dataclass(frozen=True, kw_only=True)
class _Algorithm:
    digest: str
    digest_identifier: bytes
    signature_identifier: bytes
    coordinate: int | None
    """Bytes of r and of s in the raw signature; None when it is not ECDSA."""


_ALGORITHMS = {
    "P-256": _Algorithm(
        digest="sha256",
        digest_identifier=_SHA256,
        signature_identifier=_sequence(_oid("1.2.840.10045.4.3.2")),
        coordinate=32,
    ),
    "P-384": _Algorithm(
        digest="sha384",
        digest_identifier=_SHA384,
        signature_identifier=_sequence(_oid("1.2.840.10045.4.3.3")),
        coordinate=48,
    ),
    "RSA": _Algorithm(
        digest="sha256",
        digest_identifier=_SHA256,
        signature_identifier=_sequence(_oid("1.2.840.113549.1.1.11"), _NULL),
        coordinate=None,
    ),
}


class CmsTemplate:
    """One key's CMS, ready but for the digest of what it signs."""

    def __init__(self, signer: Signer, certificates: Sequence[bytes], *, content: bytes = _DATA) -> None:
        """``content`` is the type of what is signed. Raises: KeyMaterialError for a key or no certificate."""
        algorithm = _ALGORITHMS.get(signer.public_key.algorithm)
        if algorithm is None:
            raise KeyMaterialError(
                f"A document cannot be signed with a key of kind {signer.public_key.algorithm}.",
                code="document-key",
                facts={"got": signer.public_key.algorithm, "expected": ", ".join(_ALGORITHMS)},
            )
        if not certificates:
            raise KeyMaterialError("The document key has no certificate.", code="document-key")
        self._signer = signer
        self._algorithm = algorithm
        self._certificates = _tlv(0xA0, *sorted(certificates))
        leaf = x509.load_der_x509_certificate(certificates[0])
        self._signer_identifier = _issuer_and_serial(leaf)
        self._content = content
        self._content_type = _sequence(_CONTENT_TYPE, _set(content))
        # ESSCertIDv2 with its default hash, SHA-256 (RFC 5035, section 4)
        identifier = _sequence(_tlv(0x04, hashlib.sha256(certificates[0]).digest()))
        self._signing_certificate = _sequence(_SIGNING_CERTIFICATE_V2, _set(_sequence(_sequence(identifier))))
        size = 2048 + sum(map(len, certificates))
        self.bytes_reserved = 2 * size
        """Hexadecimal digits to keep free in the document."""

    @property
    def digest_algorithm(self) -> str:
        """The hash of the document, by its ``hashlib`` name."""
        return self._algorithm.digest

    def attributes(self, document_digest: bytes) -> bytes:
        """Give the signed attributes of a document's digest, as they are signed. RFC 5652, section 5.4."""
        message_digest = _sequence(_MESSAGE_DIGEST, _set(_tlv(0x04, document_digest)))
        return _set(self._content_type, self._signing_certificate, message_digest)

    def signatures(self, attributes: Sequence[bytes]) -> list[bytes]:
        """Give the signature of each set of attributes, asked for all at once where the key likes that.

        Raises: KeyMaterialError for one of the wrong length; whatever the key's place raises.
        """
        if isinstance(self._signer, ManySigner):
            signatures = self._signer.sign_many(attributes)
        else:
            signatures = [self._signer.sign(one) for one in attributes]
        half = self._algorithm.coordinate
        if half is None:
            return signatures
        if any(len(one) != 2 * half for one in signatures):
            raise KeyMaterialError("The document key gave a signature of the wrong length.")
        return [
            encode_dss_signature(int.from_bytes(one[:half], "big"), int.from_bytes(one[half:], "big"))
            for one in signatures
        ]

    def sign(self, document_digest: bytes, *, stamp: Callable[[bytes, str], bytes] | None = None) -> bytes:
        """Give the DER of the ContentInfo that signs a document's digest; as ``assembled``."""
        attributes = self.attributes(document_digest)
        return self.assembled(attributes, self.signatures([attributes])[0], stamp=stamp)

    def assembled(
        self, attributes: bytes, signature: bytes, *, stamp: Callable[[bytes, str], bytes] | None = None
    ) -> bytes:
        """Give the DER of the ContentInfo with signed attributes and their signature.

        With ``stamp`` the signature's own digest is time-stamped, and the token stands beside it as an
        unsigned attribute (ETSI EN 319 122-1, section 5.3). Raises: UnreachableError when it cannot be had.
        """
        beside = b"" if stamp is None else _stamped(signature, stamp)
        return self._signed_data(attributes, signature, beside=beside)

    def _signed_data(
        self,
        attributes: bytes,
        signature: bytes,
        *,
        version: bytes = _ONE,
        inside: bytes = b"",
        beside: bytes = b"",
        with_certificates: bool = True,
    ) -> bytes:
        signer_info = _sequence(
            _ONE,
            self._signer_identifier,
            self._algorithm.digest_identifier,
            b"\xa0" + attributes[1:],
            self._algorithm.signature_identifier,
            _tlv(0x04, signature),
            beside,
        )
        signed_data = _sequence(
            version,
            _tlv(0x31, self._algorithm.digest_identifier),
            _sequence(self._content, inside),
            self._certificates if with_certificates else b"",
            _tlv(0x31, signer_info),
        )
        return _sequence(_SIGNED_DATA, _tlv(0xA0, signed_data))


class TimeStampTemplate(CmsTemplate):
    """A time-stamping authority's CMS, ready but for what it states (RFC 3161, section 2.4.2)."""

    def __init__(self, signer: Signer, certificates: Sequence[bytes]) -> None:
        """Raises: KeyMaterialError for a key that does not sign CMS, or without a certificate."""
        super().__init__(signer, certificates, content=_TIME_STAMP_INFO)

    def token(self, info: bytes, *, with_certificates: bool) -> bytes:
        """Give the DER of the token around a TSTInfo, its certificates inside if they were asked for."""
        attributes = self.attributes(hashlib.new(self.digest_algorithm, info).digest())
        return self._signed_data(
            attributes,
            self.signatures([attributes])[0],
            version=_THREE,
            inside=_tlv(0xA0, _tlv(0x04, info)),
            with_certificates=with_certificates,
        )


def _stamped(signature: bytes, stamp: Callable[[bytes, str], bytes]) -> bytes:
    token = stamp(hashlib.sha256(signature).digest(), "sha256")
    return _tlv(0xA1, _sequence(_TIMESTAMP_TOKEN, _set(token)))


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    issuer = certificate.issuer.public_bytes()
    serial = certificate.serial_number
    return _sequence(issuer, _tlv(0x02, serial.to_bytes(serial.bit_length() // 8 + 1, "big")))
