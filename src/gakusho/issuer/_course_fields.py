# SPDX-License-Identifier: Apache-2.0
"""The fields of a table that has one row a course: what was taken, and how it went."""

from __future__ import annotations

from gakusho.issuer._field import Field, Kind
from gakusho.model.text import Text

COURSE_NAME = "course_name"
"""The field that makes a table one of courses."""
WHOLE = ("全科目", "all")
PART = ("一部", "part")
KINDS = {
    # what is written in the cell → Open Badges 3.0, AchievementType
    "科目": "Course",
    "course": "Course",
    "マイクロクレデンシャル": "MicroCredential",
    "micro-credential": "MicroCredential",
}

COURSE_FIELDS: tuple[Field, ...] = (
    Field(
        name="course_code",
        label=Text.of(ja="科目コード", en="Course code"),
        kind=Kind.NUMBER_TEXT,
        limit=60,
        aliases=(
            "科目番号",
            "授業コード",
            "授業科目コード",
            "科目cd",
            "ナンバリング",
            "科目ナンバー",
            "course number",
            "course id",
            "course no",
        ),
        guide=Text.of(
            ja="科目の番号。同じ科目を同じものとして扱うために使います。",
            en="The number of the course, by which the same course is known as the same.",
        ),
        sample="MA101",
    ),
    Field(
        name=COURSE_NAME,
        label=Text.of(ja="科目名", en="Course name"),
        required=True,
        aliases=("授業科目名", "授業科目", "科目", "授業名", "科目名称", "course title", "course", "subject"),
        guide=Text.of(
            ja="科目の名称。この列があると、一科目一行の表として読みます。",
            en="What the course is called. A table with this column is read as one row a course.",
        ),
        sample="線形代数",
    ),
    Field(
        name="course_name_en",
        label=Text.of(ja="科目名(英語)", en="Course name in English"),
        aliases=(
            "科目名英語",
            "英文科目名",
            "科目英語名",
            "科目名英",
            "course name en",
            "course title english",
        ),
        guide=Text.of(ja="英語の名称。なければ空欄。", en="The name in English, where that is another."),
        sample="Linear Algebra",
    ),
    Field(
        name="course_type",
        label=Text.of(ja="種別", en="Kind"),
        aliases=("科目種別", "course type", "course kind", "type"),
        allowed_values=tuple(KINDS),
        guide=Text.of(
            ja="「科目」または「マイクロクレデンシャル」。空欄は科目です。",
            en="“course” or “micro-credential”; empty means a course.",
        ),
    ),
    Field(
        name="credits",
        label=Text.of(ja="単位数", en="Credits"),
        kind=Kind.DECIMAL,
        limit=10,
        aliases=("単位", "修得単位", "修得単位数", "取得単位数", "credit", "units", "credits earned"),
        guide=Text.of(ja="修得した単位の数。", en="How many credits were earned."),
        sample="2",
    ),
    Field(
        name="grade",
        label=Text.of(ja="評価", en="Grade"),
        required=True,
        limit=60,
        aliases=("成績", "評語", "成績評価", "評点", "mark", "result", "grades"),
        guide=Text.of(
            ja="評語または点数を、そのまま記します。合否や平均は計算しません。",
            en="The grade as it is to be written. Nothing is computed from it.",
        ),
        sample="優",
    ),
    Field(
        name="grade_en",
        label=Text.of(ja="評価(英語)", en="Grade in English"),
        limit=60,
        aliases=("評価英語", "成績英語", "評語英語", "英文評価", "grade en", "grade english"),
        guide=Text.of(
            ja="英文・和英併記の成績証明書に記す評語。空欄なら日本語のまま記します。",
            en="Printed on English and bilingual transcripts; when empty they print the Japanese one.",
        ),
        sample="A",
    ),
    Field(
        name="term",
        label=Text.of(ja="学期", en="Term"),
        limit=60,
        aliases=("履修学期", "履修年度", "年度学期", "修得年度", "開講学期", "semester", "academic term"),
        guide=Text.of(ja="履修した年度と学期。", en="Year and term in which it was taken."),
        sample="2024前期",
    ),
    Field(
        name="term_en",
        label=Text.of(ja="学期(英語)", en="Term in English"),
        limit=60,
        aliases=("学期英語", "履修学期英語", "開講学期英語", "term en", "term english", "semester english"),
        guide=Text.of(
            ja="英文・和英併記の成績証明書に記す学期。空欄なら日本語のまま記します。",
            en="Printed on English and bilingual transcripts; when empty they print the Japanese one.",
        ),
        sample="Spring 2024",
    ),
    Field(
        name="completed_on",
        label=Text.of(ja="修得年月日", en="Date completed"),
        kind=Kind.DATE,
        aliases=("修得日", "単位修得日", "completed on", "completion date"),
        guide=Text.of(
            ja="科目を修得した日。空欄なら授与年月日と同じです。",
            en="The day the course was completed; empty means the date awarded.",
        ),
    ),
    Field(
        name="instructor",
        label=Text.of(ja="担当教員", en="Instructor"),
        aliases=("担当者", "教員名", "担当教員名", "教員", "teacher", "lecturer", "professor"),
        guide=Text.of(ja="担当した教員。なければ空欄。", en="Who taught it; may be left out."),
    ),
    Field(
        name="coverage",
        label=Text.of(ja="記載範囲", en="Coverage"),
        aliases=("記載科目", "coverage", "record coverage"),
        allowed_values=(*WHOLE, *PART),
        guide=Text.of(
            ja="その学習者の全科目を載せるなら「全科目」。空欄と「一部」は、ほかにもあり得ると記します。",
            en="“all” when every course of the learner is here; empty or “part” says that there may be more.",
        ),
    ),
)


def sample_course(language: str, field: Field) -> str:
    """Give what a field of the first course in the template holds."""
    return "Linear Algebra" if field.name == COURSE_NAME and language != "ja" else field.sample


def second_course(language: str) -> dict[str, str]:
    """Give the second course in the template, by field."""
    names = ("情報倫理", "Information Ethics")
    return {
        "course_code": "CS110",
        COURSE_NAME: names[0] if language == "ja" else names[1],
        "course_name_en": names[1],
        "credits": "2",
        "grade": "良",
        "grade_en": "B",
        "term": "2024後期",
        "term_en": "Fall 2024",
    }
