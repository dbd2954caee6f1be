# SPDX-License-Identifier: Apache-2.0
"""The databases that tests lend each other are what the first one found, or are not lent again."""

from __future__ import annotations

from pathlib import Path

import psycopg
from tests.fakes.copies import lent
from tests.fakes.desk import a_desk

EVERYTHING = "SELECT schema_to_xml('public', true, false, '')::text"
PLANNED = (
    "SELECT relname, reltuples, relpages FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
)


def test_a_database_is_lent_again_as_it_was_and_never_with_other_tables(tmp_path: Path) -> None:
    seen = []
    for folder, change in (
        ("a", "UPDATE institutions SET slug = 'x'; DELETE FROM memberships; DELETE FROM events"),
        ("b", "INSERT INTO mails SELECT (jsonb_populate_record(m, '{}')).* FROM mails m; ANALYZE"),
        ("c", "SELECT 1"),
    ):
        (tmp_path / folder).mkdir()
        with (
            lent("postgresql", tmp_path / folder, a_desk) as copied,
            psycopg.connect(copied.url, autocommit=True) as connection,
        ):
            found = [connection.execute(query).fetchall() for query in (EVERYTHING, PLANNED)]
            connection.execute("SET session_replication_role = replica")
            connection.execute(change)
        seen.append((copied.url, found))
    (first, as_made), (second, put_back), (third, anew) = seen
    assert second == first
    assert put_back == anew == as_made
    assert third != second, "what ANALYZE wrote is no row of ours"
