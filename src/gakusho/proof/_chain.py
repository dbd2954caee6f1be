# SPDX-License-Identifier: Apache-2.0
"""Proof chains: which proofs a proof follows, and so covers. Data Integrity 1.0, sections 4.4 and 4.5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def proofs_before(
    previous: object, proofs: Sequence[Any], own: object = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Give the proofs with the ids that ``previousProof`` names, in their order, or a reason why not.

    ``own`` is the proof that names them, where it is one of ``proofs``: those it follows stand before it.
    The reasons: ``malformed`` (neither an id nor a list of ids), ``absent``, ``ambiguous`` (two proofs with
    one id), ``order``.
    """
    if previous is None:
        return [], None
    named: list[Any] = list(previous) if isinstance(previous, (list, tuple)) else [previous]
    if not named or not all(isinstance(one, str) and one for one in named) or len(set(named)) < len(named):
        return [], "malformed"
    places: dict[str, list[int]] = {one: [] for one in named}
    last = len(proofs)
    for place, proof in enumerate(proofs):
        if proof is own:
            last = place
        if isinstance(proof, dict) and isinstance(proof.get("id"), str) and proof["id"] in places:
            places[proof["id"]].append(place)
    if not all(places.values()):
        return [], "absent"
    if any(len(found) > 1 for found in places.values()):
        return [], "ambiguous"
    found = sorted(place for (place,) in places.values())
    if found[-1] >= last:
        return [], "order"
    return [proofs[place] for place in found], None
