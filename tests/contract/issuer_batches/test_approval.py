# SPDX-License-Identifier: Apache-2.0
"""What a second person approved is exactly what was submitted, or nothing is approved."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select
from tests.contract.issuer_batches.conftest import DEGREE, Desk, archive, paper, table

from gakusho.errors import ConflictError, ForbiddenError, InputError, RowsError, SamePersonError
from gakusho.issuer import achievements, batches, institutions
from gakusho.issuer.access import Role
from gakusho.issuer.batches import BatchView
from gakusho.issuer.choices import Choices
from gakusho.model.text import Text
from gakusho.store.tables import Batch, BatchRow, Event
from gakusho.store.work import Work


def submitted(desk: Desk, data: bytes | None = None, **choices: object) -> BatchView:
    with desk.work() as work:
        view = batches.create(
            work,
            desk.preparer,
            achievement_id=desk.degree.id,
            table=data or table(1, 2),
            table_name="t.csv",
            choices=Choices(**choices),  # type: ignore[arg-type]  # any choice
        )
        return batches.submit(work, desk.preparer, view.id)


def digest(view: BatchView) -> str:
    assert view.content_digest is not None
    return view.content_digest


def test_a_second_person_approves_what_was_submitted(desk: Desk) -> None:
    view = submitted(desk)
    assert (view.state, view.submitted_by, view.submitted_at is not None) == ("submitted", "junbi", True)
    with desk.work() as work:
        assert batches.batch(work, desk.university.id, view.id, actor=desk.approver).mine_to_approve
        assert not batches.batch(work, desk.university.id, view.id, actor=desk.preparer).mine_to_approve
        approved = batches.approve(work, desk.approver, view.id, digest(view))
        row = work.session.get_one(Batch, view.id)
        assert (approved.state, approved.approved_by) == ("approved", "shounin")
        assert row.approved_digest == row.content_digest == view.content_digest
        assert batches.present_digest(work, view.id) == view.content_digest
        acts = list(work.session.scalars(select(Event.act).where(Event.subject == view.id)))
    assert sorted(acts) == ["batch.approve", "batch.create", "batch.submit"]


def test_who_prepared_changed_or_submitted_cannot_approve(desk: Desk) -> None:
    with desk.work() as work:
        own = batches.create(
            work, desk.colleague, achievement_id=desk.degree.id, table=table(1), table_name="t.csv"
        )
        own = batches.submit(work, desk.preparer, own.id)
    view = submitted(desk, table(5))
    with desk.work() as work:
        batches.change(work, desk.colleague, view.id, choices=Choices(notify=False))
        changed = batches.submit(work, desk.preparer, view.id)
    with desk.work() as work:
        other = batches.create(
            work, desk.preparer, achievement_id=desk.degree.id, table=table(7), table_name="t.csv"
        )
        other = batches.submit(work, desk.colleague, other.id)
    for each in (own, changed, other):
        with desk.work() as work, pytest.raises(SamePersonError):
            batches.approve(work, desk.colleague, each.id, digest(each))
    with desk.work() as work, pytest.raises(ForbiddenError):
        batches.approve(work, desk.preparer, own.id, digest(own))
    with desk.work() as work:
        assert batches.approve(work, desk.approver, own.id, digest(own)).state == "approved"


def test_an_institution_may_do_with_one_person(desk: Desk) -> None:
    with desk.work() as work:
        institutions.grant(work, None, desk.university.id, "kanri@asanagi.example", Role.ADMINISTER, "kanri")
        members = {each.email: each.person_id for each in institutions.members(work, desk.university.id)}
        admin = institutions.actor_for(work, desk.university.id, members["kanri@asanagi.example"])
        institutions.change(work, admin, settings={"two_people": False})
        view = batches.create(
            work, desk.colleague, achievement_id=desk.degree.id, table=table(1), table_name="t.csv"
        )
        view = batches.submit(work, desk.colleague, view.id)
        assert batches.approve(work, desk.colleague, view.id, digest(view)).state == "approved"


def test_another_digest_than_the_present_one_is_refused(desk: Desk) -> None:
    view = submitted(desk)
    with desk.work() as work, pytest.raises(ConflictError):
        batches.approve(work, desk.approver, view.id, "0" * 64)


def tamper_row(work: Work, desk: Desk, view: BatchView) -> None:
    row = work.session.get_one(BatchRow, (view.id, 2))
    row.fields = {**row.fields, "name": "別人"}


def tamper_paper(work: Work, desk: Desk, view: BatchView) -> None:
    work.session.get_one(BatchRow, (view.id, 2)).paper_file = "f" * 64


def tamper_row_count(work: Work, desk: Desk, view: BatchView) -> None:
    work.session.get_one(BatchRow, (view.id, 3)).state = "skipped"


def tamper_formats(work: Work, desk: Desk, view: BatchView) -> None:
    row = work.session.get_one(Batch, view.id)
    row.choices = {**row.choices, "formats": ["open-badges-3"]}


def tamper_document(work: Work, desk: Desk, view: BatchView) -> None:
    row = work.session.get_one(Batch, view.id)
    row.choices = {**row.choices, "document_kind": "diploma"}


def change_achievement(work: Work, desk: Desk, view: BatchView) -> None:
    new = replace(DEGREE, name=Text.of(ja="博士(工学)"))
    achievements.save(work, desk.preparer, new, id=desk.degree.id)


@pytest.mark.parametrize(
    "change",
    [tamper_row, tamper_paper, tamper_row_count, tamper_formats, tamper_document, change_achievement],
)
def test_whatever_is_changed_after_submitting_is_not_approved(
    desk: Desk, change: Callable[[Work, Desk, BatchView], None]
) -> None:
    view = submitted(desk)
    with desk.work() as work:
        change(work, desk, view)
    with desk.work() as work, pytest.raises(ConflictError):
        batches.approve(work, desk.approver, view.id, digest(view))
    with desk.work() as work:
        assert batches.batch(work, desk.university.id, view.id).state == "submitted"


def test_a_change_voids_submission_and_approval(desk: Desk) -> None:
    view = submitted(desk)
    with desk.work() as work:
        batches.approve(work, desk.approver, view.id, digest(view))
    with desk.work() as work:
        again = batches.change(work, desk.preparer, view.id, table=table(1, 2, 3), table_name="新.csv")
        row = work.session.get_one(Batch, view.id)
    assert (again.state, again.counts.rows, again.table_name) == ("draft", 3, "新.csv")
    assert (again.submitted_by, again.approved_by, again.approved_at) == (None, None, None)
    assert row.approved_digest is None
    assert "approved" not in row.choices
    assert again.content_digest != view.content_digest


def test_what_was_approved_is_issued_even_if_the_achievement_is_changed_then(desk: Desk) -> None:
    view = submitted(desk)
    with desk.work() as work:
        batches.approve(work, desk.approver, view.id, digest(view))
        change_achievement(work, desk, view)
    with desk.work() as work:
        assert batches.content(work, view.id).achievement == DEGREE
        assert batches.present_digest(work, view.id) == view.content_digest


def test_rows_with_errors_are_not_submitted_and_all_are_told(desk: Desk) -> None:
    data = table(1, 2, day="2026-02-30")
    with desk.work() as work:
        view = batches.create(
            work, desk.preparer, achievement_id=desk.degree.id, table=data, table_name="t.csv"
        )
        with pytest.raises(RowsError) as caught:
            batches.submit(work, desk.preparer, view.id)
    assert [(p.row, p.code) for p in caught.value.problems] == [
        (2, "date-no-such-day"),
        (3, "date-no-such-day"),
    ]


def test_a_batch_that_would_issue_nothing_is_not_submitted(desk: Desk) -> None:
    with desk.work() as work:
        desk.awarded(work, student_number="22A0001")
    with pytest.raises(InputError) as caught:
        submitted(desk, table(1), duplicates="skip")
    assert caught.value.code == "batch.nothing"


def test_an_award_issued_in_the_meantime_stops_submission_and_approval(desk: Desk) -> None:
    with desk.work() as work:
        draft = batches.create(
            work, desk.preparer, achievement_id=desk.degree.id, table=table(1), table_name="t.csv"
        )
    view = submitted(desk, table(2))
    with desk.work() as work:
        desk.awarded(work, student_number="22A0001")
        desk.awarded(work, issue_number="第2026-0002号")
    with desk.work() as work, pytest.raises(ConflictError) as at_submission:
        batches.submit(work, desk.preparer, draft.id)
    with desk.work() as work, pytest.raises(ConflictError) as at_approval:
        batches.approve(work, desk.approver, view.id, digest(view))
    assert at_submission.value.code == at_approval.value.code == "batch.stale"
    with desk.work() as work:
        assert batches.change(work, desk.preparer, draft.id).counts.duplicates == 1


def test_an_award_that_would_be_replaced_must_still_be_there(desk: Desk) -> None:
    with desk.work() as work:
        old = desk.awarded(work, student_number="22A0001")
    view = submitted(desk, table(1), duplicates="supersede")
    with desk.work() as work:
        from gakusho.store.tables import AwardRow

        work.session.get_one(AwardRow, old).state = "revoked"
    with desk.work() as work, pytest.raises(ConflictError):
        batches.approve(work, desk.approver, view.id, digest(view))


def test_two_batches_of_the_same_people_are_not_both_approved(desk: Desk) -> None:
    first, second = submitted(desk), submitted(desk)
    with desk.work() as work:
        batches.approve(work, desk.approver, first.id, digest(first))
    with desk.work() as work, pytest.raises(ConflictError):
        batches.approve(work, desk.approver, second.id, digest(second))
    with desk.work() as work:
        again = batches.change(work, desk.preparer, second.id)
        problems = batches.rows(work, desk.university.id, second.id)[0].problems
    assert again.counts.errors == 2
    assert [p.code for p in problems] == ["duplicate-pending"]


def test_two_approvals_at_once_are_not_both_given(desk: Desk) -> None:
    views = [submitted(desk), submitted(desk)]
    ready = threading.Barrier(2)

    def approve(view: BatchView) -> str:
        ready.wait()
        try:
            with desk.work() as work:
                return batches.approve(work, desk.approver, view.id, digest(view)).state
        except ConflictError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, views)) == ["approved", "batch.stale"]


def test_a_batch_sent_back_is_a_draft_with_the_reason(desk: Desk) -> None:
    view = submitted(desk)
    with desk.work() as work:
        with pytest.raises(InputError):
            batches.send_back(work, desk.approver, view.id, "  ")
        with pytest.raises(ForbiddenError):
            batches.send_back(work, desk.preparer, view.id, "x")
        back = batches.send_back(work, desk.approver, view.id, "氏名の確認を")
        assert (back.state, back.reason, back.submitted_by) == ("draft", "氏名の確認を", None)
        again = batches.submit(work, desk.preparer, view.id)
        assert (again.state, again.reason) == ("submitted", None)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("draft", {"change", "submit", "withdraw"}),
        ("submitted", {"change", "withdraw", "send_back", "approve"}),
        ("approved", {"change", "withdraw", "send_back"}),
        ("issuing", set()),
        ("issued", set()),
        ("withdrawn", set()),
    ],
)
def test_each_state_allows_what_it_allows(desk: Desk, state: str, allowed: set[str]) -> None:
    acts: dict[str, Callable[[Work, BatchView], object]] = {
        "change": lambda work, view: batches.change(work, desk.preparer, view.id),
        "submit": lambda work, view: batches.submit(work, desk.preparer, view.id),
        "withdraw": lambda work, view: batches.withdraw(work, desk.preparer, view.id),
        "send_back": lambda work, view: batches.send_back(work, desk.approver, view.id, "x"),
        "approve": lambda work, view: batches.approve(work, desk.approver, view.id, digest(view)),
    }
    view = submitted(desk)
    with desk.work() as work:
        work.session.get_one(Batch, view.id).state = state
    done = set()
    for name, act in acts.items():
        with desk.work() as work:
            with contextlib.suppress(ConflictError):
                act(work, view)
                done.add(name)
            work.session.rollback()  # leaves the batch as it was
    assert done == allowed


def test_the_digest_covers_the_papers(desk: Desk) -> None:
    def with_paper(data: bytes) -> BatchView:
        with desk.work() as work:
            return batches.create(
                work,
                desk.preparer,
                achievement_id=desk.degree.id,
                table=table(1),
                table_name="t.csv",
                papers=archive({"第2026-0001号.pdf": data}),
            )

    first = paper("1")  # made once: a PDF holds the second it was made in
    one, same, other = (with_paper(data) for data in (first, first, paper("2")))
    assert one.content_digest == same.content_digest
    assert one.content_digest != other.content_digest


def test_progress_counts_rows(desk: Desk) -> None:
    view = submitted(desk, table(1, 2, 3))
    with desk.work() as work:
        row = work.session.get_one(BatchRow, (view.id, 2))
        row.state = "issued"
        work.session.flush()
        found = batches.progress(work, desk.university.id, view.id)
    assert (found.total, found.issued, found.mails_total, found.failure) == (3, 1, 0, None)
