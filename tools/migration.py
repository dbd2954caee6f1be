# SPDX-License-Identifier: Apache-2.0
"""Writes the migration from the last one to the tables as ``store/tables.py`` describes them.

Usage: make migration M="add evidence"
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from gakusho.store.database import Database
from gakusho.store.migrations import scripts
from gakusho.store.tables import Table

VERSIONS = Path(__file__).parent.parent / "src" / "gakusho" / "store" / "migrations" / "versions"
PAGE = '''# SPDX-License-Identifier: Apache-2.0
"""{title}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down_revision!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
{upgrade}


def downgrade() -> None:
    """Bring the tables back."""
{downgrade}
'''


def main() -> int:
    """Compare a migrated, empty database with the tables, and write what is missing."""
    title = " ".join(sys.argv[1:]).strip().rstrip(".")
    if not title:
        print('Say what changes: make migration M="add evidence"', file=sys.stderr)
        return 64
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.sqlite")
        database.migrate()
        with database.connection() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "render_as_batch": True}
            )
            script = produce_migrations(context, Table.metadata)
        database.close()
    assert script.upgrade_ops is not None
    assert script.downgrade_ops is not None
    if script.upgrade_ops.is_empty():
        print("The tables are as the last migration leaves them; there is nothing to write.")
        return 0
    last = scripts().get_current_head()
    revision = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04}"
    name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    file = VERSIONS / f"{revision}_{name}.py"
    file.write_text(
        PAGE.format(
            title=title[:1].upper() + title[1:],
            revision=revision,
            down_revision=last,
            upgrade=_indented(render_python_code(script.upgrade_ops)),
            downgrade=_indented(render_python_code(script.downgrade_ops)),
        ),
        "utf-8",
    )
    print(f"{file}: read it before you keep it; then `make fix`.")
    return 0


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" if line.strip() else "" for line in code.splitlines())


if __name__ == "__main__":
    sys.exit(main())
