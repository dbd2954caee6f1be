# SPDX-License-Identifier: Apache-2.0
"""Which formats an institution offers its learners; a registrar chooses among these only."""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.errors import InputError
from gakusho.formats import formats
from gakusho.issuer import _keys, institutions
from gakusho.issuer.access import Actor
from gakusho.issuer.institutions import InstitutionView
from gakusho.store.work import Work

USUAL = ("open-badges-3", "signed-pdf", "open-badges-3-sd", "clr-2")
"""Offered where nobody chose: what most receivers can use."""
TOKENS = frozenset({"vc-jwt", "clr-2-jwt", "open-badges-2-signed"})
"""Signed tokens whose receivers may know RS256 only; who offers one gets an RSA key for them."""
_SETTING = "formats"


def all_in_order() -> tuple[str, ...]:
    """Give every format there is, the usual ones first."""
    return (*(name for name in USUAL if name in formats()), *(n for n in formats() if n not in USUAL))


def offered(view: InstitutionView) -> tuple[str, ...]:
    """Give the names of the formats the institution offers, in the order they are shown."""
    chosen = view.settings.get(_SETTING, USUAL)
    return tuple(name for name in all_in_order() if name in chosen)


def offer(work: Work, actor: Actor, names: Sequence[str]) -> InstitutionView:
    """Offer these formats from now on; batches that were begun keep theirs.

    Raises: ForbiddenError; InputError for none, or a format there is none of.
    """
    unknown = [name for name in names if name not in formats()]
    if unknown or not names:
        raise InputError(
            "At least one format there is has to be offered.",
            code="formats-offered",
            facts={"got": ", ".join(unknown)[:200] or "none", "expected": ", ".join(formats())},
        )
    changed = institutions.change(work, actor, settings={_SETTING: list(dict.fromkeys(names))})
    if not TOKENS.isdisjoint(names):
        # Published from now on, so that copies of the DID document have it before the first token is signed.
        _keys.for_compatibility(work, institutions.row_of(work.session, changed.id), wanted=True)
    return changed


def check_offered(view: InstitutionView, names: Sequence[str]) -> None:
    """Refuse formats the institution does not offer. Raises: InputError."""
    ours = offered(view)
    if others := [name for name in names if name in formats() and name not in ours]:
        raise InputError(
            f"The institution does not offer {', '.join(others)}; it offers {', '.join(ours)}.",
            code="format-not-offered",
            action="Choose another, or let an administrator offer it on the page of formats.",
            facts={"got": ", ".join(others), "expected": ", ".join(ours)},
        )
