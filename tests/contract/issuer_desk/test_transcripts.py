# SPDX-License-Identifier: Apache-2.0
"""Rows of courses become transcripts, issued, corrected and revoked as any award is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.fakes.desk import Desk, approved, issue_all, learners, open_desk

from gakusho.fetch import MemoryFetcher
from gakusho.issuer import awards, batches, publication
from gakusho.issuer.choices import Choices
from gakusho.issuer.compose import award_from_dict
from gakusho.issuer.courses import unpacked
from gakusho.model.award import Award
from gakusho.model.report import Headline, Report
from gakusho.store.work import Work, Workplace
from gakusho.verifier.verify import verify

COURSES = (
    {
        "course_code": "MA101",
        "course_name": "線形代数 / 演習",
        "course_name_en": "Linear Algebra / Seminar",
        "credits": "2",
        "grade": "秀",
        "term": "2022前期",
    },
    {"course_code": "CS110", "course_name": "情報倫理", "credits": "2", "grade": "優", "term": "2022後期"},
)
RECORDS = Choices(formats=("clr-2",), awarded_on=date(2026, 3, 25))


def rows(count: int) -> list[dict[str, str]]:
    """Give a row for each course of so many learners, the learners one after the other in each term."""
    return [{**learner, "coverage": "all", **course} for course in COURSES for learner in learners(count)]


def report_on(work: Work, award_id: str, form: str = "clr-2") -> Report:
    fetcher = MemoryFetcher(publication.documents_of(work, [award_id]), now=lambda: work.now)
    return verify(awards.sealed(work, award_id, form).data, now=work.now, fetcher=fetcher)


def issued(place: Workplace, count: int, choices: Choices = RECORDS) -> tuple[Desk, list[str]]:
    with place.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, rows(count), choices=choices)
        assert batch.counts.rows == count
    assert issue_all(place, batch.id) == count
    with place.work() as work:
        return desk, [view.id for view in awards.find(work, desk.institution.id, batch_id=batch.id)]


def test_each_learner_has_one_transcript_of_every_course(workplace: Workplace) -> None:
    _, ids = issued(workplace, 3)
    with workplace.work() as work:
        for award_id in ids:
            report = report_on(work, award_id)
            assert (report.headline, len(report.carried)) == (Headline.VALID, 3)
            kept, read = awards.full(work, award_id), report.credential
            assert read is not None
            assert [one.achievement.code for one in read.components] == ["MA101", "CS110"]
            assert [one.results for one in read.components] == [one.results for one in kept.components]
            assert (read.associations, read.partial) == (kept.associations, False)


def test_a_list_of_transcripts_reads_none_of_their_courses(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of two hundred would take seconds."""
    desk, ids = issued(workplace, 2)
    seen: list[Award] = []

    def watched(*given: Any, **named: Any) -> Award:
        seen.append(award_from_dict(*given, **named))
        return seen[-1]

    monkeypatch.setattr(awards, "award_from_dict", watched)
    with workplace.work(read_only=True) as work:
        found = awards.find(work, desk.institution.id)
        assert {view.id for view in found} == set(ids)
        assert [award.components for award in seen] == [(), ()]
        assert len(awards.full(work, ids[0]).components) == 2


def test_a_transcript_stands_in_the_pdf_too(workplace: Workplace) -> None:
    both = replace(
        RECORDS,
        formats=("open-badges-3", "clr-2", "signed-pdf"),
        document_kind="transcript",
        document_language="ja-en",  # a credential has both names in one text
    )
    _, [award_id] = issued(workplace, 1, both)
    with workplace.work() as work:
        report = report_on(work, award_id, "signed-pdf")
        assert report.headline is Headline.VALID, report.checks
        assert report.credential is not None
        assert len(report.credential.components) == 2
        [compared] = [check for check in report.checks if check.code == "pdf.matches-credential"]
        assert "results" in compared.facts["compared"].split(", "), "the page lists no course"


def test_a_correction_keeps_the_courses(workplace: Workplace) -> None:
    desk, [award_id] = issued(workplace, 1)
    with workplace.work() as work:
        before = awards.full(work, award_id)
        batch = awards.correct(work, desk.preparer, award_id, {"name": "佐藤 改"})
        submitted = batches.submit(work, desk.preparer, batch.id)
        batches.approve(work, desk.approver, batch.id, str(submitted.content_digest))
    assert issue_all(workplace, batch.id) == 1
    with workplace.work() as work:
        view = awards.award(work, desk.institution.id, award_id)
        assert (view.state, report_on(work, award_id).headline) == ("superseded", Headline.REPLACED)
        after = awards.full(work, str(view.superseded_by))
        assert [one.results[0].value for one in after.components] == ["秀", "優"]
        assert {one.learner.name.full for one in after.components} == {"佐藤 改"}
        assert [one.achievement for one in after.components] == [one.achievement for one in before.components]
        assert report_on(work, str(view.superseded_by)).headline is Headline.VALID


def test_a_revoked_transcript_takes_its_courses_with_it(workplace: Workplace) -> None:
    desk, ids = issued(workplace, 2)
    with workplace.work() as work:
        awards.revoke(work, desk.approver, ids[:1], "誤って発行")
    with workplace.work() as work:
        revoked, standing = (report_on(work, each) for each in ids)
        assert {one.headline for one in (revoked, *revoked.carried)} == {Headline.REVOKED}
        assert standing.headline is Headline.VALID


def test_the_dry_run_keeps_one_row_a_learner_and_problems_where_they_stand(workplace: Workplace) -> None:
    wrong = rows(2)
    wrong[3] = {**wrong[3], "grade": ""}
    with workplace.work() as work:
        desk = open_desk(work)
        batch = batches.create_from_rows(
            work, desk.preparer, achievement_id=desk.achievement_id, rows=wrong, choices=RECORDS
        )
        assert (batch.counts.rows, batch.counts.ready, batch.counts.errors) == (2, 1, 1)
        assert not batch.may_submit
        [good, bad] = batches.rows(work, desk.institution.id, batch.id)
        assert ((good.number, good.courses), (bad.number, bad.courses)) == ((2, 2), (3, 2))
        assert [(each.code, each.row, each.column) for each in bad.problems] == [("missing", 5, "grade")]
        assert [each.grade for each in unpacked(good.fields)] == ["秀", "優"]
        [preview] = batches.previews(work, desk.institution.id, batch.id)
        assert len(preview.components) == 2


def test_a_batch_whose_formats_hold_no_courses_cannot_be_submitted(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = batches.create_from_rows(
            work,
            desk.preparer,
            achievement_id=desk.achievement_id,
            rows=rows(1),
            choices=replace(RECORDS, formats=("open-badges-3",)),
        )
        assert "courses-unsaid" in [each.code for each in batch.file_problems]
        assert not batch.may_submit
