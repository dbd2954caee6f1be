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
PERSON = frozenset(
    {
        "identifier", "name", "name#ja-Kana", "name#ja-Latn", "former_name", "birthdate", "email",
        "learner_identification",
    }
)  # fmt: skip
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
    """Give the places a quick choice stands for; of an unknown one, only who the learner is."""
    groups = {"all": {"person", "grades", "details"}, "no-grades": {"person", "details"}}
    wanted = groups.get(choose, {"person"})
    return {line.place for line in lines if line.group in wanted}


def _lines(work: Work, person_id: str, award_id: str, words: Words) -> list[Line]:
    view = wallet.credential(work, person_id, award_id)
    found = parts.parts(work, person_id, award_id, format_of(view)).parts
    return [_line(place, one, words) for place, one in enumerate(found)]


def _line(place: int, part: Disclosable, words: Words) -> Line:
    named = [segment for segment in part.pointer.split("/") if segment and not segment.isdigit()]
    member = named[-1] if named else part.pointer
    key = f"wallet.part.{member}"
    group = "grades" if GRADES & set(named) else "person" if member in PERSON else "details"
    return Line(
        place=place,
        label=words(key) if words.has(key) else member,
        value=part.value[:300],
        mandatory=part.mandatory,
        group=group,
    )
