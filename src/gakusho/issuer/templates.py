# SPDX-License-Identifier: Apache-2.0
"""The institution's own page templates: given out, tried in a process of their own, kept by version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import formats
from gakusho.formats._templated import Templated
from gakusho.issuer import aside, institutions
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.institutions import InstitutionView
from gakusho.issuer.look import look_of
from gakusho.issuer.wording import sample_award, worded
from gakusho.model.award import Award, OwnTemplates, Result
from gakusho.model.document import ADDRESSED, DOCUMENT_LANGUAGES
from gakusho.model.learner import PersonName
from gakusho.store.work import Work

SETTING = "templates"
MOST_REASONS = 20
_COURSES = 60
_LINK = "https://university.example/v/4Kq9XwT7mB2c8RdYhJ5nPz"
_CODE = "7K3M-9TQX-4WRB"
_LONG = PersonName(
    full="見本見本見本見本 花子花子花子花子花子",
    kana="ミホンミホンミホン ハナコハナコハナコ",
    romaji="MIHON-MIHON-MIHON Hanakohanako Annabella Christina",
)


@dataclass(frozen=True, kw_only=True)
class TemplatesView:
    """What the institution's pages are set from."""

    version: int
    """Counts its changes; 0: never changed."""
    files: Mapping[str, bytes]
    """Its own files; none: all are built-in."""


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
    files = _form().unpack_templates(own.packed) if own else {}
    return TemplatesView(version=int(settings.get(SETTING, {}).get("version", 0)), files=files)


def all_files(work: Work, institution_id: str) -> dict[str, bytes]:
    """Give every template in use, for a designer: the institution's own before the built-in ones."""
    return {**_form().templates(), **templates(work, institution_id).files}


def try_out(view: InstitutionView, files: Mapping[str, bytes], get: Callable[[str], bytes]) -> bytes:
    """Give templates packed, once pages of every kind they change were set from them and found whole.

    They are set in a process of their own, with one folder, no network and an end.
    Raises: InputError naming what is wrong (``templates-unfit``, ``templates-refused``).
    """
    form = _form()
    own = {name: content for name, content in files.items() if form.templates().get(name) != content}
    packed = form.pack_templates(own or files)
    awards = list(_samples(view, form.changed_kinds(own), OwnTemplates(version=1, packed=packed), get))
    pages, data = [], []
    world: dict[str, bytes] = {}
    for award in awards:
        files_of, given = form.page_to_try(award, _LINK, _CODE)
        world |= {name: content for name, content in files_of.items() if name != "main.typ"}
        pages.append((f"{award.document.kind}.typ", given))
        data.append(given)
    reasons: list[str] = []
    made = aside.set_all_aside(world, pages, at=awards[0].valid_from) if awards else []
    for award, given, page in zip(awards, data, made, strict=True):
        found = [page] if isinstance(page, str) else form.page_faults(page, award, given)
        reasons += [f"{award.document.kind} ({award.document.language}): {reason}" for reason in found]
    if reasons:
        told = "; ".join(dict.fromkeys(reasons[:MOST_REASONS]))
        raise InputError(
            f"The templates were not taken: {told}.", code="templates-refused", facts={"got": told[:4_000]}
        )
    return packed


def change(work: Work, actor: Actor, packed: bytes | None) -> TemplatesView:
    """Use these templates, which were tried out, from now on; None: the built-in ones again.

    The log keeps every version; what was issued or approved keeps its own. Raises: ForbiddenError.
    """
    require(actor, Role.ADMINISTER)
    row = institutions.row_of(work.session, actor.institution_id, lock=True)
    settings = institutions.institution(work, row.id).settings
    version = int(settings.get(SETTING, {}).get("version", 0)) + 1
    said: dict[str, Any] = {"version": version}
    if packed is not None:
        said["file"] = work.files.put(packed)
    names = sorted(_form().unpack_templates(packed)) if packed else []
    record(work, actor, "document.templates", row.id, {**said, "files": names})
    institutions.change(work, actor, settings={SETTING: said})
    return templates(work, row.id)


def _form() -> Templated:
    for form in formats().values():
        if isinstance(form, Templated):
            return form
    raise InputError("No format is set from templates.", code="template")


def _samples(
    view: InstitutionView, kinds: tuple[str, ...], own: OwnTemplates, get: Callable[[str], bytes]
) -> Iterator[Award]:
    """Give made-up awards of each kind in each language, one with everything long."""
    for kind in kinds:
        look = look_of(view.settings, kind, get)
        for language in DOCUMENT_LANGUAGES:
            plain = look.on(sample_award(view, kind, language, worded(view.settings, kind)))
            plain = replace(plain, document=replace(plain.document, templates=own))
            yield plain
            yield _long(plain)


def _long(plain: Award) -> Award:
    results = plain.results
    if plain.document.kind == "transcript":
        results = tuple(
            Result(
                id=f"urn:uuid:00000000-0000-4000-8000-{place:012}",
                name=f"データ構造とアルゴリズム特別演習 {place}",
                value="秀",
                credits="2",
                term="2025年度後期",
            )
            for place in range(1, _COURSES + 1)
        )
    document = plain.document
    if document.kind in ADDRESSED:
        document = replace(document, addressee="見本商事株式会社 人事部 採用担当", purpose="就職のため")
    return replace(plain, learner=replace(plain.learner, name=_LONG), results=results, document=document)
