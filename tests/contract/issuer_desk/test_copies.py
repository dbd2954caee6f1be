# SPDX-License-Identifier: Apache-2.0
"""One award has several addressed copies: each numbered, signed, listed, revoked with it or by itself."""

from __future__ import annotations

import pytest
from tests.fakes.copies import Beginning
from tests.fakes.desk import BADGES, Desk, approved, issue_all, learners, open_desk

from gakusho.errors import ConflictError, InputError, NotFoundError
from gakusho.fetch import MemoryFetcher
from gakusho.holder import wallet
from gakusho.issuer import awards, batches, copies, events, publication
from gakusho.issuer.awards import AwardView
from gakusho.issuer.batches import BatchView
from gakusho.issuer.choices import Choices
from gakusho.issuer.copies import Asked
from gakusho.model.report import Headline, Report
from gakusho.store.ids import new_id
from gakusho.store.tables import AwardRow, Person
from gakusho.store.work import Work, Workplace
from gakusho.verifier.verify import verify

DOCUMENTS = Choices(document_kind="diploma")
MINATO = Asked(issue_number="C-001", addressee="株式会社みなと", purpose="就職")
BANK = Asked(issue_number="C-002", purpose="奨学金")
on_one_database = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def one_diploma(workplace: Workplace) -> Desk:
    """Begin with a graduate who holds a diploma, and another one."""
    with workplace.work() as work:
        made = open_desk(work)
        batch = approved(work, made, learners(2), choices=DOCUMENTS)
    issue_all(workplace, batch.id)
    with workplace.work() as work:
        work.session.add(Person(id="holder", name="", created_at=work.now))
        work.session.flush()
        row = work.session.get_one(AwardRow, found(work, made)[0].id)
        row.holder_id, row.claimed_at = "holder", work.now
    return made


@pytest.fixture
def beginning() -> Beginning:
    return one_diploma


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def found(work: Work, desk: Desk) -> list[AwardView]:
    return sorted(awards.find(work, desk.institution.id, query="2026-"), key=lambda view: view.id)


def go_through(workplace: Workplace, desk: Desk, batch: BatchView) -> None:
    """Have a batch approved by somebody else, and issue it."""
    with workplace.work() as work:
        assert batches.batch(work, desk.institution.id, batch.id).counts.errors == 0, batch.file_problems
        submitted = batches.submit(work, desk.preparer, batch.id)
        batches.approve(work, desk.approver, batch.id, submitted.content_digest or "")
    assert issue_all(workplace, batch.id) == batch.counts.rows


def issued(workplace: Workplace, desk: Desk, *asked: Asked) -> tuple[AwardView, list[AwardView]]:
    with workplace.work() as work:
        award = found(work, desk)[0]
        batch = copies.prepare(work, desk.preparer, award.id, asked)
    go_through(workplace, desk, batch)
    with workplace.work(read_only=True) as work:
        return award, awards.copies(work, award.id)


def judged(workplace: Workplace, award_id: str) -> Report:
    with workplace.work() as work:
        data = wallet.to_verify(work, award_id)[0].data
        documents = publication.documents_of(work, [award_id])
        now = work.now
    fetcher = MemoryFetcher(documents, now=lambda: now, source="this server")
    return verify(data, now=now, fetcher=fetcher)


def states(workplace: Workplace, desk: Desk, award: AwardView) -> list[str]:
    with workplace.work(read_only=True) as work:
        shown = [awards.award(work, desk.institution.id, award.id), *awards.copies(work, award.id)]
    return [view.state for view in shown]


@on_one_database
def test_each_copy_says_to_whom_for_what_and_under_which_number(workplace: Workplace, desk: Desk) -> None:
    award, made = issued(workplace, desk, MINATO, BANK)
    assert [(view.issue_number, view.addressee, view.purpose) for view in made] == [
        ("C-001", "株式会社みなと", "就職"),
        ("C-002", None, "奨学金"),
    ]
    assert {view.document_kind for view in made} == {"degree-certificate"}, "a diploma addresses nobody"
    for view in made:
        report = judged(workplace, view.id)
        assert report.headline is Headline.VALID, report.checks
        assert report.credential is not None
        said = report.credential.document
        assert (said.addressee, said.purpose) == (view.addressee, view.purpose)
        assert report.credential.issue_number == view.issue_number
        assert report.credential.learner.name == award.name
    with workplace.work(read_only=True) as work:
        held = wallet.copies(work, "holder", award.id)
        log = events.events(work, desk.institution.id, subject=award.id)
    assert [view.id for view in held] == [view.id for view in made], "its holder has them at once"
    assert [each.detail.get("copy") for each in log if each.act == "award.copied"] == [
        view.id for view in reversed(made)
    ]


def test_a_copy_goes_with_its_award_and_by_itself(workplace: Workplace, desk: Desk) -> None:
    award, [first, second] = issued(workplace, desk, MINATO, BANK)
    with workplace.work() as work:
        assert awards.suspend(work, desk.approver, [second.id], "asked back") == 1
    assert states(workplace, desk, award) == ["active", "active", "suspended"]
    with workplace.work() as work:
        assert awards.suspend(work, desk.approver, [award.id], "looked into") == 2
        with pytest.raises(ConflictError) as caught:
            awards.reinstate(work, desk.approver, [first.id], "by itself")
    assert caught.value.code == "copy-original-state"
    assert judged(workplace, first.id).headline is Headline.SUSPENDED
    with workplace.work() as work:
        assert awards.reinstate(work, desk.approver, [award.id], "all is well") == 2
    assert states(workplace, desk, award) == ["active", "active", "suspended"], "what it was before"
    with workplace.work() as work:
        assert awards.revoke(work, desk.approver, [award.id], "not earned") == 3
    assert states(workplace, desk, award) == ["revoked"] * 3
    assert judged(workplace, first.id).headline is Headline.REVOKED


@on_one_database
def test_a_corrected_award_takes_its_copies_along(workplace: Workplace, desk: Desk) -> None:
    award, [copy] = issued(workplace, desk, MINATO)
    with workplace.work() as work:
        with pytest.raises(ConflictError, match="not corrected by itself"):
            awards.correct(work, desk.preparer, copy.id, {"name": "佐藤 花子"})
        batch = awards.correct(work, desk.preparer, award.id, {"name": "佐藤 花代"})
    go_through(workplace, desk, batch)
    assert states(workplace, desk, award) == ["superseded", "superseded"]
    assert judged(workplace, copy.id).headline is Headline.REPLACED


def test_a_table_of_copies_names_the_award_by_its_number(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        award, other = found(work, desk)
        table = (
            "原本の文書発行番号,文書発行番号,提出先,用途,氏名\n"
            f"{award.issue_number},T-1,みなと銀行,奨学金,{award.name.full}\n"
            f"{award.issue_number},T-2,みなと市役所,,\n"
            f"{other.issue_number},T-3,,就職,\n"
        )
        batch = batches.create(
            work,
            desk.preparer,
            achievement_id=desk.achievement_id,
            table=table.encode(),
            table_name="copies.csv",
            choices=Choices(document_kind="graduation"),
        )
    assert [p.code for p in batch.file_problems] == []
    go_through(workplace, desk, batch)
    with workplace.work() as work:
        numbers = [view.issue_number for one in (award, other) for view in awards.copies(work, one.id)]
        assert numbers == ["T-1", "T-2", "T-3"]
        # the awards themselves are still one each: a new table of the class doubles them, not the copies
        again = batches.create_from_rows(
            work,
            desk.preparer,
            achievement_id=desk.achievement_id,
            rows=learners(2),
            choices=DOCUMENTS,
        )
        problems = {p.code for row in batches.rows(work, desk.institution.id, again.id) for p in row.problems}
        assert problems == {"duplicate-kept"}
        work.session.rollback()


ROWS = {
    "copy-original": {"copy_of": "2026-999999", "addressee": "A"},
    "copy-unaddressed": {},
    "copy-differs": {"addressee": "A", "name": "別人"},
    "missing": {"addressee": "A", "issue_number": ""},
    "issue-number-taken": {"addressee": "A", "issue_number": "2026-000002"},
}


@on_one_database
def test_a_row_that_is_no_copy_is_told_so(workplace: Workplace, desk: Desk) -> None:
    usual = {"copy_of": "2026-000001", "issue_number": "T-1", "addressee": ""}
    for code, given in ROWS.items():
        with workplace.work() as work:
            batch = batches.create_from_rows(
                work,
                desk.preparer,
                achievement_id=desk.achievement_id,
                rows=[usual | given],
                choices=Choices(document_kind="graduation"),
            )
            [shown] = batches.rows(work, desk.institution.id, batch.id)
            assert code in {problem.code for problem in shown.problems}, code
            assert shown.state == "error"
            work.session.rollback()


@on_one_database
def test_what_cannot_have_copies_is_refused(workplace: Workplace, desk: Desk) -> None:
    award, [copy] = issued(workplace, desk, MINATO)
    with workplace.work() as work:
        batch = approved(work, desk, learners(1, first=9), choices=BADGES)
    issue_all(workplace, batch.id)
    with workplace.work() as work:
        [badge] = awards.find(work, desk.institution.id, query="2026-000009")

        def refusal(award_id: str, *asked: Asked, **chosen: str) -> str:
            with pytest.raises((InputError, ConflictError, NotFoundError)) as caught:
                copies.prepare(work, desk.preparer, award_id, asked, **chosen)  # type: ignore[arg-type]
            return caught.value.code

        assert refusal(copy.id, BANK) == "copy-of-what"
        assert refusal(badge.id, BANK) == "copy-no-document"
        assert refusal(award.id) == "copy-count"
        assert refusal(new_id(), BANK) == "not-found"
        diploma = copies.prepare(work, desk.preparer, award.id, [BANK], document_kind="diploma")
        assert [p.code for p in diploma.file_problems] == ["copy-document"]
        awards.revoke(work, desk.approver, [award.id], "not earned")
        assert refusal(award.id, BANK) == "copy-of-what"


@on_one_database
def test_a_copy_of_what_was_revoked_meanwhile_is_revoked(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        award = found(work, desk)[0]
        batch = copies.prepare(work, desk.preparer, award.id, [MINATO])
        submitted = batches.submit(work, desk.preparer, batch.id)
        batches.approve(work, desk.approver, batch.id, submitted.content_digest or "")
        awards.revoke(work, desk.approver, [award.id], "not earned")
    issue_all(workplace, batch.id)
    assert states(workplace, desk, award) == ["revoked", "revoked"]
