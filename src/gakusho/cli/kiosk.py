# SPDX-License-Identifier: Apache-2.0
"""``gakusho kiosk``: a server's certificate machines, and what students sign in with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gakusho.cli.documents import AsJson, Data, DatabaseUrl, Slug, institution_of, opened, operator_of
from gakusho.cli.terminal import EXIT_DONE, say, say_json

app = typer.Typer(
    help="Certificate machines (証明書発行機) of a server, and students' PINs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_LARGEST = 2 * 1_048_576


@app.command("list")
def machines(
    *, institution: Slug = "", data: Data = None, database: DatabaseUrl = None, as_json: AsJson = False
) -> int:
    """List the machines, newest first."""
    from gakusho.issuer.kiosk import machines as kiosks

    with opened(data, database) as place, place.work(read_only=True) as work:
        found = kiosks.machines(work, institution_of(work, institution))
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "label": one.label,
            "place": one.place,
            "token": f"{one.prefix}…",
            "seen": one.seen_at.isoformat() if one.seen_at else None,
            "revoked": one.revoked_at.isoformat() if one.revoked_at else None,
        }
        for one in found
    ]
    if as_json:
        say_json(rows)
        return EXIT_DONE
    for row in rows:
        state = "revoked" if row["revoked"] else f"seen {row['seen'] or 'never'}"
        say(f"{row['id']}  {row['label']}  {row['token']}  {state}")
    return EXIT_DONE


@app.command("add")
def add(
    label: Annotated[str, typer.Argument(help="Name by which people know the machine.")],
    *,
    place_of: Annotated[str, typer.Option("--place", help="Where it stands.")] = "",
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Make a machine's token and print it, this once."""
    from gakusho.issuer.kiosk import machines as kiosks

    with opened(data, database) as place, place.work() as work:
        actor = operator_of(institution_of(work, institution))
        token, _ = kiosks.add_machine(work, actor, label, place_of)
    say(token)
    return EXIT_DONE


@app.command("revoke")
def revoke(
    machine: Annotated[str, typer.Argument(metavar="ID", help="Id of the machine.")],
    *,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """End a machine's token at once."""
    from gakusho.issuer.kiosk import machines as kiosks

    with opened(data, database) as place, place.work() as work:
        kiosks.revoke_machine(work, operator_of(institution_of(work, institution)), machine)
    return EXIT_DONE


@app.command("students")
def students(
    table: Annotated[Path, typer.Argument(metavar="FILE", help="CSV: student number, PIN, card.")],
    *,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Keep what students sign in with, from a table of any length; all or none."""
    from gakusho.cli.desk import read
    from gakusho.issuer.kiosk.means_table import read_means
    from gakusho.issuer.kiosk.students import AT_ONCE, set_means

    means = read_means(read(table, _LARGEST), table.name)
    with opened(data, database) as place, place.work() as work:
        actor = operator_of(institution_of(work, institution))
        for start in range(0, len(means), AT_ONCE):
            set_means(work, actor, means[start : start + AT_ONCE])
    say(f"{len(means)} students.")
    return EXIT_DONE
