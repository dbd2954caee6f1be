# SPDX-License-Identifier: Apache-2.0
"""A mail is sent once, or says why not; a mail server that stands still loses nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from tests.fakes.copies import Beginning, only_tables
from tests.fakes.desk import BADGES, Desk, KeepingMailer, approved, issue_all, learners, open_desk

from gakusho.errors import ConflictError, ForbiddenError, InputError, UnreachableError
from gakusho.issuer import awards, delivery, institutions
from gakusho.issuer.access import Actor
from gakusho.issuer.delivery import MAYBE_SENT
from gakusho.issuer.desk import STEPS
from gakusho.store.ids import token_hash
from gakusho.store.jobs import Jobs
from gakusho.store.mailers import MAIL_LATER, MAIL_REFUSED, MAIL_UNCERTAIN, Letter
from gakusho.store.tables import ClaimLink, Mail
from gakusho.store.work import Workplace


@pytest.fixture
def beginning() -> Beginning:
    return issued


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def issued(workplace: Workplace) -> Desk:
    with workplace.work() as work:
        made = open_desk(work)
        batch = approved(work, made, learners(3))
    issue_all(workplace, batch.id)
    return made


class Failing:
    """Raises what it is given, one after the other, then takes mails."""

    keeps = False

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.taken: list[str] = []

    def send(self, letter: Letter) -> None:
        """Raise the next error."""
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(letter.mail_id)


def test_the_claim_mail_says_who_what_until_when_in_both_languages(workplace: Workplace, desk: Desk) -> None:
    mailer = KeepingMailer()
    assert _jobs(workplace, mailer).step_deliver() == 3
    letter = next(each for each in mailer.letters if each.recipient == "learner1@students.example")
    for words in (
        "さくら大学",
        "学士（文学）",
        "鈴木 花子 様",
        "2026年3月25日",
        "Dear SUZUKI Hanako",
        "25 March 2026",
    ):
        assert words in letter.body
    assert "さくら大学" in letter.subject
    assert "Sakura University" in letter.subject
    assert letter.sender_name == "Sakura University"
    assert letter.reply_to == "registrar@sakura.example"
    tokens = set(re.findall(r"https://desk\.sakura\.example/claim/([\w-]+)", letter.body))
    assert len(tokens) == 1
    with workplace.work() as work:
        link = work.session.get_one(ClaimLink, token_hash(tokens.pop()))
        assert link.email == "learner1@students.example"
        assert link.expires_at - link.created_at == timedelta(days=180)
        assert {view.claim for view in awards.find(work, desk.institution.id)} == {"sent"}


@pytest.mark.parametrize("beginning", [only_tables], ids=["no-batch-before"])
def test_a_batch_that_is_not_to_notify_mails_nobody(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        institutions.change(work, desk.administrator, settings={"claim_days": 30})
        batch = approved(work, desk, learners(1), choices=replace(BADGES, notify=False))
    issue_all(workplace, batch.id)
    with workplace.work() as work:
        assert not delivery.mail_due(work)
        [view] = awards.find(work, desk.institution.id)
        delivery.resend_claim(work, desk.preparer, view.id)
        link = work.session.scalars(select(ClaimLink)).one()
        assert link.expires_at - link.created_at == timedelta(days=30)


def test_a_stopped_mail_server_leaves_mails_waiting_and_loses_none(workplace: Workplace, desk: Desk) -> None:
    down = UnreachableError("The mail server 127.0.0.1:25 could not be asked: refused.", code="mail-server")
    mailer = Failing(down)
    assert _jobs(workplace, mailer).step_deliver() == 0
    assert mailer.taken == []
    with workplace.work() as work:
        mails = work.session.scalars(select(Mail)).all()
        assert {mail.state for mail in mails} == {"waiting"}
        [tried] = [mail for mail in mails if mail.attempts]
        assert "could not be asked" in (tried.last_error or "")
        assert tried.next_attempt_at is not None
        assert tried.next_attempt_at > work.now
    assert _jobs(workplace, mailer).step_deliver() == 2  # the one that was tried waits its time
    later = workplace.at(lambda: datetime.now(UTC) + timedelta(minutes=10))
    assert _jobs(later, mailer).step_deliver() == 1
    assert len(set(mailer.taken)) == len(mailer.taken) == 3


def test_waiting_grows_and_ends_after_days(workplace: Workplace, desk: Desk) -> None:
    waits = []
    moment = datetime.now(UTC)
    with workplace.work() as work:
        [only, *rest] = work.session.scalars(select(Mail)).all()
        for mail in rest:
            mail.state = "sent"
    for _ in range(60):
        mailer = Failing(UnreachableError("down", code="mail-server"))
        now = moment
        _jobs(workplace.at(partial(_same, now)), mailer).step_deliver()
        with workplace.work() as work:
            mail = work.session.get_one(Mail, only.id)
            if mail.state == "failed":
                break
            assert mail.next_attempt_at is not None
            waits.append((mail.next_attempt_at - moment).total_seconds())
            moment = mail.next_attempt_at
    assert waits[:4] == [30, 60, 120, 240]
    assert max(waits) == 4 * 3600
    assert mail.state == "failed"
    assert "Given up" in (mail.last_error or "")


def test_what_one_mail_meets_does_not_stop_the_others(workplace: Workplace, desk: Desk) -> None:
    mailer = Failing(
        InputError("550 no such user", code=MAIL_REFUSED), UnreachableError("451 later", code=MAIL_LATER)
    )
    assert _jobs(workplace, mailer).step_deliver() == 3
    with workplace.work() as work:
        states = sorted(
            (mail.state, mail.last_error) for mail in work.session.scalars(select(Mail)) if mail.last_error
        )
        assert states == [("failed", "550 no such user"), ("waiting", "451 later")]
    assert len(mailer.taken) == 1


@pytest.mark.parametrize("error", [UnreachableError("reset", code=MAIL_UNCERTAIN), RuntimeError("odd")])
def test_a_mail_that_may_have_been_sent_is_not_sent_again(
    workplace: Workplace, desk: Desk, error: Exception
) -> None:
    mailer = Failing(error)
    later = workplace.at(lambda: datetime.now(UTC) + timedelta(days=1))
    for place in (workplace, workplace, later):
        _jobs(place, mailer).step_deliver()
    assert len(mailer.taken) == 2
    with workplace.work() as work:
        [unsure] = work.session.scalars(select(Mail).where(Mail.state == "failed"))
        assert (unsure.last_error or "").startswith("May have been sent")


def test_a_mail_found_half_way_after_a_crash_is_left_to_a_person(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        letter = delivery.take(work, "desk#1-dead")
        assert letter is not None
    mailer = Failing()
    assert _jobs(workplace, mailer).step_deliver() == 2
    with workplace.work() as work:
        delivery.give_up_taken(work, "other", "other#1")  # another worker's, and not long ago
        assert work.session.get_one(Mail, letter.mail_id).state == "sending"
        delivery.give_up_taken(work, "desk", "desk#2-alive")
        mail = work.session.get_one(Mail, letter.mail_id, populate_existing=True)
        assert (mail.state, mail.last_error) == ("failed", MAYBE_SENT)
    assert letter.mail_id not in mailer.taken
    later = workplace.at(lambda: datetime.now(UTC) + timedelta(minutes=16))
    with later.work() as work:
        mail = work.session.get_one(Mail, letter.mail_id)
        mail.state = "sending"
        work.session.flush()
        delivery.give_up_taken(work, "other", "other#1")
        assert work.session.get_one(Mail, letter.mail_id, populate_existing=True).state == "failed"


def test_a_mail_whose_end_could_not_be_written_down_is_settled_later(
    workplace: Workplace, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailer = Failing()
    jobs = _jobs(workplace, mailer)

    def down(*_: object) -> None:
        raise UnreachableError("The database could not do its work.", code="database")

    with monkeypatch.context() as patch:
        patch.setattr(type(STEPS), "settle", staticmethod(down))
        assert jobs.step_deliver() == 0
    assert len(mailer.taken) == 1
    assert jobs.step_deliver() == 2
    assert len(set(mailer.taken)) == len(mailer.taken) == 3
    with workplace.work() as work:
        assert set(work.session.scalars(select(Mail.state))) == {"sent"}


def test_who_waits_to_sign_in_does_not_wait_for_a_thousand_claims(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        values = {"kind": "sign-in", "recipient": "a@b.example", "subject": "s", "body": "b"}
        assert delivery.queue(work, key="sign-in:1", **values)
        assert not delivery.queue(work, key="sign-in:1", **values)
        letter = delivery.take(work, "w#1")
        assert letter is not None
        assert letter.recipient == "a@b.example"


def test_a_mail_is_the_same_mail_at_every_attempt(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        first = delivery.take(work, "w#1")
        assert first is not None
        mail = work.session.get_one(Mail, first.mail_id)
        mail.state = "waiting"
        work.session.flush()
        again = delivery.take(work, "w#2")
        assert again == first


def test_resending_withdraws_the_old_link(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        view = awards.find(work, desk.institution.id)[0]
        delivery.resend_claim(work, desk.preparer, view.id)
    with workplace.work() as work:
        links = work.session.scalars(select(ClaimLink).where(ClaimLink.award_id == view.id)).all()
        assert sorted(link.withdrawn_at is None for link in links) == [False, True]
        mails = work.session.scalars(select(Mail).where(Mail.award_id == view.id).order_by(Mail.id)).all()
        assert [mail.state for mail in mails] == ["failed", "waiting"]
        assert [mail.key for mail in mails] == [f"claim:{view.id}:1", f"claim:{view.id}:2"]
        awards.revoke(work, desk.approver, [view.id], "so")
        with pytest.raises(ConflictError):
            delivery.resend_claim(work, desk.preparer, view.id)
        stranger = Actor(
            person_id="x", institution_id=desk.institution.id, name="", email="", roles=frozenset()
        )
        with pytest.raises(ForbiddenError):
            delivery.resend_claim(work, stranger, view.id)


def test_a_link_that_was_sent_is_kept_as_its_hash_alone(workplace: Workplace, desk: Desk) -> None:
    with workplace.work(read_only=True) as work:
        assert all("/claim/" in mail.body for mail in delivery.inbox(work))
    assert _jobs(workplace, Failing()).step_deliver() == 3
    with workplace.work(read_only=True) as work:
        assert {mail.body for mail in delivery.inbox(work)} == {""}


def test_the_inbox_shows_what_was_written_to_whom(workplace: Workplace, desk: Desk) -> None:
    with workplace.work(read_only=True) as work:
        assert len(delivery.inbox(work)) == 3
        [mail] = delivery.inbox(work, recipient="Learner2@students.example")
        assert mail.recipient == "learner2@students.example"


def _same(moment: datetime) -> datetime:
    return moment


def _jobs(place: Workplace, mailer: KeepingMailer | Failing) -> Jobs:
    return Jobs(place, steps=STEPS, mailer=mailer, worker="desk")
