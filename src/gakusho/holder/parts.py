# SPDX-License-Identifier: Apache-2.0
"""Showing a part of a credential: what can be held back, and what is left to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gakusho.errors import InputError, NotFoundError
from gakusho.formats import Disclosable, Discloses, formats
from gakusho.holder.records import CredentialView, held, sealed_bytes
from gakusho.model.sealed import Sealed
from gakusho.store.work import Work

MAX_PARTS = 1_000


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a holder can choose from, in one format of a credential."""

    format: str
    parts: tuple[Disclosable, ...]


def divisible(view: CredentialView) -> str | None:
    """Give the format in which the credential can be shown in part, if it was issued in one."""
    for name in sorted(view.formats):
        form: object = formats().get(name)
        if isinstance(form, Discloses):
            return name
    return None


def parts(work: Work, person_id: str, award_id: str, format_name: str) -> Parts:
    """Give what of a credential can be shown or held back.

    Raises:
        NotFoundError: not this person's credential, or not issued in this format.
        InputError: the format does not let anything be held back (``not-selective``).
    """
    sealed = sealed_bytes(work, held(work, person_id, award_id).id, format_name)
    return Parts(format=sealed.format, parts=tuple(_discloses(sealed).disclosable(sealed.data)))


def derived(work: Work, person_id: str, award_id: str, format_name: str, chosen: Sequence[int]) -> Sealed:
    """Give the credential with only its mandatory and the chosen parts, by their places in ``parts``.

    Raises: NotFoundError, InputError.
    """
    sealed = sealed_bytes(work, held(work, person_id, award_id).id, format_name)
    form = _discloses(sealed)
    found = form.disclosable(sealed.data)
    if any(not 0 <= place < len(found) for place in chosen):
        raise InputError(
            "There is no such part of the credential.",
            code="no-part",
            facts={"got": str(max(chosen)), "expected": f"under {len(found)}"},
        )
    pointers = [one.pointer for place, one in enumerate(found) if one.mandatory or place in set(chosen)]
    return replace(sealed, data=form.disclose(sealed.data, pointers))


def with_all(sealed: Sealed) -> Sealed:
    """Give a credential as it is shown when nothing is held back; of other formats, the same bytes."""
    form: object = formats().get(sealed.format)
    if not isinstance(form, Discloses):
        return sealed
    everything = [one.pointer for one in form.disclosable(sealed.data)]
    return replace(sealed, data=form.disclose(sealed.data, everything))


def _discloses(sealed: Sealed) -> Discloses:
    form: object = formats().get(sealed.format)
    if form is None:
        raise NotFoundError("There is no such format.", code="no-format", facts={"got": sealed.format})
    if not isinstance(form, Discloses):
        raise InputError(
            "This format shows all of a credential or nothing.",
            code="not-selective",
            facts={"got": sealed.format},
        )
    return form
