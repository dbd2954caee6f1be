# SPDX-License-Identifier: Apache-2.0
"""Ed25519Signature2020: what eddsa-rdfc-2022 signs, under a proof type of its own; only checked.

Data Integrity EdDSA Cryptosuites 1.0, appendix B (legacy). Its words stand in the context
``https://w3id.org/security/suites/ed25519-2020/v1``, which the document must name.
"""

from __future__ import annotations

from typing import Any

from gakusho.errors import ConflictError
from gakusho.proof.suites._hash_and_sign import HashAndSign, rdf_form


class Ed25519Signature2020(HashAndSign):
    """The suite; ``sign`` always refuses."""

    legacy = True

    def sign(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Refuse: new proofs are made with eddsa-rdfc-2022. Raises: ConflictError."""
        raise ConflictError(
            "Ed25519Signature2020 is checked, but nothing new is signed with it.",
            facts={"got": self.name, "expected": "eddsa-rdfc-2022"},
        )


SUITE = Ed25519Signature2020("Ed25519Signature2020", ("Ed25519",), rdf_form)
