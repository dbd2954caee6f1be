# SPDX-License-Identifier: Apache-2.0
"""``gakusho revoke``, ``suspend`` and ``reinstate``: an award no longer holds, or holds again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gakusho.cli.terminal import UsageError, say, say_json
from gakusho.errors import ConflictError

Award = Annotated[list[str], typer.Argument(metavar="ID…", help="Id or issue number of an award.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the ledger, not published.")]
Directory = Annotated[Path, typer.Option("--dir", help="Folder of the issuer.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

_ALLOWED_FROM = {
    "revoked": ("valid", "suspended", "superseded"),
    "suspended": ("valid",),
    "reinstated": ("suspended",),
}


def revoke(award: Award, *, reason: Reason, directory: Directory = Path(), as_json: AsJson = False) -> None:
    """Revoke awards, for good. Verifiers learn it from the status list, once that is published."""
    _change(award, "revoked", reason, directory, as_json=as_json)


def suspend(award: Award, *, reason: Reason, directory: Directory = Path(), as_json: AsJson = False) -> None:
    """Suspend awards: they do not hold until they are reinstated."""
    _change(award, "suspended", reason, directory, as_json=as_json)


def reinstate(
    award: Award, *, reason: Reason, directory: Directory = Path(), as_json: AsJson = False
) -> None:
    """Reinstate suspended awards: they hold again."""
    _change(award, "reinstated", reason, directory, as_json=as_json)


def _change(names: list[str], event: str, reason: str, directory: Path, *, as_json: bool) -> None:
    from gakusho.cli.folder import alone_in, open_folder, stamp
    from gakusho.cli.hosting import published_anew
    from gakusho.cli.ledger import Ledger
    from gakusho.cli.published import credential_key, places, status_lists
    from gakusho.cli.staging import write_all

    if not reason.strip():
        raise UsageError("--reason is empty.", action="Say in a few words why; it is kept in the ledger.")
    open_folder(directory)  # tells plainly when there is none, before a lock file is made
    with alone_in(directory):
        folder = open_folder(directory)
        ledger = Ledger(directory)
        entries = {(entry := ledger.find(name)).award: entry for name in names}
        for entry in entries.values():
            if entry.state not in _ALLOWED_FROM[event]:
                raise ConflictError(
                    f"{entry.award} is {entry.state}, so it cannot be {event}. Nothing was changed.",
                    facts={"got": entry.state, "expected": " or ".join(_ALLOWED_FROM[event])},
                )
        now = datetime.now(UTC)
        events = [
            {"event": event, "award": award, "reason": reason.strip(), "at": stamp(now)} for award in entries
        ]
        files = {ledger.file: ledger.with_events(events)}
        files |= places(folder, published_anew(folder, ledger))
        key = credential_key(folder, folder.secret())
        changed = {entry.list_number for entry in entries.values()}
        for lists in folder.profile.lists:
            if lists.number in changed:
                documents = status_lists(folder.profile, ledger, key, lists, now)
                files |= places(folder, documents)
        write_all(files)
    if as_json:
        say_json({"state": "valid" if event == "reinstated" else event, "awards": list(entries)})
        return
    for entry in entries.values():
        say(f"{event}: {entry.name}  {entry.issue_number or ''}  {entry.award}")
    if folder.profile.issuer.id.startswith("did:web:"):
        say("Publish documents/ again: until then the world still reads the old status list.")
