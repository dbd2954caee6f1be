# SPDX-License-Identifier: Apache-2.0
"""Page templates of an institution's own, tried out: every page they change is set aside and looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from gakusho.errors import InputError
from gakusho.formats import formats
from gakusho.formats._templated import Templated
from gakusho.issuer import aside
from gakusho.issuer.institutions import InstitutionView
from gakusho.issuer.look import look_of
from gakusho.issuer.wording import sample_award, worded
from gakusho.model.award import Award, OwnTemplates, Result
from gakusho.model.document import ADDRESSED, DOCUMENT_LANGUAGES
from gakusho.model.learner import PersonName
from gakusho.model.problem import Problem, Severity

MOST_TOLD = 40
"""Problems of one trial."""
_COURSES = 60
_LINK = "https://university.example/v/4Kq9XwT7mB2c8RdYhJ5nPz"
_CODE = "7K3M-9TQX-4WRB"
_LONG = PersonName(
    full="見本見本見本見本 花子花子花子花子花子",
    kana="ミホンミホンミホン ハナコハナコハナコ",
    romaji="MIHON-MIHON-MIHON Hanakohanako Annabella Christina",
)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of templates that were tried out."""

    packed: bytes = b""
    """The templates as one file; empty where something is wrong with them."""
    problems: tuple[Problem, ...] = ()
    """Each with its file, line and column where it has one, and the ``pages`` it was found on."""
    pictures: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    """The first page of each changed kind in each language, as PNG."""


def form() -> Templated:
    """Give the format whose pages are set from templates. Raises: InputError where there is none."""
    for one in formats().values():
        if isinstance(one, Templated):
            return one
    raise InputError("No format is set from templates.", code="template")


def trial(
    view: InstitutionView, files: Mapping[str, bytes], get: Callable[[str], bytes], *, drawn: bool = True
) -> Tried:
    """Give templates packed, once pages of every kind they change were set from them and found whole.

    They are set, plain and with everything long, in a process of their own, with one folder, no network
    and an end. ``get`` gives the picture of the seal by its digest. What is wrong comes back as problems.
    """
    made_of = form()
    own = {name: content for name, content in files.items() if made_of.templates().get(name) != content}
    if files and not own:
        return Tried(problems=(Problem(code="template.same", severity=Severity.ERROR),))
    if found := made_of.template_faults(own):
        return Tried(problems=tuple(found[:MOST_TOLD]))
    packed = made_of.pack_templates(own)
    awards = list(_samples(view, made_of.changed_kinds(own), OwnTemplates(version=1, packed=packed), get))
    world: dict[str, bytes] = {}
    pages = []
    for award in awards:
        needed, data = made_of.page_to_try(award, _LINK, _CODE)
        world |= {name: content for name, content in needed.items() if name != "main.typ"}
        pages.append((f"{award.document.kind}.typ", data))
    plain = frozenset(range(0, len(awards), 2)) if drawn else frozenset()
    try:
        answers = aside.try_aside(world, pages, awards, own=own, pictured=plain)
    except InputError as error:
        stopped = (("got", str(error.facts.get("got", ""))),)
        return Tried(problems=(Problem(code="template.stopped", severity=Severity.ERROR, facts=stopped),))
    if problems := _gathered(awards, [found for found, _ in answers]):
        return Tried(problems=problems)
    shown = {_page(awards[number]): answers[number][1] for number in sorted(plain)}
    return Tried(packed=packed, pictures=shown)


def place_of(problem: Problem) -> str:
    """Give where it is as programs write it, ``graduation.typ:3:9: ``; empty where it is in no file."""
    parts = [part for part in (problem.file, problem.row, problem.column) if part]
    return "".join(f"{part}:" for part in parts) + " " if parts else ""


def _page(award: Award) -> tuple[str, str]:
    return award.document.kind, award.document.language


def _gathered(awards: list[Award], found: list[tuple[Problem, ...]]) -> tuple[Problem, ...]:
    """Give each problem once, with all the pages it was found on."""
    pages: dict[Problem, list[str]] = {}
    for award, problems in zip(awards, found, strict=True):
        for each in problems:
            pages.setdefault(each, []).append(" ".join(_page(award)))
    return tuple(
        replace(each, facts=(*each.facts, ("pages", ", ".join(dict.fromkeys(where)))))
        for each, where in list(pages.items())[:MOST_TOLD]
    )


def _samples(
    view: InstitutionView, kinds: tuple[str, ...], own: OwnTemplates, get: Callable[[str], bytes]
) -> Iterator[Award]:
    """Give made-up awards of each kind in each language: a plain one, then one with everything long."""
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
