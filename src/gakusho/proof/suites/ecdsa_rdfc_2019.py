# SPDX-License-Identifier: Apache-2.0
"""ecdsa-rdfc-2019: ECDSA over the canonical RDF of proof options and document.

Data Integrity ECDSA Cryptosuites 1.0, section 3.2. P-256 goes with SHA-256, P-384 with SHA-384, which then
also labels the blank nodes.
"""

from __future__ import annotations

from gakusho.proof.suites._hash_and_sign import HashAndSign, rdf_form

SUITE = HashAndSign("ecdsa-rdfc-2019", ("P-256", "P-384"), rdf_form)
