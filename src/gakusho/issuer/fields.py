# SPDX-License-Identifier: Apache-2.0
"""The fields a row of an upload may have, the names their columns go by, and the template to fill in."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from gakusho.issuer._course_fields import COURSE_FIELDS as COURSE_FIELDS  # noqa: PLC0414
from gakusho.issuer._course_fields import COURSE_NAME, sample_course, second_course
from gakusho.issuer._english_fields import with_english
from gakusho.issuer._field import Field as Field  # noqa: PLC0414  # callers find it here
from gakusho.issuer._field import Kind as Kind  # noqa: PLC0414
from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.text import Text

RESULT = "result:"
"""A field of this prefix holds the result of the description whose id follows."""
COURSE = "course:"
"""A field of this prefix holds the grade, credits and term of the course whose name follows."""

_COURSE_HEADER = re.compile(r"^\s*(?:科目|course)\s*[::]\s*(?P<name>\S.*?)\s*$", re.IGNORECASE)
_NOISE = re.compile(r"[\s_\-‐・.*※＊()()\[\]【】「」/／::]+")
_NUMERIC_RESULTS = {"GradePointAverage", "Percent", "RawScore"}


_FIELDS: tuple[Field, ...] = (
    Field(
        name="name",
        label=Text.of(ja="氏名", en="Name"),
        required=True,
        kind=Kind.NAME,
        aliases=(
            "name",
            "full name",
            "学生氏名",
            "名前",
            "氏名漢字",
            "漢字氏名",
            "学生名",
            "お名前",
            "student name",
        ),
        guide=Text.of(
            ja="証明書に記す氏名。異体字はそのまま書き、外字は使わないでください。",
            en="The name as it stands on the certificate, in its owner's script.",
        ),
        sample="見本 花子",
    ),
    Field(
        name="name_kana",
        label=Text.of(ja="氏名カナ", en="Name in kana"),
        kind=Kind.KANA,
        aliases=(
            "kana",
            "name kana",
            "カナ氏名",
            "氏名カタカナ",
            "フリガナ",
            "ふりがな",
            "氏名フリガナ",
            "カナ",
            "氏名かな",
            "ヨミガナ",
            "よみがな",
        ),
        guide=Text.of(
            ja="全角カタカナの読み。半角カナとひらがなは全角カタカナに直します。",
            en="How the name is read, in katakana. Half-width kana and hiragana are turned into katakana.",
        ),
        sample="ミホン ハナコ",
    ),
    Field(
        name="name_romaji",
        label=Text.of(ja="氏名ローマ字", en="Name in Latin letters"),
        kind=Kind.ROMAJI,
        aliases=(
            "romaji",
            "name romaji",
            "ローマ字氏名",
            "ローマ字",
            "英字氏名",
            "氏名英字",
            "氏名英語",
            "英文氏名",
            "氏名英",
            "english name",
            "name english",
            "name en",
            "latin name",
            "name latin",
        ),
        guide=Text.of(
            ja="パスポートと同じつづり。英文・和英併記の証明書に記します。",
            en="As in the passport; written on English and bilingual certificates.",
        ),
        sample="MIHON Hanako",
    ),
    Field(
        name="former_name",
        label=Text.of(ja="旧姓・旧氏名", en="Former name"),
        kind=Kind.NAME,
        aliases=("旧姓", "旧氏名", "旧氏", "former name", "maiden name", "previous name"),
        guide=Text.of(
            ja="併記する旧姓または旧氏名。なければ空欄。", en="A former name to be kept with it, if any."
        ),
    ),
    Field(
        name="email",
        label=Text.of(ja="メールアドレス", en="E-mail address"),
        kind=Kind.EMAIL,
        limit=254,
        aliases=(
            "email",
            "mail",
            "e mail",
            "mail address",
            "メール",
            "電子メール",
            "eメール",
            "メアド",
            "emailaddress",
            "学生メールアドレス",
        ),
        guide=Text.of(
            ja="受け取りの案内を送る宛先。卒業後も使えるアドレスをお勧めします。",
            en="Where the claim mail goes; best an address that lasts beyond graduation.",
        ),
        sample="hanako@mihon.example",
    ),
    Field(
        name="student_number",
        label=Text.of(ja="学籍番号", en="Student number"),
        kind=Kind.NUMBER_TEXT,
        limit=100,
        aliases=(
            "student number",
            "student id",
            "student no",
            "studentid",
            "学生番号",
            "学籍no",
            "学生証番号",
            "学生id",
            "学籍id",
        ),
        guide=Text.of(
            ja="全角の英数字は半角に直します。同じ番号は一つの表に一度だけ。",
            en="Full-width letters and digits are made half-width. Each number once in a table.",
        ),
        sample="22A0001",
    ),
    Field(
        name="birth_date",
        label=Text.of(ja="生年月日", en="Date of birth"),
        kind=Kind.DATE,
        aliases=("birth date", "date of birth", "birthday", "dob", "誕生日", "生年月日西暦", "生年月日和暦"),
        guide=Text.of(
            ja="2004-04-02、2004/4/2、平成16年4月2日、H16.4.2 のいずれでも。",
            en="2004-04-02, 2004/4/2, 平成16年4月2日 or H16.4.2.",
        ),
        sample="2004-04-02",
    ),
    Field(
        name="issue_number",
        label=Text.of(ja="文書発行番号", en="Issue number"),
        kind=Kind.NUMBER_TEXT,
        limit=100,
        aliases=(
            "issue number",
            "document number",
            "certificate number",
            "certificate no",
            "発行番号",
            "証書番号",
            "証明書番号",
            "文書番号",
            "学位記番号",
            "issue no",
        ),
        guide=Text.of(
            ja="証明書ごとに一つ。PDFを持ち込むときは、この番号をファイル名に含めると行と結び付きます。",
            en="One for each certificate. Your own PDFs are matched to rows when their names contain it.",
        ),
        sample="第2026-0001号",
    ),
    Field(
        name="awarded_on",
        label=Text.of(ja="授与年月日", en="Date awarded"),
        required=True,
        kind=Kind.DATE,
        aliases=(
            "awarded on",
            "award date",
            "date awarded",
            "授与日",
            "学位授与日",
            "学位授与年月日",
            "卒業年月日",
            "卒業日",
            "修了年月日",
            "修了日",
            "認定日",
            "取得日",
            "発行日",
            "date of award",
            "graduation date",
            "issued on",
            "issue date",
        ),
        guide=Text.of(
            ja="2026-03-25、2026/3/25、2026年3月25日、令和8年3月25日、R8.3.25 のいずれでも。",
            en="2026-03-25, 2026/3/25, 令和8年3月25日 or R8.3.25.",
        ),
        sample="2026-03-25",
    ),
    Field(
        name="valid_until",
        label=Text.of(ja="有効期限", en="Valid until"),
        kind=Kind.DATE,
        aliases=(
            "valid until",
            "expires",
            "expiry date",
            "expiration date",
            "有効期限日",
            "失効日",
            "有効期間満了日",
        ),
        guide=Text.of(
            ja="期限のない証明なら空欄。その日の終わりまで有効です。", en="Empty when it does not expire."
        ),
    ),
    Field(
        name="faculty",
        label=Text.of(ja="学部・研究科", en="Faculty"),
        aliases=("faculty", "school", "学部", "研究科", "学部研究科", "所属", "学部学科"),
        guide=Text.of(
            ja="所属した学部または研究科。証明書の本文に記します。",
            en="Written in the text of the certificate.",
        ),
        sample="工学部",
    ),
    Field(
        name="major",
        label=Text.of(ja="学科・専攻", en="Major"),
        aliases=("major", "department", "学科", "専攻", "学科専攻", "コース", "専攻名", "学科名"),
        guide=Text.of(ja="学科、専攻またはコース。", en="Department, major or course of study."),
        sample="情報工学科",
    ),
    Field(
        name="degree",
        label=Text.of(ja="学位", en="Degree"),
        aliases=("degree", "学位名", "学位の名称", "取得学位", "degree name"),
        guide=Text.of(
            ja="学位の名称。行ごとに異なるときだけ。", en="Name of the degree, when rows differ in it."
        ),
        sample="学士(工学)",
    ),
    Field(
        name="narrative",
        label=Text.of(ja="備考(証明書に記載)", en="Narrative"),
        limit=2000,
        aliases=("narrative", "remarks", "remark", "備考", "特記事項", "摘要", "記載事項"),
        guide=Text.of(
            ja="証明書に載せる文。内部のメモは書かないでください。",
            en="Written into the credential for all to read.",
        ),
    ),
    Field(
        name="addressee",
        label=Text.of(ja="提出先", en="Addressee"),
        aliases=("addressee", "submit to", "提出先名", "宛先", "宛名"),
        guide=Text.of(
            ja="証明書に記す提出先。なければ空欄。", en="Whom the certificate is addressed to, if anybody."
        ),
    ),
    Field(
        name="purpose",
        label=Text.of(ja="用途", en="Purpose"),
        aliases=("purpose", "使用目的", "目的", "利用目的"),
        guide=Text.of(
            ja="証明書に記す用途。なければ空欄。", en="What the certificate is for, if that is to be printed."
        ),
    ),
    Field(
        name="file",
        label=Text.of(ja="ファイル名", en="File name"),
        kind=Kind.FILE,
        limit=255,
        aliases=(
            "file",
            "file name",
            "filename",
            "pdf",
            "pdf file",
            "pdfファイル名",
            "pdfファイル",
            "ファイル",
        ),
        guide=Text.of(
            ja="持ち込むPDFのファイル名。空欄なら文書発行番号で結び付けます。",
            en="Name of your own PDF; when empty it is found by the issue number.",
        ),
    ),
)

FIELDS: tuple[Field, ...] = tuple(with_english(_FIELDS))


COPY_OF = Field(
    name="copy_of",
    label=Text.of(ja="原本の文書発行番号", en="Copy of (issue number)"),
    aliases=(
        "copy of",
        "copy of issue number",
        "原本",
        "原本発行番号",
        "元の文書発行番号",
        "original issue number",
    ),
    guide=Text.of(
        ja="提出先別の証明書を出すとき、すでに発行した証明の文書発行番号。",
        en="For an addressed copy: the issue number of the award that was issued already.",
    ),
)
"""With a column for it, every row of a table is an addressed copy of an award that is there."""


def fields_for(achievement: Achievement) -> tuple[Field, ...]:
    """Give the fields for awards of this achievement: the common ones and one for each of its results."""
    return (*FIELDS, *(_result_field(each) for each in achievement.result_descriptions))


def columns_for(achievement: Achievement) -> tuple[Field, ...]:
    """Give every field a column may be mapped to: of an award, of one course a row, of a copy."""
    return (*fields_for(achievement), *COURSE_FIELDS, COPY_OF)


def field_named(name: str, fields: Iterable[Field] = (*FIELDS, *COURSE_FIELDS, COPY_OF)) -> Field | None:
    """Give the field of this name, a column that is one course included, if there is one."""
    if name.startswith(COURSE) and len(name) > len(COURSE):
        return _course_field(name.removeprefix(COURSE))
    return next((each for each in fields if each.name == name), None)


def folded_header(header: str) -> str:
    """Give a header without what does not matter: width, case, spaces, brackets, marks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header).casefold())


def is_known_header(header: str) -> bool:
    """Tell whether a common field or a course goes by this header."""
    return folded_header(header) in _known() or bool(_COURSE_HEADER.match(header))


def guess_mapping(header: Sequence[str], fields: Iterable[Field] = FIELDS) -> dict[str, str]:
    """Give column → field for the columns whose header is known; each field at most once, first come.

    Give ``columns_for(achievement)`` as ``fields`` to have the achievement's results found too, and the
    fields of a course where there is a column for its name.
    """
    known = _headers_of(tuple(fields))
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for column in header:
        name = known.get(folded_header(column))
        if course := _COURSE_HEADER.match(unicodedata.normalize("NFKC", column)):
            name = COURSE + course["name"]
        if name and name not in taken:
            mapping[column] = name
            taken.add(name)
    if COURSE_NAME not in taken:
        of_courses = {each.name for each in COURSE_FIELDS}
        mapping = {column: name for column, name in mapping.items() if name not in of_courses}
    return mapping


def template_csv(
    achievement: Achievement, language: str, *, document_kind: str = "degree-certificate"
) -> bytes:
    """Give a CSV to fill in: the header and one sample row, in UTF-8 with BOM so that Excel opens it.

    For ``document_kind="transcript"`` two sample courses are added: one column a course, the cell
    holding grade, credits and term (``優/2/2024前期``; the last two may be left out). For ``"courses"``
    there is one row a course, two sample rows of one learner.
    """
    if document_kind == "courses":
        columns = list(_course_columns(achievement, language))
    else:
        columns = [(each.label.best(language, "en"), each.sample) for each in fields_for(achievement)]
    if document_kind == "transcript":
        word, names = (
            ("科目:", ("線形代数", "情報倫理"))
            if language == "ja"
            else ("course:", ("Linear Algebra", "Information Ethics"))
        )
        columns += [(word + names[0], "優/2/2024前期"), (word + names[1], "良/2")]
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(zip(*columns, strict=True))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _course_columns(achievement: Achievement, language: str) -> Iterator[tuple[str, ...]]:
    second = second_course(language)
    for each in fields_for(achievement):
        if each.name != "file":
            yield each.label.best(language, "en"), each.sample, each.sample
    for each in COURSE_FIELDS:
        yield each.label.best(language, "en"), sample_course(language, each), second.get(each.name, "")


COURSE_GUIDE = Text.of(
    ja="成績証明書では、科目ごとに一列を設け、見出しを「科目:線形代数」のように書きます。"
    "セルには「評価/単位数/学期」(例: 優/2/2024前期)を書き、単位数と学期は省けます。"
    "英語も記すなら「科目:線形代数 / Linear Algebra」「優 / A/2/2024前期 / Spring 2024」のように書きます。"
    "履修していない科目は空欄に。",
    en="For a transcript, give each course a column headed like “course:Linear Algebra”. "
    "A cell holds grade/credits/term (A/2/2024 spring); credits and term may be left out, "
    "and a course not taken is left empty. What is in Japanese may say its English after “ / ”.",
)


def _result_field(description: ResultDescription) -> Field:
    allowed = tuple(level.name for level in description.levels) or description.allowed_values
    numeric = description.type in _NUMERIC_RESULTS and not allowed
    between = _between(description) if numeric else None
    return Field(
        name=RESULT + description.id,
        label=Text.of(ja=description.name, en=description.name),
        kind=Kind.DECIMAL if numeric else Kind.TEXT,
        allowed_values=allowed,
        between=between,
        guide=_result_guide(allowed, between, numeric=numeric),
        sample=allowed[0] if allowed else f"{between[1]:g}" if between else "3.45" if numeric else "",
    )


def _between(description: ResultDescription) -> tuple[float, float] | None:
    try:
        least, most = float(description.value_min or "nan"), float(description.value_max or "nan")
    except ValueError:
        return None
    return (least, most) if least <= most else None


def _result_guide(allowed: tuple[str, ...], between: tuple[float, float] | None, *, numeric: bool) -> Text:
    if allowed:
        return Text.of(ja=f"{'、'.join(allowed)} のいずれか。", en=f"One of: {', '.join(allowed)}.")
    if between:
        least, most = between
        return Text.of(ja=f"{least:g}から{most:g}までの数値。", en=f"A number from {least:g} to {most:g}.")
    if numeric:
        return Text.of(ja="数値。", en="A number.")
    return Text.of(ja="成績または結果。", en="The result.")


def _course_field(name: str) -> Field:
    return Field(
        name=COURSE + name, label=Text.of(ja=name, en=name), guide=COURSE_GUIDE, kind=Kind.COURSE, limit=300
    )


def _headers_of(fields: tuple[Field, ...]) -> dict[str, str]:
    known: dict[str, str] = {}
    for each in fields:
        for header in (each.name, *(words for _, words in each.label), *each.aliases):
            known.setdefault(folded_header(header), each.name)
    return known


@cache
def _known() -> frozenset[str]:
    return frozenset(_headers_of((*FIELDS, *COURSE_FIELDS)))
