# SPDX-License-Identifier: Apache-2.0
"""ecdsa-sd-2023: every statement is signed by itself, and the holder shows some of them.

Data Integrity ECDSA Cryptosuites 1.0, sections 3.4 to 3.6. The issuer's key signs the mandatory statements,
and a key made for this one credential, which signs each of the others and is then thrown away. Blank nodes
are named by an HMAC, so that their order tells nothing of what is held back.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from gakusho.errors import InputError, KeyMaterialError, UnreadableError
from gakusho.proof import ProofOptions, Signer, multibase
from gakusho.proof._options import proof_members
from gakusho.proof.canonical_form import canonical_form, statements
from gakusho.proof.contexts import Contexts
from gakusho.proof.keys import PublicKey
from gakusho.proof.quads import Quad
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.proof.suites._hash_and_sign import check_algorithm
from gakusho.proof.suites._sd_values import BaseValue, DerivedValue, base_value, derived_value
from gakusho.proof.suites._selection import select
from gakusho.proof.suites._skolem import Skolemized, canonical_names, relabeled


class EcdsaSd2023:
    """The suite; it has no state."""

    name = "ecdsa-sd-2023"
    algorithms: tuple[str, ...] = ("P-256",)
    legacy = False

    def sign(
        self, document: Mapping[str, Any], *, signer: Signer, options: ProofOptions, contexts: Contexts
    ) -> dict[str, Any]:
        """Give the base proof for an unsecured document. Section 3.6.1.

        ``options.mandatory_pointers`` lead to what the holder cannot hold back. Raises: UndefinedTermError,
        TooComplexError, KeyMaterialError; InputError for a pointer that leads nowhere.
        """
        return self.base_proof(
            document,
            signer=signer,
            options=options,
            contexts=contexts,
            hmac_key=os.urandom(32),
            one_time=KeptSigner(ec.generate_private_key(ec.SECP256R1())),
        )

    def base_proof(
        self,
        document: Mapping[str, Any],
        *,
        signer: Signer,
        options: ProofOptions,
        contexts: Contexts,
        hmac_key: bytes,
        one_time: Signer,
    ) -> dict[str, Any]:
        """Give the base proof made with this HMAC key (32 bytes) and this one-time key (P-256).

        Both must be random and never used again. Raises: as ``sign``.
        """
        check_algorithm(self.name, self.algorithms, signer.public_key)
        proof = proof_members(self.name, options)
        parts = Skolemized(document, contexts)
        labels = _labels(parts.statements, hmac_key)
        lines = relabeled(parts.statements, labels)
        mandatory = set(relabeled(parts.selected(options.mandatory_pointers), labels))
        one_time_key = multibase.CODECS["P-256"] + one_time.public_key.material
        signed = _signed(document, proof, contexts, one_time_key, [one for one in lines if one in mandatory])
        value = BaseValue(
            signature=signer.sign(signed),
            public_key=one_time_key,
            hmac_key=hmac_key,
            signatures=tuple(one_time.sign(one.encode()) for one in lines if one not in mandatory),
            mandatory=tuple(options.mandatory_pointers),
        )
        return {**proof, "proofValue": value.written()}

    def derive(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        *,
        pointers: Sequence[str],
        contexts: Contexts,
    ) -> dict[str, Any]:
        """Give the document with only the mandatory and the chosen parts, newly proven. Section 3.6.6.

        Raises: UndefinedTermError, TooComplexError; InputError for a pointer that leads nowhere, a selection
        of nothing, a proof that cannot be derived from, or a document that is not the one it was made for.
        """
        base = base_value(proof)
        chosen = [*base.mandatory, *pointers]
        shown = select(document, chosen)
        if shown is None:
            raise InputError(
                "Nothing was chosen to be shown.",
                code="pointer",
                facts={"got": "no pointer", "expected": "a JSON pointer to something the credential says"},
            )
        parts = Skolemized(document, contexts)
        labels = _labels(parts.statements, base.hmac_key)
        lines = relabeled(parts.statements, labels)
        combined = parts.selected(chosen)
        showing = set(relabeled(combined, labels))
        mandatory = set(relabeled(parts.selected(base.mandatory), labels))
        optional = [one for one in lines if one not in mandatory]
        if len(optional) != len(base.signatures):
            raise UnreadableError(
                "The proof was made for another document.",
                facts={"got": len(base.signatures), "expected": f"{len(optional)} signatures"},
            )
        kept = [sig for sig, line in zip(base.signatures, optional, strict=True) if line in showing]
        value = DerivedValue(
            signature=base.signature,
            public_key=base.public_key,
            signatures=tuple(kept),
            labels={
                int(name.removeprefix("c14n")): multibase.from_base64url(labels[node].removeprefix("_:u"))
                for node, name in canonical_names(combined).items()
            },
            mandatory=tuple(
                place
                for place, line in enumerate(one for one in lines if one in showing)
                if line in mandatory
            ),
        )
        return {**shown, "proof": {**proof, "proofValue": value.written()}}

    def mandatory(self, proof: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the pointers a base proof says cannot be held back. Raises: UnreadableError."""
        return base_value(proof).mandatory

    def verify(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], *, key: PublicKey, contexts: Contexts
    ) -> bool:
        """Tell whether a derived proof fits a document (given without it). Section 3.6.7.

        Raises: UndefinedTermError, TooComplexError; UnreadableError for a malformed ``proofValue``, with the
        code ``base-proof`` for one that is not for verifiers.
        """
        value = derived_value(proof)
        found = statements(document, contexts)
        names = canonical_names(found)
        numbers = {node: int(name.removeprefix("c14n")) for node, name in names.items()}
        if set(numbers.values()) != set(value.labels):
            return False
        lines = relabeled(
            found, {n: f"_:u{multibase.base64url(value.labels[number])}" for n, number in numbers.items()}
        )
        places = set(value.mandatory)
        mandatory = [line for place, line in enumerate(lines) if place in places]
        optional = [line for place, line in enumerate(lines) if place not in places]
        if len(mandatory) != len(places) or len(optional) != len(value.signatures):
            return False
        signed = _signed(document, proof, contexts, value.public_key, mandatory)
        if not key.verify(value.signature, signed):
            return False
        one_time = _one_time_key(value.public_key)
        return all(
            one_time.verify(signature, line.encode())
            for signature, line in zip(value.signatures, optional, strict=True)
        )


def _labels(found: Sequence[Quad], hmac_key: bytes) -> dict[str, str]:
    """Give a label for every blank node that tells nothing about the others. Section 3.4.4."""
    return {
        node: "_:u" + multibase.base64url(hmac.digest(hmac_key, name.encode(), "sha256"))
        for node, name in canonical_names(found).items()
    }


def _signed(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    contexts: Contexts,
    one_time_key: bytes,
    mandatory: Sequence[str],
) -> bytes:
    """Give what the issuer's key signs. Section 3.5.1."""
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    options["@context"] = document.get("@context")
    return (
        hashlib.sha256(canonical_form(options, contexts).encode()).digest()
        + one_time_key
        + hashlib.sha256("".join(mandatory).encode()).digest()
    )


def _one_time_key(multikey: bytes) -> PublicKey:
    try:
        key = PublicKey.from_multikey(multibase.encode(multikey))
    except KeyMaterialError as error:
        raise UnreadableError("The proof's own key cannot be read.", facts=error.facts) from None
    check_algorithm("ecdsa-sd-2023", ("P-256",), key)
    return key


SUITE = EcdsaSd2023()
