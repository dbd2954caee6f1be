# SPDX-License-Identifier: Apache-2.0
"""A share shows what was chosen, to whom it may, for as long as it may, and tells its holder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk
from tests.fakes.holders import Class, class_of, two_learners

from gakusho.errors import InputError, LimitError, NotFoundError
from gakusho.holder import share, visit, wallet
from gakusho.holder.share import ShareView, Terms
from gakusho.holder.visit import Door, Visitor
from gakusho.store.tables import Mail, Share
from gakusho.store.work import Workplace


@pytest.fixture
def beginning() -> Beginning:
    return two_learners


@pytest.fixture
def made(workplace: Workplace, found: Desk) -> Class:
    return class_of(workplace, found)


def _share(made: Class, person_id: str, award_id: str, **terms: object) -> ShareView:
    with made.work() as work:
        return share.create(
            work,
            person_id,
            [award_id],
            Terms(**{"expires_at": work.now + timedelta(days=90), **terms}),  # type: ignore[arg-type]  # by name
        )


def _token(view: ShareView) -> str:
    return view.link.rpartition("/")[2]


def test_the_link_opens_and_every_view_is_logged(made: Class) -> None:
    person_id, award_id = made.holder()
    view = _share(made, person_id, award_id, purpose="採用選考", label="みなと")
    assert len(_token(view)) >= 22
    with made.work() as work:
        found = visit.knock(work, _token(view))
        assert found.door is Door.OPEN
        assert [item.chosen.id for item in found.items] == [award_id]
        assert found.purpose == "採用選考"
        visit.note(work, found.share_id, "opened", Visitor(device="phone"), award_id=award_id)
    made.clock.move(timedelta(minutes=1))
    with made.work() as work:
        visit.note(
            work, view.id, "downloaded", Visitor(device="computer"), award_id=award_id, form="signed-pdf"
        )
    with made.work() as work:
        lines = share.log(work, person_id)
        assert [(line.act, line.device) for line in lines] == [
            ("downloaded", "computer"),
            ("opened", "phone"),
        ]
        assert lines[0].share_label == "みなと"
        assert lines[0].title is not None
        assert share.share(work, person_id, view.id).opened == 1


def test_the_link_is_not_kept_in_the_clear(made: Class) -> None:
    person_id, award_id = made.holder()
    view = _share(made, person_id, award_id, pin="2468")
    with made.work() as work:
        row = work.session.scalars(select(Share)).one()
        kept = repr([getattr(row, column.key) for column in Share.__table__.columns])
        assert _token(view) not in kept
        assert "2468" not in str(row.pin_hash).split("$")[0]
        assert str(row.pin_hash).startswith("scrypt$")


def test_five_wrong_pins_lock_for_longer_each_time(made: Class) -> None:
    person_id, award_id = made.holder()
    token = _token(_share(made, person_id, award_id, pin="2468"))

    def give(pin: str) -> visit.Visit:
        with made.work() as work:
            return visit.give_pin(work, token, pin, Visitor(device="computer"))

    assert [give("0000").door for _ in range(5)] == [Door.WRONG_PIN] * 4 + [Door.LOCKED]
    assert give("2468").door is Door.LOCKED  # the right one, too: a lock does not tell
    made.clock.move(timedelta(minutes=14))
    assert give("2468").door is Door.LOCKED
    made.clock.move(timedelta(minutes=2))
    assert [give("0000").door for _ in range(5)] == [Door.WRONG_PIN] * 4 + [Door.LOCKED]
    made.clock.move(timedelta(minutes=16))
    assert give("2468").door is Door.LOCKED  # 30 minutes now
    made.clock.move(timedelta(minutes=15))
    opened = give("２４６８")
    assert opened.door is Door.OPEN
    assert opened.items
    with made.work() as work:
        acts = [line.act for line in share.log(work, person_id)]
        assert acts.count("wrong-pin") == 10
        assert acts.count("locked") == 3


def test_a_closed_door_shows_nothing(made: Class) -> None:
    person_id, award_id = made.holder()
    view = _share(made, person_id, award_id, pin="2468", purpose="採用")
    with made.work() as work:
        for found in (
            visit.knock(work, _token(view)),
            visit.knock(work, _token(view), "9999999999.deadbeef"),
            visit.give_pin(work, _token(view), "1111", Visitor(device="phone")),
        ):
            assert found.door is not Door.OPEN
            assert found.items == ()
            assert found.purpose == ""


def test_the_pass_of_a_browser_is_for_one_share_and_an_hour(made: Class) -> None:
    person_id, award_id = made.holder()
    first = _token(_share(made, person_id, award_id, pin="2468"))
    second = _token(_share(made, person_id, award_id, pin="2468"))
    with made.work() as work:
        good = visit.give_pin(work, first, "2468", Visitor(device="phone")).browser_pass
    assert good
    with made.work() as work:
        assert visit.knock(work, first, good).door is Door.OPEN
        assert visit.knock(work, second, good).door is Door.PIN
        assert visit.knock(work, first, good[:-1] + ("0" if good[-1] != "0" else "1")).door is Door.PIN
    made.clock.move(timedelta(minutes=61))
    with made.work() as work:
        assert visit.knock(work, first, good).door is Door.PIN


def test_a_share_ends_at_its_time_and_can_be_lengthened(made: Class) -> None:
    person_id, award_id = made.holder()
    view = _share(made, person_id, award_id)
    made.clock.now = view.expires_at
    with made.work() as work:
        assert visit.knock(work, _token(view)).door is Door.EXPIRED
        assert share.share(work, person_id, view.id).state == "expired"
        share.change_expiry(work, person_id, view.id, work.now + timedelta(days=7))
        assert visit.knock(work, _token(view)).door is Door.OPEN


def test_a_share_is_stopped_at_once_and_for_good(made: Class) -> None:
    person_id, award_id = made.holder()
    view = _share(made, person_id, award_id)
    with made.work() as work:
        assert share.stop(work, person_id, view.id).state == "stopped"
    with made.work() as work:
        found = visit.knock(work, _token(view))
        assert found.door is Door.STOPPED
        assert found.items == ()
    with pytest.raises(InputError), made.work() as work:
        share.change_expiry(work, person_id, view.id, work.now + timedelta(days=7))


def test_other_peoples_things_are_not_there(made: Class) -> None:
    person_id, award_id = made.holder(1)
    other_id, _ = made.holder(2)
    view = _share(made, person_id, award_id)
    with made.work() as work:
        for ask in (
            lambda: share.share(work, other_id, view.id),
            lambda: share.stop(work, other_id, view.id),
            lambda: share.change_expiry(work, other_id, view.id, work.now + timedelta(days=1)),
            lambda: wallet.credential(work, other_id, award_id),
            lambda: wallet.sealed(work, other_id, award_id, "open-badges-3"),
            lambda: wallet.report_error(work, other_id, award_id, "違います"),
            lambda: share.create(work, other_id, [award_id], Terms(expires_at=work.now + timedelta(days=1))),
        ):
            with pytest.raises(NotFoundError):
                ask()
        assert share.log(work, other_id, share_id=view.id) == []
        assert share.shares(work, other_id) == []


def test_a_recipient_gets_the_link_and_the_pin_in_two_mails(made: Class) -> None:
    person_id, award_id = made.holder()
    view = _share(made, person_id, award_id, recipient="HR@minato.example", pin="97531", mail_pin=True)
    with made.work() as work:
        mails = work.session.scalars(select(Mail).where(Mail.recipient == "hr@minato.example")).all()
        bodies = {mail.kind: mail.body for mail in mails}
        assert set(bodies) == {"share", "pin"}
        assert view.link in bodies["share"]
        assert "97531" not in bodies["share"]
        assert "97531" in bodies["pin"]
        assert _token(view) not in bodies["pin"]
        assert [v.id for v in share.shared_already(work, person_id, " hr@MINATO.example")] == [view.id]


def test_without_asking_no_pin_is_mailed(made: Class) -> None:
    person_id, award_id = made.holder()
    _share(made, person_id, award_id, recipient="hr@minato.example", pin="97531")
    with made.work() as work:
        mails = work.session.scalars(select(Mail).where(Mail.recipient == "hr@minato.example")).all()
        assert [mail.kind for mail in mails] == ["share"]


@pytest.mark.parametrize(
    "terms",
    [
        {"recipient": "not an address"},
        {"pin": "12"},
        {"pin": "ひみつの番号"},
        {"expires_at": None},
    ],
)
def test_unusable_terms_make_no_share(made: Class, terms: dict[str, object]) -> None:
    person_id, award_id = made.holder()
    if "expires_at" in terms:
        terms = {"expires_at": made.clock.now - timedelta(seconds=1)}
    with pytest.raises(InputError):
        _share(made, person_id, award_id, **terms)
    with made.work() as work:
        assert share.shares(work, person_id) == []


def test_many_guesses_at_once_count_one_by_one(made: Class) -> None:
    person_id, award_id = made.holder()
    token = _token(_share(made, person_id, award_id, pin="2468"))

    def guess(n: int) -> Door:
        with made.work() as work:
            return visit.give_pin(work, token, f"{n:04}", Visitor(device="program")).door

    with ThreadPoolExecutor(8) as pool:
        doors = list(pool.map(guess, range(16)))
    assert doors.count(Door.WRONG_PIN) == 4
    assert doors.count(Door.LOCKED) == 12
    with made.work() as work:
        assert work.session.scalars(select(Share)).one().failed_pins == 5


def test_a_wallet_is_no_way_to_write_to_strangers(made: Class) -> None:
    person_id, award_id = made.holder()
    for n in range(share.MAX_MAILED):
        _share(made, person_id, award_id, recipient=f"hr{n}@minato.example")
    with pytest.raises(LimitError):
        _share(made, person_id, award_id, recipient="hr@minato.example")
    _share(made, person_id, award_id)
    made.clock.move(timedelta(days=1))
    _share(made, person_id, award_id, recipient="hr@minato.example")
