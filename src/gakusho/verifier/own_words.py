# SPDX-License-Identifier: Apache-2.0
"""Whether a document explains its own words: a JSON-LD context written into it. Decision 0012."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gakusho.proof import general

_ADDRESSES = re.compile(rb'"@context"\s*:\s*(?:"[^"]*"|\[\s*"[^"{}\[\]]*"(?:\s*,\s*"[^"{}\[\]]*")*\s*\])')
"""A context that is an address or a list of addresses."""


def lie_with_the_giver(data: bytes, document: Mapping[str, Any]) -> bool:
    """Tell whether what a signature over meaning says depends on words that the document itself explains."""
    return _signed_by_meaning(document) and may_write_contexts(data) and general.written_inside(document)


def may_write_contexts(data: bytes) -> bool:
    """Tell whether there may be a context that is an object; quick, for most documents have none."""
    if b"\\u" in data:
        return True
    count = data.count(b"@context")
    if not count:
        return False
    return _ADDRESSES.search(data) is None if count == 1 else len(_ADDRESSES.findall(data)) != count


def _signed_by_meaning(document: Mapping[str, Any]) -> bool:
    """Tell whether a signature is over what the words mean, rather than over the text (JCS, tokens)."""
    proof = document.get("proof")
    proofs = proof if isinstance(proof, list) else [proof]
    return any(isinstance(one, Mapping) and "-jcs-" not in str(one.get("cryptosuite")) for one in proofs)
