# SPDX-License-Identifier: Apache-2.0
"""Places in the status lists of what the VC-API signs: given out at random, set, read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sqlalchemy import func, select

from gakusho.errors import InputError, NotFoundError
from gakusho.store.ids import new_id
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables_vc_api import ApiStatus
from gakusho.store.work import Work

LENGTH = 131_072
"""Entries of a list. Bitstring Status List 1.0, section 6.1."""
SIZES: Mapping[str, int] = {"revocation": 1, "message": 2}
"""The lists there are, by purpose, and the bits of their entries."""
_FULL = LENGTH * 9 // 10
"""A fuller list would make random free places slow to find, and neighbors easier to guess."""


def place(work: Work, issuer: str, credential_id: str) -> tuple[int, int]:
    """Give a credential a place nobody had before: the number of the list, and the index in it."""
    given = work.session.scalar(select(func.count()).where(ApiStatus.issuer == issuer)) or 0
    number = 1 + given // _FULL
    while True:
        index = secrets.randbelow(LENGTH)
        values = {"id": new_id(), "issuer": issuer, "credential_id": credential_id, "number": number}
        if insert_if_absent(
            work.session, ApiStatus, {**values, "index": index, "revocation": 0, "message": 0}
        ):
            return number, index


def set_value(work: Work, credential_id: str, purpose: str, value: int) -> None:
    """Set what the list of a purpose says of a credential.

    Raises: InputError for a purpose or value there is none of; NotFoundError.
    """
    if purpose not in SIZES or not 0 <= value < 1 << SIZES[purpose]:
        raise InputError(
            "There is no such status.",
            code="status-entry",
            facts={"got": f"{purpose[:60]} {value}", "expected": "revocation 0 or 1, message 0 to 3"},
        )
    rows = work.session.scalars(select(ApiStatus).where(ApiStatus.credential_id == credential_id)).all()
    if not rows:
        raise NotFoundError("No credential with this id was signed here.", facts={"got": credential_id[:300]})
    for row in rows:
        setattr(row, purpose, value)


def values(work: Work, issuer: str, number: int, purpose: str) -> dict[int, int]:
    """Give the entries of a list that are not 0. Raises: NotFoundError for a list that was never used."""
    if purpose not in SIZES:
        raise NotFoundError("There is no such status list.", facts={"got": purpose[:60]})
    of_list = (ApiStatus.issuer == issuer) & (ApiStatus.number == number)
    if work.session.scalar(select(ApiStatus.id).where(of_list).limit(1)) is None:
        raise NotFoundError("There is no such status list.", facts={"got": str(number)})
    column = getattr(ApiStatus, purpose)
    found = work.session.execute(select(ApiStatus.index, column).where(of_list, column != 0))
    return {index: value for index, value in found}  # noqa: C416  # rows are no pairs to a type checker
