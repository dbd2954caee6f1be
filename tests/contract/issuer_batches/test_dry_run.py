# SPDX-License-Identifier: Apache-2.0
"""A dry run counts and tells everything, and signs, mails and keeps nothing but the upload."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from tests.contract.issuer_batches.conftest import DEGREE, Desk, archive, paper, table

from gakusho.errors import ConflictError, ForbiddenError, InputError, NotFoundError, UnreadableError
from gakusho.issuer import achievements, batches
from gakusho.issuer.choices import Choices
from gakusho.issuer.problem_sentences import problem_sentence
from gakusho.model.achievement import ResultDescription
from gakusho.model.problem import Severity
from gakusho.model.text import Text
from gakusho.store.tables import AwardRow, Batch, BatchRow, Mail, SealedRow


def create(desk: Desk, data: bytes, papers: bytes | None = None, **choices: object) -> batches.BatchView:
    with desk.work() as work:
        return batches.create(
            work,
            desk.preparer,
            achievement_id=desk.degree.id,
            table=data,
            table_name="卒業生.csv",
            papers=papers,
            choices=Choices(**choices),  # type: ignore[arg-type]  # any choice
        )


def rows_of(desk: Desk, view: batches.BatchView) -> list[batches.RowView]:
    with desk.work() as work:
        return batches.rows(work, desk.university.id, view.id, limit=10_000)


def test_a_good_upload_is_ready_and_read_back_as_it_was_written(desk: Desk) -> None:
    view = create(desk, table(1, 2, 3))
    assert view.state == "draft"
    assert view.counts == batches.Counts(rows=3, ready=3)
    assert view.encoding == "cp932"
    assert view.mapping["氏名"] == "name"
    assert (view.may_submit, view.prepared_by, view.name) == (True, "junbi", "卒業生.csv")
    row = rows_of(desk, view)[0]
    assert (row.number, row.name, row.state) == (2, "見本 花子乙", "ready")
    assert row.fields["awarded_on"] == "2026-03-25"


def test_nothing_is_signed_or_mailed(desk: Desk) -> None:
    view = create(desk, table(1, 2, 3))
    with desk.work() as work:
        batches.submit(work, desk.preparer, view.id)
        batches.previews(work, desk.university.id, view.id)
        for kept in (AwardRow, SealedRow, Mail):
            assert work.session.scalar(select(func.count()).select_from(kept)) == 0


def test_previews_are_the_awards_with_placeholder_ids(desk: Desk) -> None:
    view = create(desk, table(1, 2, 3, 4), document_language="ja-en", document_kind="diploma")
    with desk.work() as work:
        found = batches.previews(work, desk.university.id, view.id)
    assert [award.learner.student_number for award in found] == ["22A0001", "22A0002", "22A0003"]
    assert found[0].achievement == DEGREE
    assert found[0].issuer.id == "did:web:asanagi.example"
    assert (found[0].document.kind, found[0].document.signatory_name) == ("diploma", "汐見 遙")
    assert found[0].status == ()
    assert found[0].id.startswith("urn:uuid:00000000-")


def test_a_table_that_cannot_be_read_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(UnreadableError):
        create(desk, b"PK\x03\x04 xl/ [Content_Types].xml")
    with desk.work() as work:
        assert work.session.scalar(select(func.count()).select_from(Batch)) == 0


def test_a_missing_column_stops_the_batch(desk: Desk) -> None:
    view = create(desk, "学籍番号\n1\n".encode())
    assert [p.code for p in view.file_problems if p.severity is Severity.ERROR] == ["column-missing"] * 2
    assert view.may_submit is False
    with desk.work() as work:
        assert batches.previews(work, desk.university.id, view.id) == []


def test_a_mapping_is_chosen_and_remembered_for_such_a_header(desk: Desk) -> None:
    data = "だれ,いつ,余分\n見本 花子,2026-03-25,x\n".encode()
    assert create(desk, data).counts.errors == 0
    first = create(desk, data, mapping={"だれ": "name", "いつ": "awarded_on"}, notify=False)
    assert (first.counts.ready, first.file_problems[0].code) == (1, "column-unused")
    again = create(desk, data.replace("花子".encode(), "太郎".encode()), notify=False)
    assert again.mapping == {"だれ": "name", "いつ": "awarded_on"}
    other = create(desk, data.replace("余分".encode(), "別".encode()))
    assert other.mapping == {}


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"mapping": {"ない列": "name"}}, "mapping.column"),
        ({"mapping": {"氏名": "ない項目"}}, "mapping.field"),
        ({"mapping": {"氏名": "name", "学籍番号": "name"}}, "mapping.twice"),
        ({"formats": ("ない形式",)}, "choices"),
        ({"formats": ()}, "choices"),
        ({"duplicates": "x"}, "choices"),
        ({"document_kind": "x"}, "choices"),
        ({"document_language": "fr"}, "choices"),
    ],
)
def test_a_choice_that_is_not_one_is_refused(desk: Desk, choices: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as caught:
        create(desk, table(1), None, **choices)
    assert caught.value.code == code


def test_rows_of_a_program_are_read_by_field_names(desk: Desk) -> None:
    rows = [
        {
            "name": "見本 花子",
            "awarded_on": "2026-03-25",
            "student_number": "1",
            "result:urn:uuid:gpa": "3.1",
        },
        {"name": "", "awarded_on": "2026-03-25", "course:線形代数": "優/2"},
    ]
    with desk.work() as work:
        view = batches.create_from_rows(work, desk.preparer, achievement_id=desk.degree.id, rows=rows)
        found = batches.rows(work, desk.university.id, view.id)
    assert [(row.number, row.state) for row in found] == [(2, "ready"), (3, "error")]
    assert found[0].fields["result:urn:uuid:gpa"] == "3.1"
    assert found[1].fields["course:線形代数"] == "優/2"
    with desk.work() as work, pytest.raises(InputError):
        batches.create_from_rows(work, desk.preparer, achievement_id=desk.degree.id, rows=[])


@pytest.mark.parametrize(
    ("policy", "states", "replaces"),
    [
        ("reject", ["error", "error", "ready"], False),
        ("skip", ["skipped", "skipped", "ready"], False),
        ("supersede", ["warning", "warning", "ready"], True),
    ],
)
def test_what_was_issued_already_goes_by_the_policy(
    desk: Desk, policy: str, states: list[str], replaces: bool
) -> None:
    with desk.work() as work:
        old = [
            desk.awarded(work, student_number="22A0001"),
            desk.awarded(work, issue_number="第2026-0002号"),
            desk.awarded(work, student_number="22A0003", state="revoked"),
        ]
    view = create(desk, table(1, 2, 3), duplicates=policy)
    assert [row.state for row in rows_of(desk, view)] == states
    assert view.counts.duplicates == 2
    with desk.work() as work:
        kept = list(work.session.scalars(select(BatchRow.replaces_award_id).order_by(BatchRow.number)))
    assert kept == ([*old[:2], None] if replaces else [None] * 3)


def test_another_persons_award_is_never_replaced(desk: Desk) -> None:
    with desk.work() as work:
        desk.awarded(work, issue_number="第2026-0001号", student_number="他人")
        desk.awarded(work, student_number="22A0002")
        desk.awarded(work, issue_number="第2026-0002号")
    for policy in ("supersede", "skip"):
        view = create(desk, table(1, 2), duplicates=policy)
        first, second = rows_of(desk, view)
        assert [p.code for p in first.problems] == ["issue-number-taken"]
        assert first.state == "error"
        assert second.state == ("error" if policy == "supersede" else "skipped")


def test_a_person_without_a_number_is_known_by_address_and_name(desk: Desk) -> None:
    with desk.work() as work:
        desk.awarded(work, email="s1@mihon.example", name="見本 花子乙")
    view = create(desk, table(1, 2, student=""))
    assert [row.state for row in rows_of(desk, view)] == ["error", "ready"]


def test_another_universitys_awards_do_not_count(desk: Desk) -> None:
    with desk.work() as work:
        view = achievements.save(work, desk.preparer, replace(DEGREE, id="urn:uuid:other"))
        desk.awarded(work, student_number="22A0001", achievement_id=view.id)
    assert create(desk, table(1)).counts.duplicates == 0


def test_a_correction_names_the_award_it_replaces(desk: Desk) -> None:
    with desk.work() as work:
        old = desk.awarded(work, student_number="22A0001", issue_number="第2026-0001号")
        gone = desk.awarded(work, student_number="22A0009", state="revoked")
    view = create(desk, table(1), replaces={"2": old})
    assert (view.counts.ready, view.counts.duplicates, view.may_submit) == (1, 0, True)
    assert create(desk, table(1, student="訂正"), replaces={"2": old}).counts.ready == 0  # its issue number
    assert [p.code for p in rows_of(desk, create(desk, table(8), replaces={"2": gone}))[0].problems] == [
        "replaces-gone"
    ]


def test_papers_are_matched_checked_and_kept_by_row(desk: Desk) -> None:
    good = paper("1")
    papers = archive(
        {
            "第2026-0001号.pdf": good,
            "第2026-0002号.pdf": good,
            "第2026-0003号.pdf": b"%PDF-1.7 broken",
            "第2026-0099号.pdf": paper("99"),
            "../x.pdf": paper("x"),
        }
    )
    view = create(desk, table(1, 2, 3, 4), papers)
    codes = {row.number: [p.code for p in row.problems] for row in rows_of(desk, view)}
    assert codes == {2: [], 3: ["paper.same-content"], 4: ["paper.broken"], 5: ["paper.missing"]}
    assert [(p.code, p.file) for p in view.file_problems] == [
        ("paper.unsafe-name", "../x.pdf"),
        ("paper.unmatched", "第2026-0099号.pdf"),
    ]
    assert (view.counts.unmatched_rows, view.counts.unmatched_files, view.has_papers) == (1, 1, True)
    with desk.work() as work:
        kept = work.session.scalar(select(BatchRow.paper_file).where(BatchRow.number == 2))
        assert kept is not None
        assert work.files.get(kept) == good


def test_papers_that_nothing_would_hold_are_told(desk: Desk) -> None:
    view = create(desk, table(1), archive({"第2026-0001号.pdf": paper("1")}), formats=("open-badges-3",))
    assert [p.code for p in view.file_problems] == ["paper.unused"]


def test_a_name_is_kept_without_folders_and_controls(desk: Desk) -> None:
    with desk.work() as work:
        view = batches.create(
            work,
            desk.preparer,
            achievement_id=desk.degree.id,
            table=table(1),
            table_name="C:\\教務\\卒業\x00生.csv",
        )
        named = batches.create(
            work,
            desk.preparer,
            achievement_id=desk.degree.id,
            table=table(1),
            table_name="t.csv",
            name=" 卒業生 / Class\x00 of 2026",
        )
    assert (view.table_name, view.name) == ("卒業生.csv", "卒業生.csv")
    assert named.name == "卒業生 / Class of 2026"


def test_a_character_that_no_page_can_write_is_told_before_anything_is_signed(desk: Desk) -> None:
    data = (
        "氏名,氏名ローマ字,授与年月日,学籍番号,科目:線形代数\n"
        "見本 花子,MIHON Hanako,2026-03-25,1,優\n"
        "見本 \U00013000,MIHON Taro,2026-03-25,2,優\n"
        "見本 次郎,MIHON Jiro,2026-03-25,3,\u0e01\n"
    ).encode()
    view = create(desk, data, notify=False)
    found = [(row.number, row.state, [p.code for p in row.problems]) for row in rows_of(desk, view)]
    assert found == [(2, "ready", []), (3, "error", ["missing-glyph"]), (4, "error", ["missing-glyph"])]
    problem = rows_of(desk, view)[1].problems[0]
    assert (problem.column, problem.value) == ("氏名", "見本 \U00013000")
    assert "U+13000" in dict(problem.facts)["characters"]
    assert create(desk, data, notify=False, formats=("open-badges-3",)).counts.ready == 3


@pytest.mark.parametrize("column", ["発行番号", "学部"])
def test_a_missing_glyph_is_told_at_the_cell_that_holds_it(desk: Desk, column: str) -> None:
    data = f"氏名,授与年月日,{column}\n見本 花子,2026-03-25,甲\n見本 太郎,2026-03-25,乙\U0001f600\n".encode()
    view = create(desk, data, notify=False)
    assert view.file_problems == ()
    found = rows_of(desk, view)
    assert [row.state for row in found] == ["ready", "error"]
    assert {(p.code, p.column, p.value) for p in found[1].problems} == {
        ("missing-glyph", column, "乙\U0001f600")
    }


def test_a_character_that_one_row_does_not_print_is_still_told_where_another_prints_it(desk: Desk) -> None:
    data = (
        "氏名,旧姓,授与年月日\n見本 花子,太郎 \U0001f600,2026-03-25\n見本 太郎 \U0001f600,,2026-03-25\n"
    ).encode()
    view = create(desk, data, notify=False)
    assert [row.state for row in rows_of(desk, view)][1] == "error"


def test_a_missing_glyph_of_a_course_is_told_at_the_course_and_once(desk: Desk) -> None:
    data = (
        "氏名,学籍番号,授与年月日,科目名,科目名（英語）,評価\n見本 花子,1,2026-03-25,線形代数,Algebra,優\n"
        "見本 花子,1,2026-03-25,古代文字\U00013000,Scripts,良\n"
    ).encode()
    view = create(desk, data, notify=False, formats=("clr-2", "signed-pdf"), document_kind="transcript")
    assert view.file_problems == ()
    [problem] = rows_of(desk, view)[0].problems
    assert (problem.code, problem.column, problem.value) == ("missing-glyph", "科目名", "古代文字\U00013000")
    assert "科目・成績" in problem_sentence(problem, "ja")


def test_an_addressee_that_no_document_prints_is_told(desk: Desk) -> None:
    data = "氏名,学籍番号,授与年月日,提出先\n見本 花子,1,2026-03-25,株式会社みなと\n".encode()
    for kind, told in (("diploma", ["address-unprinted"]), ("graduation", [])):
        view = create(desk, data, notify=False, document_kind=kind)
        assert [p.code for p in view.file_problems] == told
        assert view.counts.errors == 0


def test_a_transcript_that_lists_nothing_is_refused(desk: Desk) -> None:
    data = "氏名,学籍番号,授与年月日\n見本 花子,1,2026-03-25\n".encode()
    view = create(desk, data, notify=False, document_kind="transcript")
    assert [[p.code for p in row.problems] for row in rows_of(desk, view)] == [["document.no-results"]]


def test_a_character_of_the_achievement_that_no_page_can_write_is_told_once(desk: Desk) -> None:
    with desk.work() as work:
        new = replace(DEGREE, name=Text.of(ja="学士\U00013000"))
        achievements.save(work, desk.preparer, new, id=desk.degree.id)
    view = create(desk, table(1, 2))
    assert [p.code for p in view.file_problems] == ["missing-glyph"]
    assert (view.may_submit, view.counts.errors) == (False, 0)


def test_what_a_document_must_say_is_told_before_anything_is_signed(desk: Desk) -> None:
    with desk.work() as work:
        hours = ResultDescription(
            id="urn:uuid:00000000-0000-4000-8000-0000000000a1", name="総時間数", type="RawScore"
        )
        program = replace(DEGREE, type="CertificateOfCompletion", result_descriptions=(hours,))
        achievements.save(work, desk.preparer, program, id=desk.degree.id)
    data = (
        "氏名,授与年月日,学籍番号,総時間数\n"
        "見本 花子,2026-03-25,1,60\n見本 太郎,2026-03-25,2,59\n見本 次郎,2026-03-25,3,\n"
    ).encode()
    view = create(desk, data, notify=False, document_kind="special-program")
    found = [(row.number, [p.code for p in row.problems]) for row in rows_of(desk, view)]
    assert found == [(2, []), (3, ["document.few-hours"]), (4, ["document.no-hours"])]
    assert create(desk, data, notify=False, document_kind="completion").counts.ready == 3


def test_a_degree_is_not_given_to_who_only_studies_and_it_is_told_once(desk: Desk) -> None:
    view = create(desk, table(1, 2), document_kind="enrollment")
    assert [p.code for p in view.file_problems] == ["document.claims-degree"]
    assert not view.may_submit


def test_a_file_that_is_named_but_not_there_is_told(desk: Desk) -> None:
    data = "氏名,授与年月日,ファイル名\n見本 花子,2026-03-25,a.pdf\n見本 太郎,2026-03-25,\n".encode()
    view = create(desk, data, notify=False)
    assert [(r.number, [p.code for p in r.problems]) for r in rows_of(desk, view)] == [
        (2, ["paper.missing"]),
        (3, []),
    ]


def test_the_error_file_says_where_what_and_how_and_no_spreadsheet_computes_it(desk: Desk) -> None:
    data = (
        "氏名,授与年月日,提出先,学籍番号\n"
        "見本 花子,2026-02-30,\"=cmd|' /C calc'!A0\",1\n"
        ",令和8年3月25日,＠x,1\n"
    )
    view = create(desk, data.encode(), notify=False)
    with desk.work() as work:
        japanese = batches.error_csv(work, desk.university.id, view.id, "ja")
        english = batches.error_csv(work, desk.university.id, view.id, "en")
    assert japanese.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(japanese.decode("utf-8-sig"), newline="")))
    assert lines[0] == ["行", "列", "値", "ファイル", "区分", "内容", "直し方"]
    assert lines[1][:5] == ["2", "授与年月日", "2026-02-30", "", "エラー"]
    assert lines[1][5] == "2026年2月は28日までです。30日はありません。"
    assert {line[2] for line in lines} >= {"'=cmd|' /C calc'!A0", "'＠x"}
    assert all(
        not cell.startswith(("=", "+", "-", "@", "＝", "＠", "\t", "\r")) for line in lines for cell in line
    )
    other = list(csv.reader(io.StringIO(english.decode("utf-8-sig"), newline="")))
    assert len(other) == len(lines)
    assert other[1][5] == "Month 2 of 2026 has 28 days; there is no day 30."


def test_rows_are_paged_and_those_with_problems_found(desk: Desk) -> None:
    data = table(*range(1, 30)) + table(30, day="?").split(b"\n", 1)[1]
    view = create(desk, data)
    with desk.work() as work:
        first = batches.rows(work, desk.university.id, view.id, limit=10)
        second = batches.rows(work, desk.university.id, view.id, after=first[-1].number, limit=10)
        problems = batches.rows(work, desk.university.id, view.id, only_problems=True)
    assert [row.number for row in first + second] == list(range(2, 22))
    assert [row.number for row in problems] == [31]


def test_only_who_prepares_may_and_only_for_his_institution(desk: Desk) -> None:
    stranger = replace(desk.preparer, institution_id="other")
    with desk.work() as work, pytest.raises(ForbiddenError):
        batches.create(work, desk.approver, achievement_id=desk.degree.id, table=table(1), table_name="x")
    with desk.work() as work, pytest.raises(NotFoundError):
        batches.create(work, stranger, achievement_id=desk.degree.id, table=table(1), table_name="x")
    view = create(desk, table(1))
    with desk.work() as work:
        for call in (batches.batch, batches.rows, batches.previews, batches.progress):
            with pytest.raises(NotFoundError):
                call(work, "other", view.id)
        with pytest.raises(NotFoundError):
            batches.error_csv(work, "other", view.id, "ja")
        with pytest.raises(NotFoundError):
            batches.change(work, stranger, view.id)
        assert batches.batches(work, "other") == []


def test_an_achievement_put_aside_is_not_awarded(desk: Desk) -> None:
    with desk.work() as work:
        achievements.archive(work, desk.preparer, desk.degree.id)
    with pytest.raises(ConflictError):
        create(desk, table(1))


def test_batches_are_listed_newest_first_page_by_page(desk: Desk) -> None:
    views = [create(desk, table(n)) for n in range(5)]
    with desk.work() as work:
        first = batches.batches(work, desk.university.id, limit=3)
        rest = batches.batches(work, desk.university.id, limit=3, before=first[-1].id)
    assert [view.id for view in first + rest] == [view.id for view in reversed(views)]


def test_two_thousand_rows_take_less_than_two_seconds_of_work(desk: Desk) -> None:
    data = table(*range(1, 2001))
    begun = time.process_time()
    view = create(desk, data)
    assert time.process_time() - begun < 2
    assert view.counts.ready == 2000


def test_an_achievement_is_kept_in_versions(desk: Desk) -> None:
    with desk.work() as work:
        same = achievements.save(work, desk.preparer, DEGREE, id=desk.degree.id)
        new = replace(DEGREE, name=Text.of(ja="学士(理学)"), image=None)
        changed = achievements.save(work, desk.preparer, new, id=desk.degree.id)
        desk.awarded(work)
        found = achievements.achievement(work, desk.university.id, desk.degree.id)
        assert (same.version, changed.version, found.version, found.award_count) == (1, 2, 2, 1)
        assert found.achievement == new
        with pytest.raises(ForbiddenError):
            achievements.save(work, desk.approver, DEGREE)
        with pytest.raises(NotFoundError):
            achievements.achievement(work, "other", desk.degree.id)
        achievements.archive(work, desk.preparer, desk.degree.id)
        assert achievements.achievements(work, desk.university.id) == []
        assert len(achievements.achievements(work, desk.university.id, include_archived=True)) == 1
