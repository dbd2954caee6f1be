# SPDX-License-Identifier: Apache-2.0
"""An addressed copy: the same award once more, for one who asked for it, with a number of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from gakusho.errors import InputError
from gakusho.issuer.compose import in_both
from gakusho.model.award import Award, DocumentDetails, StatusEntry

OF_COPY = frozenset({"copy_of", "addressee", "addressee_en", "purpose", "purpose_en", "issue_number", "file"})
"""The fields in which a copy's row may differ from what it copies."""


def copied(
    original: Award,
    fields: Mapping[str, str],
    *,
    award_id: str,
    status: tuple[StatusEntry, ...],
    document: DocumentDetails,
    now: datetime,
) -> Award:
    """Give the copy of an award that a row describes: its own id, number, status, addressee and purpose.

    It holds from ``now``, which is the day it was issued; ids of its parts follow from ``award_id``, so
    again is the same. Raises: InputError for a row without a number.
    """
    if not fields.get("issue_number"):
        raise InputError("An addressed copy needs an issue number of its own.", code="copy-number")
    begins = max(original.valid_from, now.replace(microsecond=0))
    return replace(
        original,
        id=award_id,
        issue_number=fields["issue_number"],
        valid_from=begins,
        status=status,
        document=replace(
            document,
            addressee=in_both(fields, "addressee"),
            purpose=in_both(fields, "purpose"),
        ),
        components=tuple(
            replace(each, id=_part_id(award_id, each.id), valid_from=begins, status=status)
            for each in original.components
        ),
    )


def _part_id(award_id: str, part: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{award_id}#{part}')}"
