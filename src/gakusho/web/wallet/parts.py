# SPDX-License-Identifier: Apache-2.0
"""The page on which a learner chooses what of a credential to show: the degree, but not the grades."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from gakusho.errors import ConflictError
from gakusho.formats import Disclosable
from gakusho.holder import parts, wallet
from gakusho.holder.records import CredentialView
from gakusho.store.work import Work
from gakusho.web.auth.session import SignedInPerson
from gakusho.web.downloads import attachment
from gakusho.web.pages import render, words_of
from gakusho.web.state import state_of
from gakusho.web.verify.judge import judge
from gakusho.web.verify.show import shown
from gakusho.web.words import Words

router = APIRouter(include_in_schema=False)

Chosen = Annotated[list[int] | None, Query(alias="part", max_length=parts.MAX_PARTS)]

GRADES = frozenset({"result", "results", "resultDescription"})
NAMES = frozenset({"name", "name#ja-Kana", "name#ja-Latn", "ext:kanaName", "ext:romajiName"})
PERSON = NAMES | {"identifier", "former_name", "birthdate", "email", "learner_identification"}
_TITLES = frozenset({"credential", "achievement"})
QUICK = ("degree", "no-grades", "all")
"""The choices of one click, the most sparing first."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One part as the page shows it."""

    place: int
    label: str
    value: str
    mandatory: bool
    group: str
    """``grades``, ``person`` or ``details``."""
    names: bool = False
    """It is the learner's name, in one script."""
    picture: str = ""
    """It is a picture, as a ``data:`` address."""


@router.get("/wallet/c/{award_id}/part")
def part_page(
    request: Request,
    person: SignedInPerson,
    award_id: str,
    choose: str = "degree",
    part: Chosen = None,
    look: str = "",
) -> Response:
    """Let the learner choose, and show what the other side will see."""
    state, words = state_of(request), words_of(request)
    with state.work(read_only=True) as work:
        view = wallet.credential(work, person.id, award_id)
        lines = _lines(work, person.id, award_id, words)
        chosen = set(part or ()) if look else quickly(lines, choose)
        sealed = parts.derived(work, person.id, award_id, format_of(view), sorted(chosen)) if look else None
    context = {
        "view": view,
        "groups": [
            (group, [line for line in lines if line.group == group and not line.mandatory])
            for group in ("person", "grades", "details")
        ],
        "always": [line for line in lines if line.mandatory],
        "chosen": chosen,
        "choose": "" if look else choose,
        "quick": QUICK,
        "shown": shown(judge(state, sealed.data), words) if sealed else None,
    }
    return render(request, "wallet/part.html", context)


@router.get("/wallet/c/{award_id}/part/download")
def download(request: Request, person: SignedInPerson, award_id: str, part: Chosen = None) -> Response:
    """Give the credential with only what was chosen."""
    with state_of(request).work(read_only=True) as work:
        view = wallet.credential(work, person.id, award_id)
        sealed = parts.derived(work, person.id, award_id, format_of(view), part or ())
    return attachment(sealed.data, sealed.media_type, "credential", sealed.extension)


def format_of(view: CredentialView) -> str:
    """Give the format in which a credential is shown in part. Raises: ConflictError."""
    name = parts.divisible(view)
    if name is None:
        raise ConflictError(
            "This credential was issued in no format that can be shown in part.",
            code="not-divisible",
            action="Ask the institution to issue it in one, or show all of it.",
        )
    return name


def quickly(lines: Iterable[Line], choose: str) -> set[int]:
    """Give the places a quick choice stands for; of an unknown one, only the learner's name."""
    groups = {"all": {"person", "grades", "details"}, "no-grades": {"person", "details"}}
    wanted = groups.get(choose, set())
    return {line.place for line in lines if line.names or line.group in wanted}


def _lines(work: Work, person_id: str, award_id: str, words: Words) -> list[Line]:
    view = wallet.credential(work, person_id, award_id)
    found = parts.parts(work, person_id, award_id, format_of(view)).parts
    return [_line(place, one, words) for place, one in enumerate(found)]


def _line(place: int, part: Disclosable, words: Words) -> Line:
    named = {segment for segment in part.pointer.split("/") if segment and not segment.isdigit()}
    kind = part.kind or part.pointer
    names = part.kind in NAMES
    in_person = names or bool(PERSON & named and kind not in _TITLES)
    group = "grades" if GRADES & named else "person" if in_person else "details"
    key, instead = f"wallet.part.{kind}", f"wallet.part.{kind}.value.{part.value}"
    if part.kind == "emailAddress":
        instead = "wallet.part.emailAddress.value"  # a salted hash says nothing to anybody
    return Line(
        place=place,
        label=words(key) if words.has(key) else kind,
        value=words(instead) if words.has(instead) else part.value[:300],
        mandatory=part.mandatory,
        group=group,
        names=names,
        picture=part.value if part.value.startswith("data:image/") else "",
    )
