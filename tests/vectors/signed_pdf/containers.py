# SPDX-License-Identifier: Apache-2.0
"""Signature containers of any make, good and odd: CMS (RFC 5652) and time-stamp tokens (RFC 3161)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import algos, cms, core, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from gakusho.proof.signers.encrypted_key import KeptSigner

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # to be refused
    "sha1": hashes.SHA1(),  # to be refused
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, kw_only=True)
class Container:
    """How a container is made. The defaults make a good one; one of them is changed for a flaw."""

    key: Key
    certificates: Sequence[bytes]
    """DER, the signer's own first."""
    digest: str = "sha256"
    attributes: bool = True
    content_type: str = "data"
    """What the signed attribute says is signed."""
    stated_digest: bytes | None = None
    """What the signed attribute says instead of the digest."""
    named: bytes | None = None
    """The certificate that signing-certificate-v2 names, when it is not the signer's; empty: none."""
    pss: tuple[int, str] | None = None
    """Salt length and mask hash, for RSASSA-PSS."""
    inside: bytes | None = None
    """Content that is put into the container."""
    signers: int = 1
    encapsulated: str = "data"
    token: Callable[[bytes], bytes] | None = None
    """From the signature to its time-stamp."""

    def __call__(self, content: bytes) -> bytes:
        """Give the DER of the container that signs the content."""
        return self.of_digest(hashlib.new(self.digest, content, usedforsecurity=False).digest(), content)

    def of_digest(self, digest: bytes, content: bytes = b"") -> bytes:
        """Give the DER, from the content's digest."""
        plain = self.encapsulated == "data"
        inside = b"" if self.inside is None else _tlv(0xA0, core.OctetString(self.inside).dump())
        signed = _sequence(
            core.Integer(1 if plain else 3).dump(),
            _set(algos.DigestAlgorithm({"algorithm": self.digest}).dump()),
            _sequence(cms.ContentType(self.encapsulated).dump(), inside),
            _tlv(0xA0, *self.certificates),
            _tlv(0x31, *[self._signer(digest, content)] * self.signers),
        )
        return _sequence(cms.ContentType("signed_data").dump(), _tlv(0xA0, signed))

    def _signer(self, digest: bytes, content: bytes) -> bytes:
        leaf = x509.Certificate.load(self.certificates[0])
        identifier = _sequence(leaf.issuer.dump(), core.Integer(leaf.serial_number).dump())
        algorithm, sign = self._algorithm()
        attributes = _set(*self._attributes(digest)) if self.attributes else b""
        signature = sign(attributes or content)
        tokens = b""
        if self.token is not None:
            tokens = b"\xa1" + _set(_attribute("signature_time_stamp_token", self.token(signature)))[1:]
        return _sequence(
            core.Integer(1).dump(),
            identifier,
            algos.DigestAlgorithm({"algorithm": self.digest}).dump(),
            b"\xa0" + attributes[1:] if attributes else b"",
            algos.SignedDigestAlgorithm(algorithm).dump(),
            core.OctetString(signature).dump(),
            tokens,
        )

    def _attributes(self, digest: bytes) -> list[bytes]:
        stated = core.OctetString(self.stated_digest or digest).dump()
        made = [
            _attribute("content_type", cms.ContentType(self.content_type).dump()),
            _attribute("message_digest", stated),
        ]
        if self.named != b"":
            named = hashlib.sha256(self.named or self.certificates[0]).digest()
            identifier = _sequence(core.OctetString(named).dump())
            made.append(_attribute("signing_certificate_v2", _sequence(_sequence(identifier))))
        return made

    def _algorithm(self) -> tuple[dict[str, Any], Callable[[bytes], bytes]]:
        digest, key = _HASHES[self.digest], self.key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return {"algorithm": f"{self.digest}_ecdsa"}, lambda data: key.sign(data, ec.ECDSA(digest))
        if self.pss is None:
            plain = padding.PKCS1v15()
            return {"algorithm": f"{self.digest}_rsa"}, lambda data: key.sign(data, plain, digest)
        salt, mask = self.pss
        parameters = algos.RSASSAPSSParams(
            {
                "hash_algorithm": {"algorithm": self.digest},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": mask}},
                "salt_length": salt,
            }
        )
        how = padding.PSS(padding.MGF1(_HASHES[mask]), salt)
        return (
            {"algorithm": "rsassa_pss", "parameters": parameters},
            lambda data: key.sign(data, how, digest),
        )


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _tlv(0x30, *parts)


def _set(*parts: bytes) -> bytes:
    return _tlv(0x31, *sorted(parts))


def _attribute(name: str, value: bytes) -> bytes:
    return _sequence(cms.CMSAttributeType(name).dump(), _set(value))


def raw(signer: KeptSigner) -> Key:
    """Give the private key itself, for containers of any make."""
    private = signer._key
    assert isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return private
