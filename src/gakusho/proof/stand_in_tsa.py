# SPDX-License-Identifier: Apache-2.0
"""A time-stamping authority in the same process, for the demo, for tests and for trying things out.

It answers as RFC 3161 says; but who issues documents and stamps their time alike proves nothing by it, so it
is no choice for what is to be believed in years.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, core, tsp, x509

from gakusho.proof import Signer
from gakusho.proof.certificates import SIGNATURE_ALGORITHMS, der_signature
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
        token = self._token(asked)
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def _token(self, asked: tsp.TimeStampReq) -> cms.ContentInfo:
        info: dict[str, object] = {
            "version": "v1",
            "policy": self.policy,
            "message_imprint": asked["message_imprint"],
            "serial_number": secrets.randbits(120) + 1,
            "gen_time": self.now().astimezone(UTC).replace(microsecond=0),
        }
        if asked["nonce"].native is not None:
            info["nonce"] = asked["nonce"].native
        content = tsp.TSTInfo(info).dump()
        leaf = x509.Certificate.load(self.certificates[0])
        digest = "sha384" if self.signer.public_key.algorithm == "P-384" else "sha256"
        attributes = _attributes(content, digest, self.certificates[0])
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number",
                    cms.IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number}),
                ),
                "digest_algorithm": {"algorithm": digest},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": SIGNATURE_ALGORITHMS[self.signer.public_key.algorithm]},
                "signature": der_signature(self.signer, attributes.dump()),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": digest}],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(content),
                },
                "signer_infos": [signer],
            }
        )
        if asked["cert_req"].native:
            signed["certificates"] = [x509.Certificate.load(one) for one in self.certificates]
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def _attributes(content: bytes, digest: str, certificate: bytes) -> cms.CMSAttributes:
    named = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(certificate).digest()}]})
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.new(digest, content).digest()]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
        ]
    )


def _refusal(why: str) -> bytes:
    # asn1crypto has no way to leave the token out, which a refusal has not
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}}).dump()
    return bytes(core.Sequence(contents=status).dump())
