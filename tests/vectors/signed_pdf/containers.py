# SPDX-License-Identifier: Apache-2.0
"""Signature containers of any make, good and odd: CMS (RFC 5652) and time-stamp tokens (RFC 3161)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
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
    signing_time: datetime | None = None
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
        one = self._signer(digest, content)
        plain = self.encapsulated == "data"
        contained: dict[str, Any] = {"content_type": self.encapsulated}
        if self.inside is not None:
            contained["content"] = (core.OctetString if plain else core.ParsableOctetString)(self.inside)
        signed = cms.SignedData(
            {
                "version": "v1" if plain else "v3",
                "digest_algorithms": [{"algorithm": self.digest}],
                "encap_content_info": contained,
                "certificates": [x509.Certificate.load(each) for each in self.certificates],
                "signer_infos": [one] * self.signers,
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())

    def _signer(self, digest: bytes, content: bytes) -> cms.SignerInfo:
        leaf = x509.Certificate.load(self.certificates[0])
        algorithm, sign = self._algorithm()
        signer: dict[str, Any] = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number}),
            ),
            "digest_algorithm": {"algorithm": self.digest},
            "signature_algorithm": algorithm,
        }
        if self.attributes:
            signer["signed_attrs"] = self._attributes(digest)
            content = signer["signed_attrs"].dump()
        signer["signature"] = sign(content)
        if self.token is not None:
            token = cms.ContentInfo.load(self.token(signer["signature"]))
            signer["unsigned_attrs"] = cms.CMSAttributes(
                [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})]
            )
        return cms.SignerInfo(signer)

    def _attributes(self, digest: bytes) -> cms.CMSAttributes:
        made = [
            cms.CMSAttribute({"type": "content_type", "values": [self.content_type]}),
            cms.CMSAttribute({"type": "message_digest", "values": [self.stated_digest or digest]}),
        ]
        if self.signing_time is not None:
            time = cms.Time(name="utc_time", value=self.signing_time)
            made.append(cms.CMSAttribute({"type": "signing_time", "values": [time]}))
        if self.named != b"":
            named = hashlib.sha256(self.named or self.certificates[0]).digest()
            value = {"certs": [{"cert_hash": named}]}
            made.append(cms.CMSAttribute({"type": "signing_certificate_v2", "values": [value]}))
        return cms.CMSAttributes(made)

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


def raw(signer: KeptSigner) -> Key:
    """Give the private key itself, for containers of any make."""
    private = signer._key
    assert isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return private
