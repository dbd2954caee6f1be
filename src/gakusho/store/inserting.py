# SPDX-License-Identifier: Apache-2.0
"""Inserting where the row may be there already: the database decides, on both databases alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gakusho.store.tables import Table


def insert_if_absent(session: Session, table: type[Table], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with a key like it is there; tell whether it was inserted.

    On PostgreSQL this waits for another transaction that is inserting the same key, and sees its end.
    """
    key = next(iter(table.__table__.primary_key))
    statement = _insert(session, table).values(**values).on_conflict_do_nothing().returning(key)
    return session.execute(statement).first() is not None


def insert_or_replace(session: Session, table: type[Table], values: Mapping[str, Any]) -> None:
    """Insert a row, or replace every value of the one with the same primary key."""
    keys = [column.name for column in table.__table__.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    session.execute(
        _insert(session, table).values(**values).on_conflict_do_update(index_elements=keys, set_=rest)
    )


def _insert(session: Session, table: type[Table]) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
