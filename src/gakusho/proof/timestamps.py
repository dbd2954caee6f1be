# SPDX-License-Identifier: Apache-2.0
"""Time-stamps of a trusted third party: what is asked, and whether the answer is one. RFC 3161, RFC 5816.

An authority is believed for nothing but a token that fits: everything section 2.4.2 tells a client to check
is checked here, before a token goes into a document that is to last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from asn1crypto import cms, parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from gakusho.errors import KeyMaterialError, UnreachableError
from gakusho.proof.keys import PublicKey

MAX_BYTES = 65_536
"""Of an answer; tokens of authorities in use have 2 to 8 thousand bytes."""
_MAX_CHAIN = 6
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_GRANTED = {"granted", "granted_with_mods"}


@runtime_checkable
class Timestamper(Protocol):
    """A time-stamping authority, wherever it is."""

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        """Give the token (DER of a ContentInfo) for a digest made with ``algorithm``, checked.

        Raises: UnreachableError when it cannot be had, or what was had is no token for this digest.
        """


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of an authority. RFC 3161, section 2.4.1."""

    digest: bytes
    algorithm: str
    """Of the digest, by its ``hashlib`` name: sha256, sha384 or sha512."""
    nonce: int
    """Chance of 64 bits or more: an answer to another question is known by it."""
    policy: str | None = None
    """The policy (dotted OID) that the authority must stamp under; None leaves it to the authority."""

    def der(self) -> bytes:
        """Give the TimeStampReq as it is sent, the authority's certificate asked for."""
        members: dict[str, object] = {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": self.algorithm},
                "hashed_message": self.digest,
            },
            "nonce": self.nonce,
            "cert_req": True,
        }
        if self.policy:
            members["req_policy"] = self.policy
        return bytes(tsp.TimeStampReq(members).dump())


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What a token says."""

    time: datetime
    """When the digest was there: the authority's ``genTime``, with its zone."""
    algorithm: str
    digest: bytes
    policy: str
    nonce: int | None
    certificates: tuple[bytes, ...]
    """DER, the authority's own first, then those above it as far as the token has them."""

    @property
    def ends(self) -> datetime:
        """When the first certificate of the chain runs out: a newer time-stamp must be there before."""
        return min(x509.load_der_x509_certificate(one).not_valid_after_utc for one in self.certificates)


def token_of(response: bytes, request: Request, *, anchors: Sequence[bytes] = ()) -> bytes:
    """Give the token of an authority's answer once everything of it is checked. RFC 3161, section 2.4.2.

    ``anchors`` are certificates (DER) one of which the authority's must lead to; without any, none is asked.

    Raises: UnreachableError (``timestamp``) naming what is wrong: no token can be had here.
    """
    if len(response) > MAX_BYTES:
        raise _refused(f"the answer has more than {MAX_BYTES} bytes")
    try:
        token = _granted(response)
        stamp = read_token(token)
    except KeyMaterialError as error:
        raise _refused(str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refused(f"the answer is no RFC 3161 answer ({type(error).__name__})") from error
    if (stamp.algorithm, stamp.digest) != (request.algorithm, request.digest):
        raise _refused("the token is for another digest")
    if stamp.nonce != request.nonce:
        raise _refused("the token answers another question (nonce)")
    if request.policy and stamp.policy != request.policy:
        raise _refused(f"the token is under the policy {stamp.policy}, not {request.policy}")
    if anchors and not _leads_to(stamp.certificates, anchors):
        raise _refused("the authority's certificate leads to none that is trusted for time-stamps")
    return token


def _granted(response: bytes) -> bytes:
    """Give the token of an answer. asn1crypto would not read a refusal, which has none."""
    _, _, _, _, content, _ = parser.parse(response, strict=True)
    _, _, _, header, inner, _ = parser.parse(content)
    info = tsp.PKIStatusInfo.load(header + inner, strict=True)
    status = str(info["status"].native)
    if status not in _GRANTED:
        said = info["status_string"].native or info["fail_info"].native or ""
        raise _refused(f"it answered {status}: {said}"[:300])
    return bytes(content[len(header + inner) :])


def read_token(token: bytes) -> Stamp:
    """Give what a token says, its signature and its signer's certificate checked; its chain is not judged.

    Raises: KeyMaterialError (``timestamp-token``) naming what is wrong.
    """
    try:
        return _read(token)
    except KeyMaterialError:
        raise
    except Exception as error:  # asn1crypto raises many kinds for bytes that are something else
        raise _no_token(f"it cannot be read ({type(error).__name__})") from error


def _read(token: bytes) -> Stamp:
    content = cms.ContentInfo.load(token, strict=True)
    if content["content_type"].native != "signed_data":
        raise _no_token("it is not signed")
    signed = content["content"]
    inside = signed["encap_content_info"]
    if inside["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise _no_token("it is no time-stamp, or has not one signer")
    info = inside["content"].parsed
    signer = signed["signer_infos"][0]
    # signed as a SET, which in the token has the tag [0] (RFC 5652, section 5.4). Its bytes as they came:
    # once asn1crypto has looked inside, it encodes everything anew, which takes longer than all the rest
    attributes = b"\x31" + signer["signed_attrs"].dump()[1:]
    chain = _chain(signer["sid"], [bytes(one.dump()) for one in signed["certificates"]])
    _check_purpose(chain[0])
    _check_attributes(signer, bytes(inside["content"].contents), chain[0])
    _check_signature(signer, attributes, chain[0])
    imprint = info["message_imprint"]
    time = info["gen_time"].native
    leaf = x509.load_der_x509_certificate(chain[0])
    if not leaf.not_valid_before_utc <= time <= leaf.not_valid_after_utc:
        raise _no_token("its certificate was not valid at its time")
    return Stamp(
        time=time,
        algorithm=str(imprint["hash_algorithm"]["algorithm"].native),
        digest=bytes(imprint["hashed_message"].native),
        policy=str(info["policy"].dotted),
        nonce=info["nonce"].native,
        certificates=tuple(chain),
    )


def _chain(identifier: Any, certificates: list[bytes]) -> list[bytes]:
    """Give the signer's certificate and those that issued it, each link checked."""
    chosen = identifier.chosen
    parsed = {one: x509.load_der_x509_certificate(one) for one in certificates}
    for der, certificate in parsed.items():
        if identifier.name == "issuer_and_serial_number":
            same = chosen["serial_number"].native == certificate.serial_number
            fits = same and chosen["issuer"].dump() == certificate.issuer.public_bytes()
        else:
            fits = chosen.native == _key_identifier(certificate)
        if fits:
            chain = [der]
            break
    else:
        raise _no_token("the certificate of its signer is not in it")
    while len(chain) < _MAX_CHAIN:
        above = [one for one in certificates if one not in chain and issued(parsed[one], parsed[chain[-1]])]
        if not above:
            break
        chain.append(above[0])
    return chain


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return None
    return found.value.digest


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Tell whether one certificate issued the other and may issue any."""
    try:
        certificate.verify_directly_issued_by(issuer)
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return constraints.ca


def _check_purpose(certificate: bytes) -> None:
    """RFC 3161, section 2.3: extended key usage, critical, time-stamping and nothing else."""
    leaf = x509.load_der_x509_certificate(certificate)
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise _no_token("its certificate is not for time-stamping") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise _no_token("its certificate is not for time-stamping alone")
    PublicKey.from_cryptography(leaf.public_key())  # refuses weak keys


def _check_attributes(signer: Any, content: bytes, certificate: bytes) -> None:
    found = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    algorithm = str(signer["digest_algorithm"]["algorithm"].native)
    if algorithm not in _DIGESTS:
        raise _no_token(f"it is signed over the digest {algorithm}")
    if "content_type" not in found or found["content_type"][0].native != "tst_info":
        raise _no_token("its signature is of something else")
    digest = hashlib.new(algorithm, content).digest()
    if "message_digest" not in found or found["message_digest"][0].native != digest:
        raise _no_token("its content was changed")
    if "signing_certificate_v2" in found:
        named = found["signing_certificate_v2"][0]["certs"][0]
        how = str(named["hash_algorithm"]["algorithm"].native)
    elif "signing_certificate" in found:  # the hash is SHA-1 there: it names, it does not protect
        named, how = found["signing_certificate"][0]["certs"][0], "sha1"
    else:
        raise _no_token("it does not name its certificate")
    if named["cert_hash"].native != hashlib.new(how, certificate, usedforsecurity=False).digest():
        raise _no_token("it names another certificate")


def _check_signature(signer: Any, signed: bytes, certificate: bytes) -> None:
    key = x509.load_der_x509_certificate(certificate).public_key()
    signature = bytes(signer["signature"].native)
    digest = _DIGESTS[str(signer["digest_algorithm"]["algorithm"].native)]
    kind = str(signer["signature_algorithm"].signature_algo)
    try:
        if isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pkcs1v15":
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pss":
            mask = padding.MGF1(digest)
            key.verify(signature, signed, padding.PSS(mask, padding.PSS.AUTO), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa":
            named = signer["signature_algorithm"]["algorithm"].native
            over = _DIGESTS.get(str(named).partition("_")[0], digest)
            key.verify(signature, signed, ec.ECDSA(over))
        else:
            raise _no_token(f"it is signed in a way that is not known here ({kind})")
    except InvalidSignature:
        raise _no_token("its signature does not fit") from None


def _leads_to(chain: Sequence[bytes], anchors: Sequence[bytes]) -> bool:
    if any(one in anchors for one in chain):
        return True
    last = x509.load_der_x509_certificate(chain[-1])
    return any(issued(x509.load_der_x509_certificate(one), last) for one in anchors)


def _refused(reason: str) -> UnreachableError:
    return UnreachableError(
        f"The time-stamping authority gave no time-stamp: {reason}.",
        code="timestamp",
        facts={"reason": reason},
        action="A batch goes on by itself as soon as it answers. For anything else, try again later.",
    )


def _no_token(reason: str) -> KeyMaterialError:
    return KeyMaterialError(
        f"This is no time-stamp that can be used: {reason}.",
        code="timestamp-token",
        facts={"reason": reason},
    )
