# SPDX-License-Identifier: Apache-2.0
"""PyLD and ``cryptography``: eddsa-rdfc-2022 as one would write it with them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from bench.engines import _clock
from gakusho.proof import multibase

Document = dict[str, Any]


def main() -> None:
    """Sign, or verify."""
    folder, fixture, operation, count, warm_up = _clock.asked()
    around = _clock.surroundings(folder)
    known = around["documents"]
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(around["seed"]))
    public = key.public_key()
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": around["created"],
        "verificationMethod": around["method"]["id"],
        "proofPurpose": "assertionMethod",
    }

    def load(url: str, _options: object) -> Document:
        return {"contextUrl": None, "documentUrl": url, "document": known[url]}

    jsonld.set_document_loader(load)

    def issued(text: str) -> str:
        document = json.loads(text)
        signature = key.sign(_hashes(document, options))
        document["proof"] = {**options, "proofValue": multibase.encode(signature)}
        return json.dumps(document)

    def verified(text: str) -> str:
        document = json.loads(text)
        proof = document.pop("proof")
        signature = multibase.decode(proof.pop("proofValue"))
        public.verify(signature, _hashes(document, proof))
        return json.dumps("verified")

    work = verified if operation == "verify" else issued
    _clock.measure(work, _clock.texts(folder, fixture, operation), count, warm_up)


def _hashes(document: Document, proof: Document) -> bytes:
    return b"".join(
        hashlib.sha256(jsonld.normalize(part, _NORMALIZE).encode()).digest()
        for part in ({"@context": document["@context"], **proof}, document)
    )


_NORMALIZE = {"algorithm": "URDNA2015", "format": "application/n-quads"}

if __name__ == "__main__":
    main()
