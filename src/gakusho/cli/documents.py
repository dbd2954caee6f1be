# SPDX-License-Identifier: Apache-2.0
"""``gakusho documents``: how a server's institutions sign their documents, and keep them for decades."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gakusho.cli.terminal import EXIT_DONE, EXIT_REFUSED, UsageError, say, say_json

if TYPE_CHECKING:
    from gakusho.issuer.access import Actor
    from gakusho.issuer.archive_state import ArchiveState
    from gakusho.issuer.levels import Signing
    from gakusho.store.work import Work, Workplace

app = typer.Typer(
    help="Look at and choose how a server's documents are signed and kept.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Slug = Annotated[str, typer.Option("--institution", metavar="SLUG", help="Short name; not needed if one.")]
Data = Annotated[Path | None, typer.Option(help="Folder of the server's data.", show_default="var")]
DatabaseUrl = Annotated[
    str | None, typer.Option(help="Database of the server.", show_default="SQLite in --data")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("show")
def show(
    *, institution: Slug = "", data: Data = None, database: DatabaseUrl = None, as_json: AsJson = False
) -> int:
    """Show how documents are signed, and how their keeping goes."""
    from gakusho.issuer import archive_state, levels

    with opened(data, database) as place, place.work(read_only=True) as work:
        found = institution_of(work, institution)
        signing, state = levels.signing(work, found), archive_state.state(work, found)
    return _said(signing, state, as_json=as_json)


@app.command("choose")
def choose(
    *,
    level: Annotated[str, typer.Option(help="B-B, B-T, B-LT or B-LTA.")],
    authority: Annotated[str, typer.Option(metavar="URL", help="Time-stamping authority (RFC 3161).")] = "",
    grace: Annotated[str | None, typer.Option(help="While it is away: wait, or raise later.")] = None,
    margin_days: Annotated[int | None, typer.Option(help="Days before a time-stamp's end.")] = None,
    algorithm_ends: Annotated[
        list[str] | None, typer.Option(metavar="NAME=DAY", help="Last day of an algorithm; may be repeated.")
    ] = None,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Sign documents so from now on, once the authority has given a time-stamp."""
    from gakusho.formats import Level
    from gakusho.issuer import archive_state, levels

    ends = _days(algorithm_ends)
    with opened(data, database) as place:
        with place.work(read_only=True) as work:
            found = institution_of(work, institution)
        if level != Level.B_B:
            levels.try_out(place, found, level=level, authority=authority)
        with place.work() as work:
            levels.choose(
                work,
                operator_of(found),
                level=level,
                authority=authority,
                grace=grace,
                margin_days=margin_days,
                algorithm_ends=ends,
            )
            signing, state = levels.signing(work, found), archive_state.state(work, found)
    return _said(signing, state)


@app.command("keep")
def keep(*, data: Data = None, database: DatabaseUrl = None, as_json: AsJson = False) -> int:
    """Raise and extend all documents that are due now, as the server does by itself."""
    from gakusho.issuer import archive, archive_state, institutions

    with opened(data, database) as place:
        while archive.lengthen_some(place, lambda: False):
            pass
        with place.work(read_only=True) as work:
            states = {one.slug: archive_state.state(work, one.id) for one in institutions.institutions(work)}
    if as_json:
        say_json({slug: _state(one) for slug, one in states.items()})
    for slug, one in states.items():
        if not as_json:
            say(f"{slug}: {_words(one)}")
    return EXIT_REFUSED if any(one.problem for one in states.values()) else EXIT_DONE


def _days(given: list[str] | None) -> Mapping[str, str] | None:
    if given is None:
        return None
    parts = [one.partition("=") for one in given]
    if any(not sign for _, sign, _ in parts):
        raise UsageError("--algorithm-ends: give a name and a day, such as RSA-2048=2030-12-31.")
    return {name: day for name, _, day in parts}


@contextmanager
def opened(data: Path | None, database: str | None) -> Iterator[Workplace]:
    """Give a server's place of work, beside the server itself. Raises: UsageError where none has run."""
    try:
        from gakusho import settings
        from gakusho.store.database import Database
        from gakusho.store.files import Files
        from gakusho.store.work import Workplace
    except ImportError as error:
        raise UsageError(
            "The server's libraries are not installed.", action="pip install 'gakusho[server]'"
        ) from error
    folder = data or Path(os.environ.get("GAKUSHO_DATA", "var"))
    if not folder.exists():
        raise UsageError(f"No server has run here: there is no {folder.absolute()}.")
    chosen = {"GAKUSHO_DATA": str(folder), **({"GAKUSHO_DATABASE": database} if database else {})}
    read = settings.read({**os.environ, **chosen})
    kept = Database(read.database)
    kept.migrate()
    place = Workplace(
        database=kept,
        files=Files(read.files),
        secret=read.secret,
        public_url=read.public_url,
        services=read.trusted_services,
    )
    try:
        yield place
    finally:
        kept.close()


def institution_of(work: Work, slug: str) -> str:
    """Give the id of the institution meant. Raises: UsageError, NotFoundError."""
    from gakusho.issuer import institutions

    if slug:
        return institutions.by_slug(work, slug).id
    held = institutions.institutions(work)
    if len(held) != 1:
        names = ", ".join(one.slug for one in held) or "none"
        raise UsageError(f"--institution: say which one; there are: {names}.")
    return held[0].id


def operator_of(institution_id: str) -> Actor:
    """Give who works at the command line, for an institution."""
    from gakusho.issuer.access import Actor, Role

    return Actor(
        person_id="operator",
        institution_id=institution_id,
        name="gakusho documents",
        email="",
        roles=frozenset(Role),
        via="cli",
    )


def _said(signing: Signing, state: ArchiveState, *, as_json: bool = False) -> int:
    if as_json:
        told = {**vars(signing), "ends": signing.ends.isoformat(), "archive": _state(state)}
        told["algorithm_ends"] = {name: day.isoformat() for name, day in signing.algorithm_ends.items()}
        say_json(told)
        return EXIT_DONE
    say(f"level      {signing.level}")
    say(f"authority  {signing.authority or 'none'}; while it is away: {signing.grace}")
    say(f"key        {signing.algorithm}, {signing.subject}, until {signing.ends:%Y-%m-%d}")
    ends = ", ".join(f"{name} {day}" for name, day in signing.algorithm_ends.items())
    say(f"renewal    {signing.margin_days} days before a time-stamp ends; algorithms: {ends}")
    for one in signing.lists:
        say(f"list       {one}")
    say(f"documents  {_words(state)}")
    return EXIT_DONE


def _state(state: ArchiveState) -> dict[str, object]:
    times = {"next_due": state.next_due, "tried_at": state.tried_at}
    return {**vars(state), **{name: time.isoformat() if time else None for name, time in times.items()}}


def _words(state: ArchiveState) -> str:
    levels = ", ".join(f"{count} at {level}" for level, count in state.levels.items()) or "none above B-B"
    parts = [levels]
    parts += [f"{state.waiting} to be raised"] if state.waiting else []
    parts += [f"{state.due} due now"] if state.due else []
    parts += [f"next due {state.next_due:%Y-%m-%d}"] if state.next_due else []
    parts += [f"{state.failing} failing"] if state.failing else []
    parts += [f"{state.problem['message']} {state.problem['action']}"] if state.problem else []
    return "; ".join(parts)
