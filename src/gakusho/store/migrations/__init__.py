# SPDX-License-Identifier: Apache-2.0
"""How the tables came to be as they are: one file in ``versions`` for each change, run by Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

_LOCK = 0x67616B75  # any number, the same in every process


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    script = scripts()
    with EnvironmentContext(
        Config(),
        script,
        fn=lambda revision, _: script._upgrade_revs("head", revision),  # noqa: SLF001  # as Alembic's own command
    ) as environment:
        environment.configure(connection=connection, target_metadata=None)
        environment.run_migrations()


def scripts() -> ScriptDirectory:
    """Give the directory of migrations."""
    return ScriptDirectory(str(Path(__file__).parent))
