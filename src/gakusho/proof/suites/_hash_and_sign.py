# SPDX-License-Identifier: Apache-2.0
"""What the suites share that sign the hash of the proof's options, then the hash of the document.

Data Integrity EdDSA Cryptosuites 1.0, section 3; Data Integrity ECDSA Cryptosuites 1.0, sections 3.2, 3.3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from gakusho.errors import KeyMaterialError, UnreadableError
from gakusho.proof import ProofOptions, Signer, multibase
from gakusho.proof._options import proof_members
from gakusho.proof.canonical_form import statements
from gakusho.proof.contexts import Contexts
from gakusho.proof.jcs import canonical_json
from gakusho.proof.keys import PublicKey
from gakusho.proof.recurring import canonical_bytes

Form = Callable[[Mapping[str, Any], object, Contexts, str], bytes]
"""From a part of what is signed, the document's ``@context``, the contexts and the hash's name to bytes."""

_HASHES = {"Ed25519": "sha256", "P-256": "sha256", "P-384": "sha384"}
_MAX_KEPT_TEXT = 4_096
"""Characters of options and context addresses that are remembered with their hash."""
_SIGNATURE_BYTES = {"Ed25519": 64, "P-256": 64, "P-384": 96}


class HashAndSign:
    """One suite of this kind; it has no state but what it is made with."""

    legacy = False

    def __init__(
        self, name: str, algorithms: tuple[str, ...], form: Form, *, context_in_proof: bool = False
    ) -> None:
        self.name = name
        self.algorithms = algorithms
        self._form = form
        self._context_in_proof = context_in_proof

    def sign(
        self, document: Mapping[str, Any], *, signer: Signer, options: ProofOptions, contexts: Contexts
    ) -> dict[str, Any]:
        """Give the proof for an unsecured document.

        Raises: UndefinedTermError, TooComplexError, KeyMaterialError.
        """
        key = signer.public_key
        check_algorithm(self.name, self.algorithms, key)
        proof = proof_members(self.name, options)
        if self._context_in_proof and "@context" in document:
            proof = {"@context": document["@context"], **proof}
        signature = signer.sign(self.hash_data(document, proof, contexts=contexts, algorithm=key.algorithm))
        return {**proof, "proofValue": multibase.encode(signature)}

    def verify(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], *, key: PublicKey, contexts: Contexts
    ) -> bool:
        """Tell whether the proof's signature fits a document (given without its proof).

        Raises: UndefinedTermError, TooComplexError; UnreadableError for a malformed ``proofValue``.
        """
        data = self.hash_data(document, proof, contexts=contexts, algorithm=key.algorithm)
        return key.verify(signature_bytes(proof, _SIGNATURE_BYTES[key.algorithm]), data)

    def hash_data(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], *, contexts: Contexts, algorithm: str
    ) -> bytes:
        """Give what is signed: the hash of the proof's options, then that of the document.

        ``algorithm`` is that of the key, which decides on the hash: SHA-384 for P-384, else SHA-256.
        """
        name, context = _HASHES[algorithm], document.get("@context")
        digest = hashlib.sha384 if name == "sha384" else hashlib.sha256
        first = self.options_hash(proof, context, contexts, name)
        return first + digest(self._form(document, context, contexts, name)).digest()

    @property
    def is_over_rdf(self) -> bool:
        """Tell whether it hashes the canonical N-Quads of its parts."""
        return self._form is rdf_form

    def fits(self, options_hash: bytes, form: bytes, value: str, key: PublicKey) -> bool:
        """Tell whether a ``proofValue`` fits options of this hash and a document of this canonical form.

        For keys that go with SHA-256. Raises: UnreadableError for a malformed value.
        """
        signature = signature_bytes({"proofValue": value}, _SIGNATURE_BYTES[key.algorithm])
        return key.verify(signature, options_hash + hashlib.sha256(form).digest())

    def options_hash(self, proof: Mapping[str, Any], context: object, contexts: Contexts, name: str) -> bytes:
        """Give the hash of the proof's options; those of a batch, and often of a second, are the same."""
        options = {key: value for key, value in proof.items() if key != "proofValue"}
        if (
            type(context) is list
            and all(type(value) is str for value in (*context, *options.values()))
            and sum(map(len, options.values())) + sum(map(len, context)) <= _MAX_KEPT_TEXT
        ):
            return _known_hash(self._form, tuple(options.items()), tuple(context), contexts, name)
        return hashlib.new(name, self._form(options, context, contexts, name)).digest()


@lru_cache(maxsize=256)
def _known_hash(
    form: Form, options: tuple[tuple[str, str], ...], context: tuple[str, ...], contexts: Contexts, name: str
) -> bytes:
    return hashlib.new(name, form(dict(options), list(context), contexts, name)).digest()


def check_algorithm(suite: str, algorithms: tuple[str, ...], key: PublicKey) -> None:
    """Refuse a key of another kind. Raises: KeyMaterialError."""
    if key.algorithm not in algorithms:
        raise KeyMaterialError(
            f"{suite} signs with another kind of key.",
            facts={"got": key.algorithm, "expected": ", ".join(algorithms)},
        )


def signature_bytes(proof: Mapping[str, Any], size: int) -> bytes:
    """Give the bytes of a base58btc ``proofValue`` that holds one signature. Raises: UnreadableError."""
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z") or len(value) > 140:
        raise UnreadableError(
            "The proofValue is not base58btc.", facts={"got": str(value)[:90], "expected": "z and base58btc"}
        )
    signature = multibase.decode(value)
    if len(signature) != size:
        raise UnreadableError(
            "The proofValue has another length.", facts={"got": len(signature), "expected": size}
        )
    return signature


def rdf_form(part: Mapping[str, Any], context: object, contexts: Contexts, digest: str) -> bytes:
    """Give the canonical N-Quads, in UTF-8; blank nodes are labeled by the same hash (``digest``)."""
    return canonical_bytes(_walked(part, context), contexts, algorithm=digest)


def json_form(part: Mapping[str, Any], context: object, contexts: Contexts, _: str) -> bytes:
    """Give the canonical JSON text.

    It covers words that mean nothing too, so what follows from it is no more than that somebody wrote them:
    they are refused as in the suites over RDF. Data Integrity 1.0, section 2.4.1.
    """
    form = canonical_json(part)
    statements(_walked(part, context), contexts)
    return form


def _walked(part: Mapping[str, Any], context: object) -> Mapping[str, Any]:
    """Give a part to be read as JSON-LD, under the document's context.

    In a chain, the proofs before stand in the document, and those of some suites carry its contexts once
    more, which changes no word.
    """
    before = part.get("proof")
    if isinstance(before, list):
        proofs = [
            {name: value for name, value in proof.items() if name != "@context" or value != context}
            if isinstance(proof, dict)
            else proof
            for proof in before
        ]
        part = {**part, "proof": proofs}
    return part if "@context" in part and part["@context"] is context else {**part, "@context": context}
