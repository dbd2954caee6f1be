# SPDX-License-Identifier: Apache-2.0
"""openbadgeslib: its own Open Badges 3.0 model and Data Integrity signer; run by its own interpreter.

A credential it writes itself, with the same learner, achievement and result texts as far as its model has
them; it verifies what it signed.
"""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.engines import _clock


def main() -> None:
    """Sign, or verify."""
    from openbadgeslib.ob3 import Achievement, Issuer, OB3LdpSigner, OB3LdpVerifier, OpenBadgeCredential

    folder, fixture, operation, count, warm_up = _clock.asked()
    around = _clock.surroundings(folder)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(around["seed"]))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    documents = [json.loads(text) for text in _clock.texts(folder, fixture, "issue")]

    def credential(document: dict[str, Any]) -> Any:
        achievement = document["credentialSubject"]["achievement"]
        return OpenBadgeCredential(
            issuer=Issuer(id=around["method"]["controller"], name=document["issuer"]["name"]),
            recipient_id=document["credentialSubject"]["id"],
            achievement=Achievement(
                id=achievement["id"],
                name=achievement["name"],
                description=achievement["description"],
                criteria_narrative=achievement["criteria"]["narrative"],
            ),
        )

    signer, verifier = OB3LdpSigner(private), OB3LdpVerifier(pubkey_pem=public)

    def issued(document: dict[str, Any]) -> str:
        signed = signer.sign(credential(document))
        return signed if isinstance(signed, str) else json.dumps(signed)

    signed = [issued(document) for document in documents[:20]]

    def some(amount: int) -> None:
        if operation == "verify":
            for _, text in zip(range(amount), cycle(signed)):
                verifier.verify(text)
        else:
            for _, document in zip(range(amount), cycle(documents)):
                issued(document)

    _clock.timed(lambda: some(warm_up), lambda: some(count), count, "")


if __name__ == "__main__":
    main()
