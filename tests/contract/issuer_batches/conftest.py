# SPDX-License-Identifier: Apache-2.0
"""A university with three people, an achievement and a clock, on each database."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest
from tests.fakes.copies import Beginning

from gakusho.issuer import achievements, institutions
from gakusho.issuer.access import Actor, Role
from gakusho.issuer.achievements import AchievementView
from gakusho.issuer.institutions import InstitutionView
from gakusho.model.achievement import Achievement, Image, ResultDescription
from gakusho.model.text import Text
from gakusho.store.ids import new_id, new_token
from gakusho.store.tables import AwardRow, StatusList
from gakusho.store.work import Work, Workplace

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
DEGREE = Achievement(
    id="urn:uuid:11111111-0000-4000-8000-000000000001",
    type="BachelorDegree",
    name=Text.of(ja="学士(工学)", en="Bachelor of Engineering"),
    description=Text.of(ja="四年間の課程。", en="A four-year program."),
    criteria=Text.of(ja="124単位。", en="124 credits."),
    image=Image(media_type="image/svg+xml", data=b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    result_descriptions=(ResultDescription(id="urn:uuid:gpa", name="GPA", type="GradePointAverage"),),
)
HEADER = "氏名,氏名ローマ字,メールアドレス,学籍番号,文書発行番号,授与年月日\n"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The university's desk."""

    place: Workplace
    university: InstitutionView
    degree: AchievementView
    preparer: Actor
    colleague: Actor
    """Prepares and approves."""
    approver: Actor

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open a unit of work."""
        with self.place.work() as work:
            yield work

    def awarded(self, work: Work, **members: object) -> str:
        """Keep an award as if it had been issued before; give its id."""
        lists = StatusList(
            id=new_id(),
            institution_id=self.university.id,
            number=hash(new_token()) % 10**6,
            length=8,
            seed=b"s",
        )
        row = AwardRow(
            **{
                "id": new_id(),
                "institution_id": self.university.id,
                "achievement_id": self.degree.id,
                "batch_id": None,
                "verify_code": new_token(),
                "definition": {},
                "issue_number": None,
                "student_number": None,
                "email": None,
                "name": "見本 花子",
                "status_list_id": lists.id,
                "status_index": 0,
                "state": "active",
                "created_at": work.now,
                **members,
            }
        )
        work.session.add(lists)
        work.session.flush()
        work.session.add(row)
        work.session.flush()
        return row.id


def table(*numbers: int, **cells: str) -> bytes:
    """Give a table with a row for each number."""
    rows = []
    for n in numbers:
        row = {
            "name": f"見本 花子{'甲乙丙丁戊己庚辛壬癸'[n % 10]}",
            "romaji": "MIHON Hanako",
            "email": f"s{n}@mihon.example",
            "student": f"22A{n:04}",
            "issue": f"第2026-{n:04}号",
            "day": "2026-03-25",
            **cells,
        }
        rows.append(",".join(row.values()))
    return (HEADER + "\n".join(rows) + "\n").encode("cp932")


def paper(text: str) -> bytes:
    """Give a PDF of one page that says which it is."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    made.pages[0].Contents = made.make_stream(f"% {text}".encode())
    with made.open_metadata(set_pikepdf_as_editor=False) as said:
        said["pdfaid:part"] = "2"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def archive(papers: Mapping[str, bytes]) -> bytes:
    """Give a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in papers.items():
            made.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def beginning() -> Beginning:
    """Begin with a university."""
    return a_university


@pytest.fixture
def desk(workplace: Workplace, found: Mapping[str, Any]) -> Desk:
    """Give the desk of a university."""
    return Desk(place=replace(workplace, clock=lambda: NOW), **found)


def a_university(workplace: Workplace) -> dict[str, Any]:
    """Begin with a university, its people and an achievement."""
    with replace(workplace, clock=lambda: NOW).work() as work:
        university = institutions.found(
            work,
            slug="asanagi",
            name=Text.of(ja="朝凪大学", en="Asanagi University"),
            did="did:web:asanagi.example",
            settings={"signatory_name": "汐見 遙", "signatory_title": {"ja": "学長", "en": "President"}},
        )
        actor = people(work, university)
        preparer = actor("junbi@asanagi.example", Role.PREPARE)
        colleague = actor("douryou@asanagi.example", Role.PREPARE, Role.APPROVE)
        approver = actor("shounin@asanagi.example", Role.APPROVE)
        return {
            "university": university,
            "degree": achievements.save(work, preparer, DEGREE),
            "preparer": preparer,
            "colleague": colleague,
            "approver": approver,
        }


def people(work: Work, university: InstitutionView) -> Callable[..., Actor]:
    """Give a way to have people of the university."""

    def actor(email: str, *roles: Role) -> Actor:
        for role in roles:
            institutions.grant(work, None, university.id, email, role, email.split("@", maxsplit=1)[0])
        member = next(each for each in institutions.members(work, university.id) if each.email == email)
        return institutions.actor_for(work, university.id, member.person_id)

    return actor
