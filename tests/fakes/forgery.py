# SPDX-License-Identifier: Apache-2.0
"""Credentials signed with proofs that say what they may not say: signed properly, but wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from gakusho.formats._contexts import contexts
from gakusho.proof import ProofOptions, Signer, multibase
from gakusho.proof.data_integrity import add_proof, derived
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.proof.suites import suites
from gakusho.proof.suites._hash_and_sign import HashAndSign

Json = dict[str, Any]
_CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


class Forger:
    """A key and a suite; its did:key is the issuer."""

    def __init__(self, suite: str, key_type: str) -> None:
        self.suite = suite
        private = (
            ed25519.Ed25519PrivateKey.from_private_bytes(b"f" * 32)
            if key_type == "Ed25519"
            else ec.derive_private_key(0xF0F0, _CURVES[key_type])
        )
        self.signer: Signer = KeptSigner(private)
        self.key_type = key_type
        self.did = self.signer.public_key.did_key()

    def credential(self, version: str = "2.0", **members: Any) -> Json:
        """Give an unsigned credential of the data model 1.1 or 2.0."""
        base: Json = {"id": "urn:uuid:36245ee9-9074-4b05-a777-febff2e69757", "type": ["VerifiableCredential"]}
        subject: Json = {"id": "urn:uuid:1a0e4ef5-091f-4060-842e-18e519ab9440"}
        if version == "2.0":
            contexts_: list[Any] = ["https://www.w3.org/ns/credentials/v2"]
            base |= {"name": "Alice's", "validFrom": "2024-01-01T00:00:00Z"}
        else:
            contexts_ = [
                "https://www.w3.org/2018/credentials/v1",
                {"name": "https://schema.org/name", "description": "https://schema.org/description"},
            ]
            base |= {"issuanceDate": "2024-01-01T00:00:00Z"}
        subject |= {"name": "Alice", "description": "A credential about Alice."}
        document = {"@context": contexts_, **base, "issuer": self.did, "credentialSubject": subject}
        return {**document, **members}

    def sign(self, document: Json, *, keep: tuple[str, ...] = (), **options: Any) -> Json:
        """Give the document with a proof; of a selective suite, with what ``keep`` names derived from it."""
        made = ProofOptions(
            **{
                "verification_method": f"{self.did}#{self.did.removeprefix('did:key:')}",
                "created": datetime.now(UTC),
                "mandatory_pointers": ("/issuer",) if self.suite == "ecdsa-sd-2023" else (),
                **options,
            }
        )
        signed = add_proof(document, suite=self.suite, signer=self.signer, options=made, contexts=contexts())
        if self.suite != "ecdsa-sd-2023":
            return signed
        return derived(signed, pointers=keep or ("",), contexts=contexts())

    def sign_as(self, document: Json, change: Callable[[Json], object]) -> Json:
        """Give the document with a proof that was changed before it was signed, as far as it can be."""
        signed = self.sign(document)
        value = signed["proof"]["proofValue"]
        change(signed["proof"])
        if signed["proof"].get("proofValue") != value:
            return signed
        suite: object = suites()[self.suite]
        if isinstance(suite, HashAndSign):
            unsigned = {name: value for name, value in signed.items() if name != "proof"}
            try:
                data = suite.hash_data(
                    unsigned, signed["proof"], contexts=contexts(), algorithm=self.key_type
                )
            except Exception:  # noqa: BLE001  # what cannot be canonicalized keeps the other signature
                return signed
            signed["proof"]["proofValue"] = multibase.encode(self.signer.sign(data))
        return signed
