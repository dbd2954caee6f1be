# SPDX-License-Identifier: Apache-2.0
"""ecdsa-jcs-2019: ECDSA over the canonical JSON of proof options and document.

Data Integrity ECDSA Cryptosuites 1.0, section 3.3. The proof carries the document's ``@context``.
"""

from __future__ import annotations

from gakusho.proof.suites._hash_and_sign import HashAndSign, json_form

SUITE = HashAndSign("ecdsa-jcs-2019", ("P-256", "P-384"), json_form, context_in_proof=True)
