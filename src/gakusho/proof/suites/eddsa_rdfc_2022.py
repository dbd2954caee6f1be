# SPDX-License-Identifier: Apache-2.0
"""eddsa-rdfc-2022: Ed25519 over the canonical RDF of proof options and document.

Data Integrity EdDSA Cryptosuites 1.0, section 3.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gakusho.proof.contexts import Contexts
from gakusho.proof.suites._hash_and_sign import HashAndSign, rdf_form

SUITE = HashAndSign("eddsa-rdfc-2022", ("Ed25519",), rdf_form)


def hash_data(document: Mapping[str, Any], proof: Mapping[str, Any], contexts: Contexts) -> bytes:
    """Give what is signed: SHA-256 of the proof options, then of the document. Sections 3.2.3 to 3.2.5."""
    return SUITE.hash_data(document, proof, contexts=contexts, algorithm="Ed25519")
