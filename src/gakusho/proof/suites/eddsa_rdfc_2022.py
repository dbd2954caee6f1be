# SPDX-License-Identifier: Apache-2.0
"""eddsa-rdfc-2022: Ed25519 over the canonical RDF of proof options and document.

Data Integrity EdDSA Cryptosuites 1.0, section 3.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from gakusho.errors import KeyMaterialError, UnreadableError
from gakusho.proof import ProofOptions, Signer, multibase
from gakusho.proof._options import proof_members
from gakusho.proof.canonical_form import canonical_form
from gakusho.proof.contexts import Contexts
from gakusho.proof.keys import PublicKey


class EddsaRdfc2022:
    """The suite; it has no state."""

    name = "eddsa-rdfc-2022"
    algorithms: tuple[str, ...] = ("Ed25519",)
    legacy = False

    def sign(
        self, document: Mapping[str, Any], *, signer: Signer, options: ProofOptions, contexts: Contexts
    ) -> dict[str, Any]:
        """Give the proof for an unsecured document. Section 3.2.1.

        Raises: UndefinedTermError, TooComplexError, KeyMaterialError.
        """
        if signer.public_key.algorithm not in self.algorithms:
            raise KeyMaterialError(
                f"{self.name} signs with another kind of key.",
                facts={"got": signer.public_key.algorithm, "expected": ", ".join(self.algorithms)},
            )
        proof = proof_members(self.name, options)
        signature = signer.sign(hash_data(document, proof, contexts))
        return {**proof, "proofValue": multibase.encode(signature)}

    def verify(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        *,
        key: PublicKey,
        contexts: Contexts,
    ) -> bool:
        """Tell whether the proof's signature fits a document (given without its proof). Section 3.2.2.

        Raises: UndefinedTermError, TooComplexError; UnreadableError for a malformed ``proofValue``.
        """
        data = hash_data(document, proof, contexts)
        return key.verify(proof_value(proof), data)


def proof_value(proof: Mapping[str, Any]) -> bytes:
    """Give the 64 bytes of a base58btc ``proofValue``. Raises: UnreadableError."""
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z") or len(value) > 90:
        raise UnreadableError(
            "The proofValue is not base58btc.", facts={"got": str(value)[:90], "expected": "z and base58btc"}
        )
    signature = multibase.decode(value)
    if len(signature) != 64:
        raise UnreadableError(
            "The proofValue has another length.", facts={"got": len(signature), "expected": 64}
        )
    return signature


def hash_data(document: Mapping[str, Any], proof: Mapping[str, Any], contexts: Contexts) -> bytes:
    """Give what is signed: SHA-256 of the proof options, then of the document. Sections 3.2.3 to 3.2.5."""
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    options["@context"] = document.get("@context")
    return b"".join(
        hashlib.sha256(canonical_form(part, contexts).encode("utf-8")).digest()
        for part in (options, document)
    )


SUITE = EddsaRdfc2022()
