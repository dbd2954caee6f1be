# SPDX-License-Identifier: Apache-2.0
"""What a flawed file is: made from its untouched twin by one change, and refused by a named check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gakusho.model.report import Outcome

Attack = Callable[[bytes], bytes]
"""From the bytes of the untouched twin to those of the flawed file."""
AS_ISSUED = "as issued"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One flaw, and the check that must find it."""

    name: str
    make: Attack
    refused_by: str
    outcome: Outcome = Outcome.INVALID
    """What that check must say: unknown only where the rule says that nothing can be told."""
    twin: str = AS_ISSUED
    """The good file it is made from, by its name in ``good.TWINS``."""
    kind: str = "after signing"
    """The class of attack, a row of the table in ``SOURCES.md``."""


def cases(
    kind: str, twin: str, *rows: tuple[str, Attack, str] | tuple[str, Attack, str, Outcome]
) -> tuple[Case, ...]:
    """Give the cases of one class that have one twin: name, change, check, and outcome if not invalid."""
    return tuple(
        Case(
            name=row[0],
            make=row[1],
            refused_by=row[2],
            outcome=(*row, Outcome.INVALID)[3],
            twin=twin,
            kind=kind,
        )
        for row in rows
    )
