# SPDX-License-Identifier: Apache-2.0
"""A time-stamping authority in the same process, for the demo, for tests and for trying things out.

It answers as RFC 3161 says; but who issues documents and stamps their time alike proves nothing by it, so it
is no choice for what is to be believed in years.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from asn1crypto import core, tsp

from gakusho.proof import Signer
from gakusho.proof.cms import TimeStampTemplate
from gakusho.proof.timestamps import Request, token_of

POLICY = "2.25.219875629351817353205487210348713402413"
"""Under which it stamps: a policy of no worth, named by a UUID (ITU-T X.667)."""
_LENGTHS = {"sha256": 32, "sha384": 48, "sha512": 64}


@dataclass(frozen=True, kw_only=True)
class StandInTsa:
    """An authority with a key and a certificate of its own (DER, its own first)."""

    signer: Signer
    certificates: Sequence[bytes]
    now: Callable[[], datetime]
    policy: str = POLICY

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        """Give the token for a digest. Raises: UnreachableError for a digest it does not know."""
        request = Request(digest=digest, algorithm=algorithm, nonce=secrets.randbits(64) | 1)
        return token_of(self.answer(request.der()), request)

    def answer(self, request: bytes) -> bytes:
        """Give the TimeStampResp for a TimeStampReq, a refusal where it is none."""
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint = asked["message_imprint"]
            algorithm = imprint["hash_algorithm"]["algorithm"].native
            good = _LENGTHS.get(algorithm) == len(imprint["hashed_message"].native)
        except (ValueError, TypeError):
            return _refusal("bad_data_format")
        if not good:
            return _refusal("bad_alg")
        if asked["req_policy"].native and asked["req_policy"].dotted != self.policy:
            return _refusal("unaccepted_policy")
        granted = tsp.PKIStatusInfo({"status": "granted"}).dump()
        return bytes(core.Sequence(contents=granted + self._token(asked)).dump())

    @cached_property
    def _template(self) -> TimeStampTemplate:
        return TimeStampTemplate(self.signer, self.certificates)

    def _token(self, asked: tsp.TimeStampReq) -> bytes:
        info: dict[str, object] = {
            "version": "v1",
            "policy": self.policy,
            "message_imprint": asked["message_imprint"],
            "serial_number": secrets.randbits(120) + 1,
            "gen_time": self.now().astimezone(UTC).replace(microsecond=0),
        }
        if asked["nonce"].native is not None:
            info["nonce"] = asked["nonce"].native
        return self._template.token(
            tsp.TSTInfo(info).dump(), with_certificates=bool(asked["cert_req"].native)
        )


def _refusal(why: str) -> bytes:
    # asn1crypto has no way to leave the token out, which a refusal has not
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}}).dump()
    return bytes(core.Sequence(contents=status).dump())
