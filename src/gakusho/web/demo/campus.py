# SPDX-License-Identifier: Apache-2.0
"""The demo's students before they graduate, and the certificate machine at which they print."""

from __future__ import annotations

from importlib import resources

from gakusho.issuer import achievements, batches
from gakusho.issuer.access import Actor
from gakusho.issuer.batches import BatchView
from gakusho.issuer.choices import Choices
from gakusho.issuer.kiosk.machines import add_machine
from gakusho.issuer.kiosk.offer import Fee, Offer, Offered, change_offer
from gakusho.issuer.kiosk.students import Means, set_means
from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.text import Text
from gakusho.store.work import Work
from gakusho.web.demo_people import STUDENTS
from gakusho.web.kiosk.machine import demo_token

_STATED = (
    ("2b", "学年 / Year of study", "Other"),
    ("2c", "入学年月日 / Date of admission", "Other"),
    ("2d", "卒業見込年月 / Expected graduation", "Other"),
)


def prepare(work: Work, preparer: Actor, degree_id: str) -> list[BatchView]:
    """Prepare the students' enrollment and grades, and set the machine up; give the batches to approve."""
    enrolled = achievements.save(work, preparer, _enrolled())
    grades = achievements.save(work, preparer, _grades())
    change_offer(work, preparer, _offer(enrolled.id, degree_id))
    token = demo_token(work.secret)
    add_machine(work, preparer, "中央館1階 / Central Building", "シミュレーター / simulator", token=token)
    means = [Means(student_number=each.number, pin=each.pin, card=each.card) for each in STUDENTS]
    set_means(work, preparer, means)
    return [
        batches.create(
            work,
            preparer,
            achievement_id=achievement_id,
            table=(resources.files("gakusho.web.demo") / table).read_bytes(),
            table_name=table,
            choices=Choices(formats=formats, document_kind=kind, document_language="ja-en", notify=False),
            name=name,
        )
        for achievement_id, table, formats, kind, name in (
            (
                enrolled.id,
                "students.csv",
                ("open-badges-3", "signed-pdf"),
                "enrollment",
                "令和8年度 在学 / Enrollment 2026",
            ),
            (
                grades.id,
                "grades.csv",
                ("open-badges-3", "signed-pdf"),
                "transcript",
                "令和8年度 成績 / Grades 2026",
            ),
        )
    ]


def _offer(enrolled_id: str, degree_id: str) -> Offer:
    both = ("ja", "en")
    return Offer(
        sign_in="pin",
        purposes=(
            "就職活動用 / Employment",
            "進学用 / Further study",
            "奨学金申請用 / Scholarship application",
            "通学定期券購入用 / Commuter pass",
        ),
        documents=(
            Offered(kind="enrollment", languages=both, fee=Fee(amount=200)),
            Offered(kind="transcript", languages=both, fee=Fee(amount=300)),
            Offered(
                kind="expected-graduation", languages=both, achievements=(enrolled_id,), fee=Fee(amount=200)
            ),
            Offered(kind="graduation", languages=both, achievements=(degree_id,), fee=Fee(amount=300)),
            Offered(kind="degree-certificate", languages=(*both, "ja-en"), fee=Fee(amount=300)),
        ),
    )


def _enrolled() -> Achievement:
    return Achievement(
        id="urn:uuid:3a1b0c52-6f0e-4d7c-9a55-0f6d6d1f2a03",
        type="Certificate",
        name=Text.of(
            ja="工学部 情報工学科", en="Department of Information Engineering, Faculty of Engineering"
        ),
        description=Text.of(ja="本学に在学している。", en="Enrolled at the university."),
        criteria=Text.of(ja="学籍があること。", en="Being on the register of students."),
        language="ja",
        result_descriptions=tuple(
            ResultDescription(id=f"urn:uuid:3a1b0c52-6f0e-4d7c-9a55-0f6d6d1f2a{part}", name=name, type=kind)
            for part, name, kind in _STATED
        ),
    )


def _grades() -> Achievement:
    return Achievement(
        id="urn:uuid:3a1b0c52-6f0e-4d7c-9a55-0f6d6d1f2a04",
        type="Certificate",
        name=Text.of(ja="工学部 情報工学科 学業成績", en="Grades, Department of Information Engineering"),
        description=Text.of(ja="修得した科目と成績。", en="The courses passed, with their grades."),
        criteria=Text.of(ja="各科目の評価による。", en="By the assessment of each course."),
        language="ja",
    )
