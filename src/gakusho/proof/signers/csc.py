# SPDX-License-Identifier: Apache-2.0
"""A key at a signing service, by the API of the Cloud Signature Consortium: versions 1.0.4 and 2.0.

What is asked, and what is made of the answers; an ``Exchange``, which comes from above, carries it.
Sections are those of version 1.0.4; where version 2 names a member otherwise, both names are given.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gakusho.errors import KeyMaterialError
from gakusho.proof.outside import OutsideKeys

DIGESTS = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2"}
"""Object identifiers by ``hashlib`` name."""
_RSA, _EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
_SIGNATURES = {
    ("RSA", "sha256"): "1.2.840.113549.1.1.11",
    ("EC", "sha256"): "1.2.840.10045.4.3.2",
    ("EC", "sha384"): "1.2.840.10045.4.3.3",
}
_MAX_CHAIN, _MAX_LISTED, _MOST_AT_ONCE = 6, 100, 1_000
Json = Mapping[str, Any]


class Exchange(Protocol):
    """Carries one question to the service and its answer back."""

    def __call__(self, method: str, question: Json) -> Json:
        """Give the answer to ``credentials/info`` and so on.

        Raises: UnreachableError (``signing-service``) when the service cannot be asked now; KeyMaterialError
        (``signing-service-refused``) when it says no.
        """


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A key with its certificates, as the service describes it. Section 11.5."""

    id: str
    certificates: tuple[bytes, ...]
    """DER, the key's own first."""
    algorithms: tuple[str, ...]
    """Object identifiers of what it signs with."""
    mode: str
    """How a signature is authorized: ``implicit``, ``explicit`` or ``oauth2code``."""
    wants_pin: bool
    wants_otp: bool
    binds_hashes: bool
    """SCAL2: an authorization is for these hashes and no others."""
    at_once: int
    """How many signatures one authorization is good for."""
    usable: bool

    def described(self) -> dict[str, str]:
        """Give what signing needs to know of it, as it is kept with its place."""
        return {
            "algorithms": " ".join(self.algorithms),
            "binds_hashes": "1" if self.binds_hashes else "",
            "at_once": str(self.at_once),
        }


def version_of(info: Json) -> int:
    """Give the major version, 1 or 2, of the API a service says it speaks (``info``, section 11.1).

    Raises: KeyMaterialError for another one.
    """
    version = str(info.get("specs", ""))[:20]
    if version.partition(".")[0] not in {"1", "2"}:
        raise refused(f"it speaks version {version or 'nothing'} of the API, not 1 or 2")
    return int(version[0])


def listed(answer: Json) -> tuple[str, ...]:
    """Give the ids of the credentials of a list. Section 11.4. Raises: KeyMaterialError."""
    ids = answer.get("credentialIDs")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise refused("its list of credentials cannot be read")
    return tuple(one[:200] for one in ids[:_MAX_LISTED])


def credential(credential_id: str, answer: Json) -> Credential:
    """Give what ``credentials/info`` says (section 11.5). Raises: KeyMaterialError when it cannot be read."""
    try:
        key, cert = answer["key"], answer["cert"]
        certificates = tuple(_bytes(one) for one in cert["certificates"][:_MAX_CHAIN])
        auth = answer.get("auth") or {}  # version 2; version 1 has authMode, PIN and OTP beside each other
        asked = [str(one.get("type", "")) + str(one.get("id", "")) for one in auth.get("objects") or ()]
        pin = _is_asked(answer.get("PIN")) or any("pin" in one.lower() for one in asked)
        otp = _is_asked(answer.get("OTP")) or any("otp" in one.lower() for one in asked)
        return Credential(
            id=credential_id,
            certificates=certificates,
            algorithms=tuple(str(one)[:60] for one in key["algo"][:20]),
            mode=str(answer.get("authMode") or auth.get("mode") or "")[:20],
            wants_pin=pin,
            wants_otp=otp,
            binds_hashes=str(answer.get("SCAL", "1")) == "2",
            at_once=max(1, min(int(answer.get("multisign", 1)), _MOST_AT_ONCE)),
            usable=key.get("status") == "enabled" and cert.get("status", "valid") == "valid",
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refused(f"its description of the key cannot be read ({type(error).__name__})") from error


@dataclass(frozen=True, kw_only=True)
class ServiceCustodian:
    """Signs at the service: authorizes as many signatures at once as it allows, and asks for them."""

    exchange: Exchange
    version: int
    credential_id: str
    algorithms: tuple[str, ...]
    binds_hashes: bool
    at_once: int
    pin: str

    @staticmethod
    def at(place: Mapping[str, str], exchange: Exchange) -> ServiceCustodian:
        """Give the custodian of a kept place."""
        return ServiceCustodian(
            exchange=exchange,
            version=int(place["version"]),
            credential_id=place["credential"],
            algorithms=tuple(place["algorithms"].split()),
            binds_hashes=bool(place["binds_hashes"]),
            at_once=int(place["at_once"]),
            pin=place["pin"],
        )

    def sign_digests(self, digests: Sequence[bytes], algorithm: str) -> list[bytes]:
        """Give the signature of each digest, in order. Sections 11.6 and 11.9.

        Raises: UnreachableError (``signing-service``), KeyMaterialError (``signing-service-refused``).
        """
        signatures: list[bytes] = []
        for start in range(0, len(digests), self.at_once):
            part = [base64.b64encode(one).decode() for one in digests[start : start + self.at_once]]
            signatures += self._signed(part, algorithm, self._authorized(part, algorithm))
        return signatures

    def _authorized(self, hashes: list[str], algorithm: str) -> str:
        question: dict[str, Any] = {"credentialID": self.credential_id, "numSignatures": len(hashes)}
        if self.binds_hashes:
            question |= self._hashes(hashes, algorithm)
        if self.pin:
            question |= (
                {"PIN": self.pin} if self.version == 1 else {"authData": [{"id": "PIN", "value": self.pin}]}
            )
        sad = self.exchange("credentials/authorize", question).get("SAD")
        if not isinstance(sad, str) or not sad:
            raise refused("it gave no activation data (SAD) for a signature")
        return sad

    def _signed(self, hashes: list[str], algorithm: str, sad: str) -> list[bytes]:
        question: dict[str, Any] = {
            "credentialID": self.credential_id,
            "SAD": sad,
            "signAlgo": self._signature_algorithm(algorithm),
            **self._hashes(hashes, algorithm),
        }
        if self.version == 1:
            question["hashAlgo"] = DIGESTS[algorithm]
        else:
            question["operationMode"] = "S"
        given = self.exchange("signatures/signHash", question).get("signatures")
        if not isinstance(given, list):
            raise refused("it gave no signatures")
        try:
            return [_bytes(one) for one in given]
        except (ValueError, TypeError) as error:
            raise refused("its signatures cannot be read") from error

    def _hashes(self, hashes: list[str], algorithm: str) -> dict[str, Any]:
        if self.version == 1:
            return {"hash": hashes}
        return {"hashes": hashes, "hashAlgorithmOID": DIGESTS[algorithm]}

    def _signature_algorithm(self, algorithm: str) -> str:
        """Give what the key is to sign with: the combined identifier if it knows it, else that of the key."""
        for (kind, digest), identifier in _SIGNATURES.items():
            if digest == algorithm and identifier in self.algorithms:
                return identifier
            if digest == algorithm and (_RSA if kind == "RSA" else _EC) in self.algorithms:
                return _RSA if kind == "RSA" else identifier
        raise refused(f"its key does not sign {algorithm} digests (it signs {', '.join(self.algorithms)})")


def refused(reason: str) -> KeyMaterialError:
    """Give the error for a service that does not sign: another try would end the same."""
    return KeyMaterialError(
        f"The signing service does not sign: {reason[:300]}.",
        code="signing-service-refused",
        action="Ask the operator of the service, or take its key anew on the page of documents.",
        facts={"reason": reason[:300]},
    )


def _is_asked(said: object) -> bool:
    presence = said.get("presence") if isinstance(said, Mapping) else None
    return presence is True or str(presence).lower() == "true"


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > 20_000:
        raise ValueError
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError from error


SIGNER = OutsideKeys(
    name="csc",
    place=(
        *("base", "version", "credential", "algorithms", "binds_hashes", "at_once", "pin"),
        *("token_address", "client", "client_secret", "bearer", "loopback"),
    ),
)
