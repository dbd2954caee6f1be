# SPDX-License-Identifier: Apache-2.0
"""Documents are issued at every level, raised when an authority is back, and extended for decades."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from sqlalchemy import select
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, a_desk, approved, issue_all, learners

from gakusho.cli.keeping import files_of
from gakusho.errors import ConflictError, UnreachableError
from gakusho.fetch import MemoryFetcher
from gakusho.formats import Anchors, Lasts, formats
from gakusho.issuer import (
    _keys,
    _timestamping,
    archive,
    archive_state,
    awards,
    certificate_lists,
    institutions,
    issuing,
    levels,
    publication,
)
from gakusho.issuer.archive_state import ArchiveState
from gakusho.issuer.choices import Choices
from gakusho.proof.revocation import Evidence
from gakusho.proof.timestamps import Timestamper
from gakusho.store.tables import SealedRow
from gakusho.store.tables_documents import LastingDocument
from gakusho.store.work import Workplace
from gakusho.verifier.verify import Inquiry

PAGES = Choices(formats=("open-badges-3", "signed-pdf"), awarded_on=date(2026, 3, 25), notify=False)
PDF = "signed-pdf"
on_one_database = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@dataclass
class Authority:
    """The stand-in, at the time of the work; it may be away, or the process may end while it is asked."""

    inner: Timestamper | None = None
    away: bool = False
    ends_at: int = 1_000
    asked: list[bytes] = field(default_factory=list)

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        self.asked.append(digest)
        if self.away:
            raise UnreachableError("The authority is away.", code="timestamp")
        if len(self.asked) >= self.ends_at:
            raise KeyboardInterrupt
        assert self.inner is not None
        return self.inner.stamp(digest, algorithm)


@contextmanager
def in_its_place() -> Iterator[Authority]:
    """Put an authority in the place of the stand-in."""
    found, genuine = Authority(), _timestamping.stand_in

    def stand_in(*given: object) -> Authority:
        found.inner = genuine(*given)  # type: ignore[arg-type]
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_timestamping, "stand_in", stand_in)
        yield found


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A desk with one document of B-LTA, and two that were signed while the authority was away."""

    desk: Desk
    archived: str
    waiting: tuple[str, ...]
    batch: str


def begun(place: Workplace) -> Kept:
    desk = a_desk(place)
    with place.work() as work:
        levels.choose(work, desk.administrator, level="B-LTA", authority=levels.STAND_IN, grace="raise")
    issued(place, desk, 1)
    [(archived, _)] = documents(place)
    with in_its_place() as authority:
        authority.away = True
        batch = issued(place, desk, 1, first=2)
        issued(place, desk, 1, first=3)
        assert len(authority.asked) == 1, "the second batch does not wait for it again"
    waiting = tuple(award_id for award_id, _ in documents(place) if award_id != archived)
    return Kept(desk=desk, archived=archived, waiting=waiting, batch=batch)


@pytest.fixture
def beginning() -> Beginning:
    return begun


@pytest.fixture
def authority() -> Iterator[Authority]:
    with in_its_place() as found:
        yield found


def pdf() -> Lasts:
    found: object = formats()[PDF]
    assert isinstance(found, Lasts)
    return found


def issued(place: Workplace, desk: Desk, count: int, first: int = 1) -> str:
    with place.work() as work:
        batch = approved(work, desk, learners(count, first=first), choices=PAGES)
    assert issue_all(place, batch.id) == count
    return batch.id


def documents(place: Workplace) -> list[tuple[str, bytes]]:
    with place.work(read_only=True) as work:
        held = select(SealedRow).where(SealedRow.format == PDF).order_by(SealedRow.award_id)
        return [
            (row.award_id, row.data or work.files.get(row.file or "")) for row in work.session.scalars(held)
        ]


def judged(place: Workplace, award_id: str, data: bytes, anchors: Anchors | None = None) -> dict[str, str]:
    with place.work() as work:
        at_hand = publication.documents_of(work, [award_id])
        inquiry = Inquiry(now=work.now, fetcher=MemoryFetcher(at_hand, now=lambda: work.now))
    if anchors:
        inquiry.asking = replace(inquiry.asking, anchors=anchors)
    report = inquiry.verify(data)
    told = {check.code: str(dict(check.facts)) for check in report.checks}
    return {"all": str(report.outcome), "time": told["pdf.time"]}


def account(place: Workplace, award_id: str) -> LastingDocument:
    with place.work(read_only=True) as work:
        found = work.session.get(LastingDocument, (award_id, PDF))
        assert found is not None
        work.session.expunge_all()
        return found


def state(place: Workplace, desk: Desk) -> ArchiveState:
    with place.work(read_only=True) as work:
        return archive_state.state(work, desk.institution.id)


def at(place: Workplace, moment: datetime) -> Workplace:
    return place.at(lambda: moment)


def later(place: Workplace, **after: float) -> Workplace:
    return at(place, place.clock() + timedelta(**after))


def never() -> bool:
    return False


def lengthened(place: Workplace) -> int:
    """Do what the job does."""
    total = 0
    while count := archive.lengthen_some(place, never):
        total += count
    return total


def is_due(place: Workplace) -> bool:
    with place.work(read_only=True) as work:
        return archive.is_due(work)


def renew(place: Workplace, desk: Desk) -> None:
    """Give the stand-in a new key with a new certificate, as authorities do every some years."""
    with place.work() as work:
        old = _keys.active(work.session, desk.institution.id, _keys.TIME)
        old.retired_at = work.now
        _keys.make(work, institutions.row_of(work.session, desk.institution.id), _keys.TIME)


def test_what_was_signed_while_the_authority_was_away_is_raised_when_it_answers(
    workplace: Workplace, found: Kept, authority: Authority
) -> None:
    award_id = found.waiting[0]
    before = dict(documents(workplace))[award_id]
    assert judged(workplace, award_id, before)["all"] == "valid", "at B-B"
    with workplace.work(read_only=True) as work:
        assert archive_state.of_batch(work, found.batch) == {"B-LTA": 1}, "the registrar sees it"
    told = state(workplace, found.desk)
    assert (told.waiting, dict(told.levels)) == (2, {"B-B": 2, "B-LTA": 1})
    assert told.problem
    assert told.problem["code"] == "timestamp"
    assert not is_due(workplace), "not at once again"
    authority.away = True
    assert lengthened(later(workplace, minutes=6)) == 2
    assert state(workplace, found.desk).waiting == 2
    authority.away = False
    soon = later(workplace, minutes=12)
    assert lengthened(soon) == 2
    after = dict(documents(workplace))[award_id]
    assert after.startswith(before)
    for data in (before, after):
        assert judged(soon, award_id, data)["all"] == "valid", (
            "who has the earlier bytes keeps a good document"
        )
    told = state(soon, found.desk)
    assert (told.waiting, dict(told.levels), told.problem, told.raised) == (0, {"B-LTA": 3}, None, 2)
    with soon.work(read_only=True) as work:
        [one] = archive_state.of_award(work, found.desk.institution.id, award_id)
        assert awards.sealed(work, award_id, PDF).data == after, "what the learner downloads now"
        assert archive_state.earlier(work, award_id, PDF, 1) == before
    digests = [hashlib.sha256(data).hexdigest() for data in (before, after)]
    assert [(each.level, each.digest) for each in one.revisions] == [
        ("B-B", digests[0]),
        ("B-LTA", digests[1]),
    ]
    assert not is_due(later(workplace, days=30))


@on_one_database
@pytest.mark.parametrize("level", ["B-T", "B-LT"])
def test_a_batch_is_issued_at_every_level_and_waits_if_it_is_to_wait(
    workplace: Workplace, found: Kept, authority: Authority, level: str
) -> None:
    desk = found.desk
    with workplace.work() as work:
        levels.choose(work, desk.administrator, level=level, authority=levels.STAND_IN, grace="wait")
        batch = approved(work, desk, learners(1, first=9), choices=PAGES)
    authority.away = True
    with pytest.raises(UnreachableError):
        issuing.issue_some(workplace, batch.id)
    authority.away = False
    assert issue_all(workplace, batch.id) == 1
    award_id, data = documents(workplace)[-1]
    assert judged(workplace, award_id, data)["all"] == "valid"
    assert (account(workplace, award_id).asked, account(workplace, award_id).level) == (level, level)


@on_one_database
def test_a_document_is_extended_five_times_and_outlives_its_signers_certificate(
    workplace: Workplace, found: Kept, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_keys, "_LEAF_YEARS", 4)  # from here on: the signer's has ten
    award_id = found.archived
    first = before = dict(documents(workplace))[award_id]
    authority.away = True  # what waits to be raised does not matter here
    with workplace.work() as work:
        awards.revoke(work, found.desk.approver, list(found.waiting), "test")
    authority.away = False
    for renewal in range(1, 6):
        ends = account(workplace, award_id).ends
        assert ends
        due = ends - timedelta(days=archive.MARGIN_DAYS)
        assert not is_due(at(workplace, due - timedelta(minutes=1)))
        place = at(workplace, due + timedelta(minutes=1))
        assert state(place, found.desk).due == 1
        renew(place, found.desk)
        assert lengthened(place) == 1
        assert not is_due(place), "once is enough"
        after = dict(documents(workplace))[award_id]
        assert after.startswith(before)
        assert len(pdf().stamps(after)) == 1 + renewal
        before = after
    assert place.clock() - workplace.clock() > timedelta(days=365 * 20)
    told = state(place, found.desk)
    assert (told.extended, told.due, told.problem, told.failing) == (5, 0, None, 0)
    with place.work(read_only=True) as work:
        [one] = archive_state.of_award(work, found.desk.institution.id, award_id)
        assert archive_state.earlier(work, award_id, PDF, 1) == first
        [above] = certificate_lists.own_lists(work, found.desk.institution.id)
    assert [each.level for each in one.revisions] == ["B-LTA"] * 6
    trusting = judged(place, award_id, before, Anchors(times=(above,)))
    assert trusting["all"] == "valid", trusting
    assert "proven" in trusting["time"]
    assert judged(place, award_id, first, Anchors(times=(above,)))["all"] != "valid", "its untouched twin"


@on_one_database
def test_what_an_algorithm_that_runs_out_protects_is_extended_once(
    workplace: Workplace, found: Kept, authority: Authority
) -> None:
    soon = later(workplace, minutes=6)
    assert lengthened(soon) == 2
    assert not is_due(soon)
    for name, due in (("RSA-4096", 0), ("sha256", 3)):
        soon = later(soon, days=30)
        day = (soon.clock() + timedelta(days=60)).date().isoformat()
        with soon.work() as work:
            levels.choose(
                work,
                found.desk.administrator,
                level="B-LTA",
                authority=levels.STAND_IN,
                margin_days=50,
                algorithm_ends={name: day},
            )
        assert not is_due(soon), "the margin has not begun"
        next_due = state(soon, found.desk).next_due
        assert next_due
        assert (next_due - soon.clock() < timedelta(days=11)) is bool(due)
        then = later(soon, days=11)
        assert lengthened(then) == due
        assert not is_due(then), "the authority has nothing better yet"


@on_one_database
def test_a_process_that_ends_in_the_middle_leaves_whole_documents(
    workplace: Workplace, found: Kept, authority: Authority
) -> None:
    soon = later(workplace, minutes=6)
    before = dict(documents(workplace))
    authority.ends_at = 4  # in the middle of the second document
    with pytest.raises(KeyboardInterrupt):
        archive.lengthen_some(soon, never)
    middle = dict(documents(workplace))
    assert sorted(middle[one] != before[one] for one in found.waiting) == [False, True]
    assert not is_due(soon), "nobody else does it at the same time"
    authority.ends_at = 1_000
    then = later(workplace, minutes=17)
    assert lengthened(then) == 1
    after = dict(documents(workplace))
    for one in found.waiting:
        assert after[one].startswith(before[one])
        assert len(pdf().stamps(after[one])) == 2, "raised once"
        assert judged(then, one, after[one])["all"] == "valid"


@on_one_database
def test_documents_of_awards_that_do_not_hold_are_left_and_others_problems_are_told(
    workplace: Workplace, found: Kept, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoked, suspended = found.waiting
    with workplace.work() as work:
        awards.revoke(work, found.desk.approver, [revoked], "By mistake.")
        awards.suspend(work, found.desk.approver, [suspended], "To be looked at.")
    soon = later(workplace, minutes=6)
    assert lengthened(soon) == 1, "one that is suspended may hold again"
    assert account(workplace, revoked).level == "B-B"
    assert account(workplace, suspended).level == "B-LTA"
    ends = account(workplace, found.archived).ends
    assert ends
    with workplace.work() as work:  # an institution that asks for B-B again without naming an authority
        levels.choose(work, found.desk.administrator, level="B-B", authority="")
    then = at(workplace, ends - timedelta(days=10))
    assert lengthened(then) == 2
    told = state(then, found.desk)
    assert told.problem
    assert told.problem["code"] == "archive-authority"
    with then.work() as work:
        levels.choose(work, found.desk.administrator, level="B-B", authority=levels.STAND_IN)
    too_late = at(workplace, ends + timedelta(days=1))
    assert lengthened(too_late) >= 1
    told = state(too_late, found.desk)
    assert told.problem
    assert told.problem["code"] == "archive-lapsed"
    assert not is_due(too_late), "tried again tomorrow"


class NoRevocations:
    """Lists of an authority that is no more."""

    def evidence(self, chain: Sequence[bytes]) -> Evidence:
        raise UnreachableError(f"Nobody answers for {len(chain)}.", code="revocation")


@on_one_database
def test_a_document_that_cannot_be_kept_up_holds_up_no_other(
    workplace: Workplace, found: Kept, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other = found.waiting
    digest = hashlib.sha256(dict(documents(workplace))[gone]).hexdigest()
    kept = next(Path(workplace.files.url.removeprefix("file://")).rglob(digest))
    moved = kept.rename(kept.with_suffix(".away"))
    looked, missing = files_of(workplace)
    assert (looked >= 3, missing) == (True, 1), "gakusho doctor tells it"
    soon = later(workplace, minutes=6)
    with monkeypatch.context() as patched:
        patched.setattr(_timestamping, "revocations", lambda *_: NoRevocations())
        assert lengthened(soon) == 2
    told = state(soon, found.desk)
    assert (told.waiting, told.failing) == (2, 2)
    problems = [account(workplace, one).problem or {} for one in (gone, other)]
    assert [problem["code"] for problem in problems] == ["archive-file", "revocation"]
    assert not is_due(soon)
    assert lengthened(later(workplace, minutes=70)) == 1, "revocation data within the hour"
    assert account(workplace, other).level == "B-LTA"
    moved.rename(kept)
    assert lengthened(later(workplace, days=2)) == 1, "and a file once it is back"
    assert account(workplace, gone).level == "B-LTA"


@on_one_database
def test_what_is_urgent_comes_first(workplace: Workplace, found: Kept) -> None:
    [archived, first, second] = [found.archived, *found.waiting]
    moment = workplace.clock() + timedelta(minutes=6)
    with workplace.work() as work:
        rows = {one.award_id: one for one in work.session.scalars(select(LastingDocument))}
        rows[archived].half_at = moment - timedelta(days=1)
        for ends, problem, expected in (
            (timedelta(days=3), None, [archived, first, second]),
            (timedelta(days=60), None, [first, second, archived]),
            (timedelta(days=-1), None, [first, second, archived]),
            (timedelta(days=60), {"code": "x"}, [second, archived, first]),
        ):
            rows[archived].ends = moment + ends
            rows[first].problem, rows[first].try_at = problem, None
            work.session.flush()
            taken = archive.most_urgent(replace(work, now=moment), found.desk.institution.id)
            assert [award_id for award_id, _ in taken] == expected
        work.session.rollback()


@on_one_database
def test_what_would_not_verify_is_not_kept(
    workplace: Workplace, found: Kept, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(documents(workplace))
    soon = later(workplace, minutes=6)
    genuine = type(pdf()).lengthening

    def spoiling(form: Lasts, *given: object) -> object:
        inner = genuine(form, *given)  # type: ignore[arg-type]

        class Spoiling:
            def raised(self, document: bytes, level: object) -> bytes:
                return inner.raised(document, level) + b"%\n"  # type: ignore[arg-type]

        return Spoiling()

    monkeypatch.setattr(type(pdf()), "lengthening", spoiling)
    assert lengthened(soon) == 2
    assert dict(documents(workplace)) == before
    told = state(soon, found.desk)
    assert (told.failing, told.waiting) == (2, 2)
    assert told.problem
    assert told.problem["code"] == "own-output"


@on_one_database
def test_the_list_of_the_institutions_own_authority_is_published_and_renewed(
    workplace: Workplace, found: Kept
) -> None:
    institution = found.desk.institution
    with workplace.work() as work:
        document_key = _keys.active(work.session, institution.id, _keys.DOCUMENT)
        leaf, above = _keys.certificates(document_key)
        [address] = certificate_lists.addresses(work, institution.id)
        parsed = x509.load_der_x509_certificate(leaf).extensions
        points = parsed.get_extension_for_class(x509.CRLDistributionPoints).value
        assert [name.value for point in points for name in point.full_name or ()] == [address]
        first = publication.document(work, address)
        assert first
        assert publication.document(work, address.replace(".crl", "0.crl")) is None
        assert certificate_lists.is_fresh(work)
    listed = x509.load_der_x509_crl(first)
    assert listed.is_signature_valid(x509.load_der_x509_certificate(above).public_key())  # type: ignore[arg-type]
    assert len(listed) == 0
    tomorrow = later(workplace, days=1, minutes=1)
    with tomorrow.work() as work:
        assert not certificate_lists.is_fresh(work)
        assert certificate_lists.refresh(work) == 1
        assert certificate_lists.is_fresh(work)
        _keys.active(work.session, institution.id, _keys.DOCUMENT).revoked_at = work.now
    with tomorrow.work() as work:
        data = publication.document(work, address)
    assert data
    renewed = x509.load_der_x509_crl(data)
    serial = x509.load_der_x509_certificate(leaf).serial_number
    assert renewed.get_revoked_certificate_by_serial_number(serial) is not None
    number = renewed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    assert number == 3, "each has a number of its own"
    with tomorrow.work() as work:
        source = _timestamping.revocations(work, institutions.row_of(work.session, institution.id))
        with pytest.raises(ConflictError, match="was revoked"):
            source.evidence((leaf, above))
