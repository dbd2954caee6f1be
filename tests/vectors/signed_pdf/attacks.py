# SPDX-License-Identifier: Apache-2.0
"""All flawed files there are; ``good`` has their untouched twins. Made when a test runs, none is stored."""

from __future__ import annotations

from dataclasses import replace

from tests.vectors.signed_pdf import (
    flaws_beside,
    flaws_common,
    flaws_files,
    flaws_pages,
    flaws_places,
    flaws_ranges,
    flaws_shadow,
    flaws_signers,
    flaws_times,
    flaws_updates,
)
from tests.vectors.signed_pdf.cases import Case
from tests.vectors.signed_pdf.good import TWINS, sign

__all__ = ["ATTACKS", "sign"]

_ARCHIVED = tuple(
    # what may come behind an archived document is looked at object by object: nothing else may ride along
    replace(case, name=f"{case.name}, in an archive", twin="B-LTA")
    for case in flaws_updates.CASES
    if case.kind.startswith("incremental saving")
)
ATTACKS: tuple[Case, ...] = (
    *flaws_common.CASES,
    *flaws_updates.CASES,
    *_ARCHIVED,
    *flaws_ranges.CASES,
    *flaws_files.CASES,
    *flaws_signers.CASES,
    *flaws_times.CASES,
    *flaws_shadow.CASES,
    *flaws_pages.CASES,
    *flaws_places.CASES,
    *flaws_beside.CASES,
)

TWINS[flaws_shadow.PREPARED] = flaws_shadow.prepared
TWINS[flaws_places.STORED] = flaws_places.stored
TWINS[flaws_places.DANGLING] = flaws_places.dangling
