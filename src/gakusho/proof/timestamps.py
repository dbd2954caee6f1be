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
from cryptography.x509.oid import ExtendedKeyUsageOID

from gakusho.errors import KeyMaterialError, UnreachableError
from gakusho.proof.keys import PublicKey
from gakusho.proof.signed_data import (
    DIGESTS,
    certificate_of,
    chain_above,
    issued,
    leads_to,
    names_certificate,
    signature_fits,
    signers_certificate,
)

__all__ = ["MAX_BYTES", "Request", "Stamp", "Timestamper", "issued", "read_token", "refused", "token_of"]

MAX_BYTES = 65_536
"""Of an answer; tokens of authorities in use have 2 to 8 thousand bytes."""
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
        return min(certificate_of(one).not_valid_after_utc for one in self.certificates)


def token_of(response: bytes, request: Request, *, anchors: Sequence[bytes] = ()) -> bytes:
    """Give the token of an authority's answer once everything of it is checked. RFC 3161, section 2.4.2.

    ``anchors`` are certificates (DER) one of which the authority's must lead to; without any, none is asked.

    Raises: UnreachableError (``timestamp-refused``) naming what is wrong: no token can be had here.
    """
    if len(response) > MAX_BYTES:
        raise refused(f"the answer has more than {MAX_BYTES} bytes")
    try:
        token = _granted(response)
        stamp = read_token(token)
    except KeyMaterialError as error:
        raise refused(str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise refused(f"the answer is no RFC 3161 answer ({type(error).__name__})") from error
    if (stamp.algorithm, stamp.digest) != (request.algorithm, request.digest):
        raise refused("the token is for another digest")
    if stamp.nonce != request.nonce:
        raise refused("the token answers another question (nonce)")
    if request.policy and stamp.policy != request.policy:
        raise refused(f"the token is under the policy {stamp.policy}, not {request.policy}")
    if anchors and not leads_to(stamp.certificates, anchors):
        raise refused("the authority's certificate leads to none that is trusted for time-stamps")
    return token


def _granted(response: bytes) -> bytes:
    """Give the token of an answer. asn1crypto would not read a refusal, which has none."""
    _, _, _, _, content, _ = parser.parse(response, strict=True)
    _, _, _, header, inner, _ = parser.parse(content)
    info = tsp.PKIStatusInfo.load(header + inner, strict=True)
    status = str(info["status"].native)
    if status not in _GRANTED:
        said = info["status_string"].native or info["fail_info"].native or ""
        raise refused(f"it answered {status}: {said}"[:300])
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
    certificates = [bytes(one.dump()) for one in signed["certificates"]]
    leaf = signers_certificate(signer["sid"], certificates)
    if leaf is None:
        raise _no_token("the certificate of its signer is not in it")
    chain = chain_above(leaf, certificates)
    _check_purpose(leaf)
    _check_attributes(signer, bytes(inside["content"].contents), leaf)
    fits = signature_fits(signer, attributes, leaf)
    if fits is None:
        raise _no_token("it is signed in a way that is not known here")
    if not fits:
        raise _no_token("its signature does not fit")
    imprint = info["message_imprint"]
    time = info["gen_time"].native
    alive = certificate_of(leaf)
    if not alive.not_valid_before_utc <= time <= alive.not_valid_after_utc:
        raise _no_token("its certificate was not valid at its time")
    return Stamp(
        time=time,
        algorithm=str(imprint["hash_algorithm"]["algorithm"].native),
        digest=bytes(imprint["hashed_message"].native),
        policy=str(info["policy"].dotted),
        nonce=info["nonce"].native,
        certificates=tuple(chain),
    )


def _check_purpose(certificate: bytes) -> None:
    """RFC 3161, section 2.3: extended key usage, critical, time-stamping and nothing else."""
    leaf = certificate_of(certificate)
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
    if algorithm not in DIGESTS:
        raise _no_token(f"it is signed over the digest {algorithm}")
    if "content_type" not in found or found["content_type"][0].native != "tst_info":
        raise _no_token("its signature is of something else")
    digest = hashlib.new(algorithm, content).digest()
    if "message_digest" not in found or found["message_digest"][0].native != digest:
        raise _no_token("its content was changed")
    named = names_certificate(found, certificate)
    if named is None:
        raise _no_token("it does not name its certificate")
    if not named:
        raise _no_token("it names another certificate")


def refused(reason: str) -> UnreachableError:
    """Give the error for an answer that is no token for what was asked."""
    return UnreachableError(
        f"The time-stamping authority answered, but not with a time-stamp that can be used: {reason}.",
        code="timestamp-refused",
        facts={"reason": reason},
        action="A batch is tried again every minute. If it stays so, tell the authority this reason.",
    )


def _no_token(reason: str) -> KeyMaterialError:
    return KeyMaterialError(
        f"This is no time-stamp that can be used: {reason}.",
        code="timestamp-token",
        facts={"reason": reason},
    )
