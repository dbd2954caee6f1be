# SPDX-License-Identifier: Apache-2.0
"""Fills an empty server with the demo university; a server that has it already is left alone."""

from __future__ import annotations

from importlib import resources

from gakusho.errors import NotFoundError
from gakusho.issuer import achievements, batches, institutions
from gakusho.issuer.access import Actor, Role
from gakusho.issuer.choices import Choices
from gakusho.issuer.institutions import InstitutionView
from gakusho.model.achievement import Achievement, Image, ResultDescription
from gakusho.model.text import Text
from gakusho.store.work import Work
from gakusho.web.demo import campus
from gakusho.web.demo_people import APPROVER, REGISTRAR
from gakusho.web.state import State

FORMATS = ("open-badges-3", "signed-pdf", "open-badges-3-sd", "sd-jwt-vc", "clr-2")
SLUG = "asanagi"


def file(name: str) -> bytes:
    """Give one of the demo's own files."""
    return (resources.files("gakusho.web.demo") / name).read_bytes()


def prepare(state: State) -> None:
    """See to it that the demo university is there, with graduates and students, all approved."""
    with state.work() as work:
        try:
            institutions.by_slug(work, SLUG)
        except NotFoundError:
            _fill(work)


def _fill(work: Work) -> None:
    university = institutions.found(
        work,
        slug=SLUG,
        name=Text.of(ja="朝凪大学", en="Asanagi University"),
        did="did:web:asanagi.example",
        url="https://asanagi.example",
        email="registrar@asanagi.example",
        country="JP",
        settings={
            "signatory_name": "汐見 遙",
            "signatory_name_en": "SHIOMI Haruka",
            "signatory_title": {"ja": "学長", "en": "President"},
            "claim_days": 180,
            "formats": list(FORMATS),
        },
    )
    for email, name, roles in (
        (REGISTRAR, "教務課 準備担当", (Role.PREPARE, Role.ADMINISTER)),
        (APPROVER, "教務課 承認担当", (Role.APPROVE,)),
    ):
        for role in roles:
            institutions.grant(work, None, university.id, email, role, name)
    preparer, approver = _actor(work, university, REGISTRAR), _actor(work, university, APPROVER)
    degree = achievements.save(work, preparer, _degree())
    completion = achievements.save(work, preparer, _completion())
    graduates = batches.create(
        work,
        preparer,
        achievement_id=degree.id,
        table=file("graduates.csv"),
        table_name="graduates.csv",
        choices=Choices(document_kind="degree-certificate", document_language="ja-en"),
        name="令和7年度 卒業生 / Class of 2026",
    )
    completions = batches.create(
        work,
        preparer,
        achievement_id=completion.id,
        table=file("completions.csv"),
        table_name="completions.csv",
        choices=Choices(formats=("open-badges-3", "open-badges-3-sd", "clr-2")),
        name="令和7年度 履修証明 / Certificates of completion 2026",
    )
    for batch in (graduates, completions, *campus.prepare(work, preparer, degree.id)):
        submitted = batches.submit(work, preparer, batch.id)
        batches.approve(work, approver, batch.id, str(submitted.content_digest))


def _actor(work: Work, university: InstitutionView, email: str) -> Actor:
    member = next(m for m in institutions.members(work, university.id) if m.email == email)
    return institutions.actor_for(work, university.id, member.person_id)


def _degree() -> Achievement:
    return Achievement(
        id="urn:uuid:3a1b0c52-6f0e-4d7c-9a55-0f6d6d1f2a01",
        type="BachelorDegree",
        name=Text.of(ja="学士（工学）", en="Bachelor of Engineering"),
        description=Text.of(
            ja="工学部の四年間の課程を修め、卒業研究の審査に合格した者に授与する学位。",
            en="Awarded on completing the four-year program of the Faculty of Engineering "
            "and passing the examination of the graduation thesis.",
        ),
        criteria=Text.of(
            ja="124単位以上を修得し、卒業研究の審査に合格すること。",
            en="At least 124 credits, and a graduation thesis that passed examination.",
        ),
        language="ja",
        image=Image(media_type="image/svg+xml", data=file("badge.svg"), caption="朝凪大学 学士（工学）"),
        field_of_study="Engineering",
        result_descriptions=(
            ResultDescription(
                id="urn:uuid:3a1b0c52-6f0e-4d7c-9a55-0f6d6d1f2a11", name="GPA", type="GradePointAverage"
            ),
        ),
    )


def _completion() -> Achievement:
    return Achievement(
        id="urn:uuid:3a1b0c52-6f0e-4d7c-9a55-0f6d6d1f2a02",
        type="CertificateOfCompletion",
        name=Text.of(ja="データサイエンス基礎 履修証明", en="Foundations of Data Science"),
        description=Text.of(
            ja="統計・プログラミング・データ倫理を学ぶ60時間の履修証明プログラム。",
            en="A 60-hour certificate program in statistics, programming and data ethics.",
        ),
        criteria=Text.of(
            ja="全講義に出席し、修了課題の評価が60点以上であること。",
            en="Attending all sessions and scoring at least 60 on the final assignment.",
        ),
        language="ja",
        image=Image(media_type="image/svg+xml", data=file("badge.svg"), caption="朝凪大学 履修証明"),
        result_descriptions=(
            ResultDescription(
                id="urn:uuid:3a1b0c52-6f0e-4d7c-9a55-0f6d6d1f2a12", name="修了課題の評点", type="RawScore"
            ),
        ),
    )
