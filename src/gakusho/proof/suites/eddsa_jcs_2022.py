# SPDX-License-Identifier: Apache-2.0
"""eddsa-jcs-2022: Ed25519 over the canonical JSON of proof options and document.

Data Integrity EdDSA Cryptosuites 1.0, section 3.3. The proof carries the document's ``@context``.
"""

from __future__ import annotations

from gakusho.proof.suites._hash_and_sign import HashAndSign, json_form

SUITE = HashAndSign("eddsa-jcs-2022", ("Ed25519",), json_form, context_in_proof=True)
