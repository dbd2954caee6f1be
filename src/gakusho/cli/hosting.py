# SPDX-License-Identifier: Apache-2.0
"""What a folder publishes for badges of which a part lies on a host: profile, keys, classes, revocations.

Files answer for signed badges. They cannot answer 410 where a hosted badge stood, so a server issues those.
"""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.cli.folder import Folder, Profile, all_keys
from gakusho.cli.ledger import Entry, Ledger
from gakusho.cli.published import places
from gakusho.cli.terminal import UsageError
from gakusho.formats import Format, Hosted, PublishedMultikey, Withdrawn, format_named, formats
from gakusho.model.sealed import Sealed

_REASONS = {
    "superseded": "It was replaced by a newer one.",
    "suspended": "It is suspended for the time being.",
}


def refuse_unhostable(name: str) -> None:
    """Let pass the formats that files can answer for. Raises: UnknownFormatError, UsageError."""
    if isinstance(format_named(name), Hosted) and not _files_answer(name):
        raise UsageError(
            f"{name} lives on a host that answers for each badge; a folder only publishes files.",
            action="Issue it on a server (gakusho serve), or choose another format.",
        )


def hosting(profile: Profile) -> str | None:
    """Give the address below which the issuer publishes, beside its did:web; None for a did:key."""
    if not profile.issuer.id.startswith("did:web:"):
        return None
    from gakusho.registry.did_web import did_web_address

    return (
        did_web_address(profile.issuer.id)[1].removesuffix("/did.json").removesuffix("/.well-known") + "/ob2"
    )


def issuer_documents(profile: Profile, ledger: Ledger, names: Sequence[str]) -> dict[str, bytes]:
    """Give, by address, what the issuer publishes once for all badges of these formats."""
    base = hosting(profile)
    keys = [
        PublishedMultikey(id=key.verification_method, multikey=key.multikey)
        for key in all_keys(profile, "credential")
    ]
    gathered: dict[str, bytes] = {}
    for name in names:
        form: object = format_named(name)
        if base is not None and isinstance(form, Hosted) and _files_answer(name):
            withdrawn = _withdrawn(ledger, format_named(name))
            gathered |= form.institution_documents(base, profile.issuer, keys, withdrawn)
    return gathered


def published_anew(folder: Folder, ledger: Ledger) -> dict[str, bytes]:
    """Give what the issuer publishes of the formats it issued before, as it stands now."""
    documents = issuer_documents(folder.profile, ledger, list(formats()))
    return documents if any(place.exists() for place in places(folder, documents)) else {}


def badge_documents(sealed: Sequence[Sealed]) -> dict[str, bytes]:
    """Give, by address, what lies on the host of these badges."""
    gathered: dict[str, bytes] = {}
    for one in sealed:
        form: object = format_named(one.format)
        if isinstance(form, Hosted):
            gathered |= form.documents(one.data)
    return gathered


def _files_answer(name: str) -> bool:
    form: object = format_named(name)
    nothing = Withdrawn(award_id="urn:uuid:00000000-0000-4000-8000-000000000000")
    return isinstance(form, Hosted) and not form.withdrawal("https://host.example/ob2", nothing)


def _issued(ledger: Ledger, form: Format) -> list[Entry]:
    return [
        entry
        for entry in ledger.entries.values()
        if any(file.endswith(f".{form.extension}") for file in entry.files)
    ]


def _withdrawn(ledger: Ledger, form: Format) -> list[Withdrawn]:
    return [
        Withdrawn(award_id=entry.award, reason=_REASONS.get(entry.state))
        for entry in _issued(ledger, form)
        if entry.state != "valid"
    ]
