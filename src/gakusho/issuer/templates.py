# SPDX-License-Identifier: Apache-2.0
"""The institution's own page templates: in use, proposed, kept by version, given out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gakusho.errors import ConflictError, NotFoundError, TemplatesError
from gakusho.issuer import events, institutions
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.institutions import InstitutionView
from gakusho.issuer.template_trial import Tried, form, trial
from gakusho.model.award import OwnTemplates
from gakusho.store.work import Work

SETTING = "templates"
_ACT = "document.templates"


@dataclass(frozen=True, kw_only=True)
class TemplatesView:
    """What the institution's pages are set from."""

    version: int
    """Counts its changes; 0: never changed."""
    files: Mapping[str, bytes]
    """Its own files; none: all are built-in."""
    stale: bool = False
    """They were tried out with built-in templates of another Gakusho, on which they stand no longer."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """What was used from a moment on."""

    id: str
    """Of its line in the log."""
    version: int
    at: datetime
    actor: str
    via: str
    files: tuple[str, ...]
    """Names of its own files; none: the built-in templates."""
    digest: str
    """SHA-256 of the packed files; the same for the same files. Empty for the built-in templates."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Templates that were tried out and found whole, but are not used yet."""

    digest: str
    """SHA-256 of the packed files."""
    at: datetime
    files: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]
    """The kinds of document and languages of which there is a picture."""
    pictures: str
    """Digest of the file with the pictures."""


def own_templates(settings: Mapping[str, Any], get: Callable[[str], bytes]) -> OwnTemplates | None:
    """Give the institution's own templates; None where it uses the built-in ones."""
    kept = settings.get(SETTING, {})
    if not kept.get("file"):
        return None
    return OwnTemplates(version=int(kept["version"]), packed=get(str(kept["file"])))


def version(settings: Mapping[str, Any]) -> int:
    """Give the version of the institution's own templates; 0 where it uses the built-in ones."""
    kept = settings.get(SETTING, {})
    return int(kept["version"]) if kept.get("file") else 0


def templates(work: Work, institution_id: str) -> TemplatesView:
    """Give what the institution's pages are set from. Raises: NotFoundError."""
    settings = institutions.institution(work, institution_id).settings
    own = own_templates(settings, work.files.get)
    files = form().unpack_templates(own.packed) if own else {}
    kept = settings.get(SETTING, {})
    return TemplatesView(
        version=int(kept.get("version", 0)), files=files, stale=bool(files) and kept.get("base") != _base()
    )


def built_in() -> dict[str, bytes]:
    """Give the built-in templates by file name, for a designer to begin with."""
    return form().templates()


def unpacked(packed: bytes) -> dict[str, bytes]:
    """Give the files of templates that were packed as one."""
    return form().unpack_templates(packed)


def all_files(work: Work, institution_id: str) -> dict[str, bytes]:
    """Give every template in use, for a designer: the institution's own before the built-in ones."""
    return {**built_in(), **templates(work, institution_id).files}


def versions(work: Work, institution_id: str, *, before: str | None = None, limit: int = 30) -> list[Version]:
    """Give what was used, newest first; ``before`` is the id of the last one seen."""
    found = events.events(work, institution_id, act=_ACT, before=before, limit=limit)
    return [
        Version(
            id=each.id,
            version=_number(each.detail.get("version")),
            at=each.at,
            actor=each.actor,
            via=each.via,
            files=_names(each.detail.get("files")),
            digest=str(each.detail.get("file") or ""),
        )
        for each in found
    ]


def files_of(work: Work, institution_id: str, version_id: str) -> dict[str, bytes]:
    """Give the files of a version by the id of its line in the log. Raises: NotFoundError."""
    found = events.event(work, institution_id, version_id)
    if found is None or found.act != _ACT:
        raise NotFoundError("There is no such version of the templates.")
    digest = str(found.detail.get("file") or "")
    return form().unpack_templates(work.files.get(digest)) if digest else {}


def try_out(view: InstitutionView, files: Mapping[str, bytes], get: Callable[[str], bytes]) -> bytes:
    """Give templates packed, once pages of every kind they change were set from them and found whole.

    Raises: TemplatesError with everything that is wrong.
    """
    tried = trial(view, files, get, drawn=False)
    if tried.problems:
        raise TemplatesError("The templates were not taken.", tried.problems)
    return tried.packed


def propose(work: Work, actor: Actor, tried: Tried) -> Proposal:
    """Keep templates that were tried out, with their pictures, until they are used or others are proposed.

    Raises: ForbiddenError; TemplatesError for what was found faulty.
    """
    require(actor, Role.ADMINISTER)
    if tried.problems:
        raise TemplatesError("The templates were not taken.", tried.problems)
    row = institutions.row_of(work.session, actor.institution_id, lock=True)
    kept = institutions.institution(work, row.id).settings.get(SETTING, {})
    pictures = {" ".join(page): base64.b64encode(drawn).decode() for page, drawn in tried.pictures.items()}
    said = {
        "file": work.files.put(tried.packed),
        "files": sorted(form().unpack_templates(tried.packed)),
        "pictures": work.files.put(orjson.dumps(pictures)),
        "pages": list(pictures),
        "base": _base(),
        "at": work.now.isoformat(),
    }
    record(work, actor, f"{_ACT}.tried", row.id, {"file": said["file"], "files": said["files"]})
    view = institutions.change(work, actor, settings={SETTING: {"version": 0, **kept, "proposed": said}})
    found = proposal(view.settings)
    assert found is not None
    return found


def proposal(settings: Mapping[str, Any]) -> Proposal | None:
    """Give what is proposed; None where nothing is, or where it was tried with other built-in templates."""
    said = settings.get(SETTING, {}).get("proposed")
    if not said or said["base"] != _base():
        return None
    return Proposal(
        digest=str(said["file"]),
        at=datetime.fromisoformat(said["at"]),
        files=_names(said["files"]),
        pages=tuple(
            (kind, language) for kind, _, language in (page.partition(" ") for page in said["pages"])
        ),
        pictures=str(said["pictures"]),
    )


def picture(proposed: Proposal, page: tuple[str, str], get: Callable[[str], bytes]) -> bytes:
    """Give the first page of a kind in a language, as the proposed templates set it (PNG).

    Raises: NotFoundError.
    """
    drawn = orjson.loads(get(proposed.pictures)).get(" ".join(page))
    if drawn is None:
        raise NotFoundError("There is no such picture.")
    return base64.b64decode(drawn)


def use(work: Work, actor: Actor, digest: str) -> TemplatesView:
    """Use what is proposed from now on, if it is still what was looked at.

    Raises: ForbiddenError; ConflictError where something else is proposed by now, or nothing.
    """
    require(actor, Role.ADMINISTER)
    institutions.row_of(work.session, actor.institution_id, lock=True)
    proposed = proposal(institutions.institution(work, actor.institution_id).settings)
    if proposed is None or proposed.digest != digest:
        raise ConflictError(
            "These templates are no longer proposed.",
            code="templates-other",
            action="Look at the pages again, or try the templates out once more.",
        )
    return change(work, actor, work.files.get(digest))


def withdraw(work: Work, actor: Actor) -> None:
    """Propose nothing any longer. Raises: ForbiddenError."""
    require(actor, Role.ADMINISTER)
    row = institutions.row_of(work.session, actor.institution_id, lock=True)
    kept = dict(institutions.institution(work, row.id).settings.get(SETTING, {}))
    if kept.pop("proposed", None):
        record(work, actor, f"{_ACT}.withdrawn", row.id, {})
        institutions.change(work, actor, settings={SETTING: kept})


def change(work: Work, actor: Actor, packed: bytes | None) -> TemplatesView:
    """Use these templates, which were tried out, from now on; None: the built-in ones again.

    The log keeps every version; what was issued or approved keeps its own. Raises: ForbiddenError.
    """
    require(actor, Role.ADMINISTER)
    row = institutions.row_of(work.session, actor.institution_id, lock=True)
    settings = institutions.institution(work, row.id).settings
    said: dict[str, Any] = {"version": int(settings.get(SETTING, {}).get("version", 0)) + 1}
    if packed is not None:
        said["file"] = work.files.put(packed)
    names = sorted(form().unpack_templates(packed)) if packed else []
    record(work, actor, _ACT, row.id, {**said, "files": names})
    institutions.change(work, actor, settings={SETTING: said | ({"base": _base()} if packed else {})})
    return templates(work, row.id)


def _base() -> str:
    """Give what tells these built-in templates from those of another Gakusho, which were not tried with."""
    parts = (part for name, content in sorted(built_in().items()) for part in (name.encode(), content))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _number(said: object) -> int:
    return said if isinstance(said, int) else 0


def _names(said: object) -> tuple[str, ...]:
    return tuple(map(str, said)) if isinstance(said, list) else ()
