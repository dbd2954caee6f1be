# SPDX-License-Identifier: Apache-2.0
"""The VC-API as the official test suites call it, and presentations as they sign them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi.testclient import TestClient
from tests.fakes.university import MemorySigner

from gakusho.formats._contexts import contexts
from gakusho.proof import ProofOptions, data_integrity

Json = dict[str, Any]
HOLDER = MemorySigner(bytes(range(32)))
HOLDER_ID = HOLDER.public_key.did_key()
CHALLENGE, DOMAIN = "u4f7d0a", "verifier.example"


@dataclass(frozen=True)
class Endpoint:
    """The VC-API as a test suite calls it, with the ``options`` of one of its issuers."""

    client: TestClient
    options: dict[str, Any]

    @property
    def issuer(self) -> str:
        """The did:key that the options choose."""
        offers: list[Json] = self.client.get("/vc-api/issuers").json()
        return str(next(one["id"] for one in offers if self.options.items() <= one.items()))

    def credential(self, **members: Any) -> Json:
        """Give the smallest credential of the data model 2.0, changed."""
        plain: Json = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "issuer": self.issuer,
            "credentialSubject": {"id": "did:example:subject"},
        }
        return {name: value for name, value in {**plain, **members}.items() if value is not ...}

    def post(self, path: str, body: Json) -> Any:
        """Give the answer."""
        return self.client.post(f"/vc-api{path}", json=body)

    def issue(self, credential: Json, **options: Any) -> Any:
        """Give the answer to an issuing."""
        body = {"credential": credential, "options": {**self.options, **options}}
        return self.post("/credentials/issue", body)

    def issued(self, credential: Json, **options: Any) -> Json:
        """Give what was issued; it must have been."""
        answer = self.issue(credential, **options)
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()["verifiableCredential"]
        return found

    def verify(self, credential: Any, **options: Any) -> Any:
        """Give the answer to a verification."""
        return self.post("/credentials/verify", {"verifiableCredential": credential, "options": options})

    def verify_proof(self, credential: Any) -> Any:
        """Give the answer to a verification of the proof alone."""
        return self.verify(credential, checks=["proof"])

    def verify_vp(self, presentation: Any, **options: Any) -> Any:
        """Give the answer to a verification of a presentation."""
        body = {"verifiablePresentation": presentation, "options": options}
        return self.post("/presentations/verify", body)


def presentation(**members: Any) -> Json:
    """Give the smallest presentation of the data model 2.0, changed."""
    plain: Json = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
    }
    return {name: value for name, value in {**plain, **members}.items() if value is not ...}


def signed(document: Json, *, purpose: str = "authentication", suite: str = "eddsa-rdfc-2022") -> Json:
    """Give a document signed by the holder, for the challenge and domain above."""
    presenting = purpose == "authentication"
    options = ProofOptions(
        verification_method=f"{HOLDER_ID}#{HOLDER.public_key.multikey()}",
        created=datetime.now(UTC),
        purpose=purpose,
        challenge=CHALLENGE if presenting else None,
        domain=DOMAIN if presenting else None,
    )
    return data_integrity.add_proof(
        document, suite=suite, signer=HOLDER, options=options, contexts=contexts()
    )


def self_issued(**members: Any) -> Json:
    """Give a credential that the holder issued and signed."""
    plain: Json = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": HOLDER_ID,
        "credentialSubject": {"id": "did:example:subject"},
    }
    return signed({**plain, **members}, purpose="assertionMethod")
