# SPDX-License-Identifier: Apache-2.0
"""A large upload keeps nobody from writing, and whatever stops it leaves nothing half done to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import ORMExecuteState, Session
from tests.contract.issuer_batches.conftest import HEADER, Desk, archive, paper, table
from tests.fakes.desk import issue_all

from gakusho.errors import ConflictError, UnreadableError
from gakusho.issuer import _drafts, _dry_run, _opening, batches, checking, deciding, issuing, legible
from gakusho.issuer._weighing import weigh
from gakusho.issuer.batches import BatchView
from gakusho.issuer.choices import Choices
from gakusho.issuer.desk import STEPS
from gakusho.store.tables import Batch, BatchRow, Event

COUNT = 40
PIECE = 7
TRANSCRIPT = Choices(formats=("open-badges-3", "signed-pdf"), document_language="ja-en")


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a table of forty lines count as a large one."""
    monkeypatch.setattr(checking, "LARGE_LINES", 20)
    monkeypatch.setattr(checking, "PIECE", PIECE)
    monkeypatch.setattr(_opening, "AT_ONCE", PIECE)


def begun(desk: Desk, data: bytes | None = None, choices: Choices = TRANSCRIPT, **more: Any) -> BatchView:
    """Upload a large table; nobody looks at it yet."""
    upload = checking.uploaded(desk.place.files, data or table(*range(COUNT)), "t.csv", **more)
    who, what = desk.preparer, desk.degree.id
    with desk.work() as work:
        return checking.create(work, who, achievement_id=what, upload=upload, choices=choices)


def look(desk: Desk, batch_id: str) -> BatchView:
    """Do what the jobs do until nothing is left to do, and give what became of it."""
    assert STEPS.issue_some(desk.place, batch_id, lambda: False) == 0
    with desk.work() as work:
        return batches.batch(work, desk.university.id, batch_id)


def checked(desk: Desk, data: bytes | None = None, **more: Any) -> BatchView:
    return look(desk, begun(desk, data, **more).id)


def numbers(desk: Desk, batch_id: str) -> list[int]:
    with desk.work() as work:
        return [row.number for row in batches.rows(work, desk.university.id, batch_id, limit=1000)]


@contextmanager
def writing() -> Iterator[list[int]]:
    """Give how many rows of batches each statement of a writing transaction takes with all they hold."""
    taken: list[int] = []

    def watch(state: ORMExecuteState) -> None:
        if state.session.info["read_only"]:
            return
        if state.is_insert:
            mapper = state.bind_mapper
            taken.extend([len(state.parameters or ())] if mapper and mapper.class_ is BatchRow else [])
        elif state.is_select and "batch_rows.fields" in (asked := str(state.statement)):
            taken.extend([] if "batch_rows.reserved" in asked else [COUNT])

    event.listen(Session, "do_orm_execute", watch)
    try:
        yield taken
    finally:
        event.remove(Session, "do_orm_execute", watch)


def test_others_write_while_a_large_upload_is_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction is open while it is read and judged, and none writes more than a piece of its rows."""
    engines: list[Any] = [desk.place.database._writer, desk.place.database._reader]
    free: list[tuple[str, set[int]]] = []

    def freely(module: Any, name: str) -> None:
        genuine = getattr(module, name)

        def watched(*given: Any, **named: Any) -> Any:
            free.append((name, {engine.pool.checkedout() for engine in engines}))
            return genuine(*given, **named)

        monkeypatch.setattr(module, name, watched)

    freely(_dry_run, "read_table")
    freely(_dry_run, "read_rows")
    freely(legible.Legibility, "checked")
    view = begun(desk)
    assert (view.state, view.counts.rows) == ("checking", 0)
    with writing() as taken:
        view = look(desk, view.id)
        assert (view.state, view.counts.ready, view.may_submit) == ("draft", COUNT, True)
        assert sum(taken) == COUNT
        submitted = deciding.submit(desk.place, desk.preparer, view.id)
        deciding.approve(desk.place, desk.approver, view.id, str(submitted.content_digest))
        assert max(taken) == PIECE, "all rows were read or written in one transaction"
    assert {name for name, _ in free} == {"read_table", "read_rows", "checked"}
    assert [each for each in free if each[1] != {0}] == [], "a transaction was open meanwhile"
    assert numbers(desk, view.id) == list(range(2, COUNT + 2))


def test_what_it_would_issue_is_the_same_as_in_one_transaction(desk: Desk) -> None:
    data = table(*range(COUNT))
    large, only_looked = (
        checked(desk),
        checking.look_only(
            desk.place,
            desk.preparer,
            achievement_id=desk.degree.id,
            upload=checking.uploaded(desk.place.files, data, "t.csv"),
            choices=TRANSCRIPT,
        )[0],
    )
    with desk.work() as work:
        at_once = batches.create(
            work,
            desk.preparer,
            achievement_id=desk.degree.id,
            table=data,
            table_name="t.csv",
            choices=TRANSCRIPT,
        )
        assert work.session.scalar(select(func.count()).select_from(Batch)) == 2, "a mere look was kept"
    assert large.content_digest == at_once.content_digest == only_looked.content_digest
    assert large.counts == at_once.counts == only_looked.counts
    assert large.mapping == at_once.mapping


class _KilledError(BaseException):
    """The process ends here."""


def test_an_upload_that_is_stopped_between_its_pieces_shows_nothing_and_begins_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = checked(desk)
    kept = len(numbers(desk, first.id))
    with desk.work() as work:  # the same batch once more: what it had before must not be mixed with the new
        upload = checking.uploaded(desk.place.files, table(*range(100, 100 + COUNT)), "t2.csv")
        checking.change(work, desk.preparer, first.id, upload=upload)
    genuine, calls = _drafts.insert_rows, list[int]()

    def dies(*given: Any) -> None:
        genuine(*given)
        calls.append(1)
        if len(calls) == 3:
            raise _KilledError

    with monkeypatch.context() as patched:
        patched.setattr(_drafts, "insert_rows", dies)
        with pytest.raises(_KilledError):
            look(desk, first.id)
    with desk.work() as work:
        there = work.session.scalar(select(func.count()).where(BatchRow.batch_id == first.id))
        assert there == 2 * PIECE, "the piece under way counts"
        half = batches.progress(work, desk.university.id, first.id)
        assert (half.state, half.total, half.check and half.check.phase) == ("checking", 0, "keeping")
        assert batches.previews(work, desk.university.id, first.id) == []
        assert batches.error_csv(work, desk.university.id, first.id, "ja").count(b"\n") == 1
        assert STEPS.unfinished(work) == [first.id], "nobody takes it up"
        with pytest.raises(ConflictError):
            batches.submit(work, desk.preparer, first.id)
    assert numbers(desk, first.id) == []
    view = look(desk, first.id)
    assert (view.state, len(numbers(desk, first.id)), view.table_name) == ("draft", kept, "t2.csv")
    with desk.work() as work:
        rows = batches.rows(work, desk.university.id, first.id, limit=1)
        assert rows[0].fields["student_number"] == "22A0100"
        assert STEPS.unfinished(work) == []
        acts = list(work.session.scalars(select(Event.act).where(Event.subject == first.id)))
    assert sorted(acts) == ["batch.change", "batch.checked", "batch.checked", "batch.create"]


def test_a_batch_withdrawn_or_looked_at_by_another_is_let_go(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawn, taken = begun(desk), begun(desk, table(*range(100, 100 + COUNT)))
    genuine, once = _drafts.insert_rows, list[str]()

    def while_writing(work: Any, batch_id: str, rows: Any) -> None:
        genuine(work, batch_id, rows)
        row = work.session.get(Batch, batch_id)
        if batch_id == withdrawn.id:
            batches.withdraw(work, desk.preparer, batch_id)
        elif not once:
            once.append(row.counts["check"]["run"])
            row.counts = {**row.counts, "check": {**row.counts["check"], "run": "another's"}}

    monkeypatch.setattr(_drafts, "insert_rows", while_writing)
    assert look(desk, withdrawn.id).state == "withdrawn"
    assert numbers(desk, withdrawn.id) == []
    assert look(desk, taken.id).state == "checking", "two looked at it to the end"
    assert look(desk, taken.id).counts.ready == COUNT, "what the other left was in the way"


def test_an_upload_that_cannot_be_read_says_why_and_can_be_given_anew(desk: Desk) -> None:
    view = begun(desk, (HEADER + '"a,b\n' * COUNT).encode())
    with pytest.raises(UnreadableError) as refused:
        STEPS.issue_some(desk.place, view.id, lambda: False)
    with desk.work() as work:
        STEPS.fail(work, view.id, refused.value)
        stopped = batches.batch(work, desk.university.id, view.id)
        assert stopped.failure is not None
        assert (stopped.state, stopped.failure["code"]) == ("checking", refused.value.code)
        assert STEPS.unfinished(work) == []
        upload = checking.uploaded(desk.place.files, table(1, 2), "few.csv")
        checking.change(work, desk.preparer, view.id, upload=upload)
    view = look(desk, view.id)
    assert (view.state, view.counts.ready, view.failure) == ("draft", 2, None)


def test_what_is_approved_while_a_batch_is_looked_through_is_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last look before a decision is repeated when another batch of the same people was approved then."""
    ours, theirs = checked(desk), checked(desk)
    submitted = [deciding.submit(desk.place, desk.preparer, each.id) for each in (ours, theirs)]
    looks: list[ConflictError | None] = []

    def meanwhile(*given: Any) -> Any:
        found = weigh(*given)
        looks.append(found.stale)
        if len(looks) == 1:
            deciding.approve(desk.place, desk.approver, theirs.id, str(submitted[1].content_digest))
        return found

    monkeypatch.setattr("gakusho.issuer.deciding.weigh", meanwhile)
    with pytest.raises(ConflictError) as refused:
        deciding.approve(desk.place, desk.approver, ours.id, str(submitted[0].content_digest))
    assert refused.value.code == "batch.stale"
    assert looks[0] is None, "the two were not at the same time"


def test_a_row_changed_after_the_approval_is_not_issued(desk: Desk) -> None:
    """What is read before the first piece is reserved is held to what was approved."""
    view = checked(desk, choices=Choices(formats=("open-badges-3",), notify=False))
    submitted = deciding.submit(desk.place, desk.preparer, view.id)
    deciding.approve(desk.place, desk.approver, view.id, str(submitted.content_digest))
    with desk.work() as work:
        row = work.session.get_one(BatchRow, (view.id, COUNT))
        name = row.fields["name"]
        row.fields = {**row.fields, "name": "別人"}
    with pytest.raises(ConflictError) as refused:
        issuing.issue_some(desk.place, view.id)
    assert refused.value.code == "batch-changed"
    with desk.work() as work:
        row = work.session.get_one(BatchRow, (view.id, COUNT))
        row.fields = {**row.fields, "name": name}
    with writing() as taken:
        assert issue_all(desk.place, view.id) == COUNT
    assert taken == [], "all rows were read in the transaction that reserves the first"


def test_many_papers_make_an_upload_large(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LARGE_PAPERS", 100)
    papers = archive({"2026-0001.pdf": paper("1"), "2026-0002.pdf": paper("2")})
    view = begun(desk, table(1, 2), Choices(formats=("signed-pdf",)), papers=papers)
    assert view.state == "checking"
    view = look(desk, view.id)
    assert (view.state, view.counts.unmatched_files, view.has_papers) == ("draft", 0, True)
