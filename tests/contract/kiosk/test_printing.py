# SPDX-License-Identifier: Apache-2.0
"""What a certificate machine may rely on: each request once, each number once, every copy verifiable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.fakes.copies import Beginning
from tests.fakes.kiosk import FIRST, PIN, SECOND, Machine, offer, with_machine

from gakusho.errors import ConflictError, ForbiddenError, GakushoError, InputError, NotFoundError
from gakusho.fetch import MemoryFetcher
from gakusho.holder import paper
from gakusho.issuer import awards, codes, publication
from gakusho.issuer.kiosk import printing, students
from gakusho.issuer.kiosk.machines import MachineView, machine_by_token, revoke_machine
from gakusho.issuer.kiosk.offer import Fee, Offer, Offered, change_offer, offer_of
from gakusho.issuer.kiosk.printable import printables
from gakusho.issuer.kiosk.printing import Asked, PrintView
from gakusho.issuer.kiosk.students import Means, Refused, Visit, set_means, sign_in
from gakusho.model.report import Headline
from gakusho.store.tables import AwardRow, Mail
from gakusho.store.tables_kiosk import KioskCopy
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify


@pytest.fixture
def beginning() -> Beginning:
    return with_machine


@pytest.fixture
def machine(workplace: Workplace, found: Machine) -> MachineView:
    with workplace.work() as work:
        return machine_by_token(work, found.token)


def visit(workplace: Workplace, machine: MachineView, pin: str = PIN, student: str = FIRST) -> str:
    with workplace.work() as work:
        begun = sign_in(work, machine, how="pin", student_number=student, pin=pin)
    assert isinstance(begun, Visit), begun
    return begun.token


def asked(found: Machine, **changes: Any) -> Asked:
    usual: dict[str, Any] = {
        "request_id": "r-1",
        "document": f"graduation.{found.award_id}",
        "language": "ja",
        "copies": 2,
        "addressee": "株式会社みなと",
        "purpose": "就職活動用",
    }
    return Asked(**(usual | changes))


def print_it(workplace: Workplace, machine: MachineView, token: str, what: Asked) -> PrintView:
    with workplace.work() as work:
        print_id = printing.ask(work, machine, token, what)
    return printing.make(workplace, machine, print_id)


def test_copies_are_numbered_verify_and_carry_a_code_that_leads_to_them(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    printed = print_it(workplace, machine, visit(workplace, machine), asked(found))
    assert [copy.state for copy in printed.copies] == ["ready", "ready"]
    first, second = printed.copies
    assert first.issue_number.endswith("-000001")
    assert second.issue_number.endswith("-000002")
    with workplace.work() as work:
        pdf = printing.document(work, machine, printed.id, 1).data
        documents = publication.documents_of(work, [first.award_id])
        report = verify(pdf, now=work.now, fetcher=MemoryFetcher(documents, now=lambda: work.now))
        assert report.headline is Headline.VALID, report.checks
        assert report.credential is not None
        assert report.credential.id == f"urn:uuid:{first.award_id}"
        view = awards.award(work, machine.institution_id, first.award_id)
        assert (view.copy_of, view.issue_number) == (found.award_id, first.issue_number)
        assert (view.addressee, view.purpose) == ("株式会社みなと", "就職活動用")
        assert first.code is not None
        assert codes.opened_by(work, first.code.lower().replace("-", "－")) == view.verify_code
        letters = work.session.scalars(select(Mail.award_id).where(Mail.award_id == first.award_id)).all()
        assert len(letters) == 1, "one letter for all copies"


def test_the_same_request_again_is_the_same_document_and_another_one_is_refused(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    token = visit(workplace, machine)
    first = print_it(workplace, machine, token, asked(found))
    with workplace.work() as work:
        students.end_visit(work, machine, token)
    assert print_it(workplace, machine, token, asked(found)) == first, "also after the visit has ended"
    with workplace.work() as work:
        count = work.session.scalar(select(func.count()).where(AwardRow.copy_of == found.award_id))
    assert count == 2
    with pytest.raises(ConflictError) as refused, workplace.work() as work:
        printing.ask(work, machine, token, asked(found, copies=1))
    assert refused.value.code == "kiosk-request-reused"
    with pytest.raises(NotFoundError) as ended, workplace.work() as work:
        printing.ask(work, machine, token, asked(found, request_id="r-2"))
    assert ended.value.code == "kiosk-visit"


def test_two_at_the_same_moment_make_one_print(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    token = visit(workplace, machine)
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: print_it(workplace, machine, token, asked(found, copies=1)), range(3)))
    assert made[0] == made[1] == made[2]
    with workplace.work() as work:
        assert work.session.scalar(select(func.count()).where(AwardRow.copy_of == found.award_id)) == 1


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_was_reserved_before_a_power_cut_is_made_with_the_same_numbers(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    token = visit(workplace, machine)
    with workplace.work() as work:
        print_id = printing.ask(work, machine, token, asked(found))
        before = printing.view(work, machine, print_id)
    assert [copy.state for copy in before.copies] == ["reserved", "reserved"]
    after = print_it(workplace, machine, token, asked(found))
    assert [copy.issue_number for copy in after.copies] == [copy.issue_number for copy in before.copies]
    assert [copy.award_id for copy in after.copies] == [copy.award_id for copy in before.copies]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_jam_is_reprinted_with_the_same_number_and_what_was_printed_is_not(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    made = print_it(workplace, machine, visit(workplace, machine), asked(found, copies=1))
    number = made.copies[0].issue_number

    def report(attempt: int, *, printed: bool) -> PrintView:
        with workplace.work() as work:
            return printing.report(
                work, machine, made.id, 1, attempt=attempt, printed=printed, reason="紙づまり"
            )

    def again(attempt: int) -> PrintView:
        with workplace.work() as work:
            return printing.reprint(work, machine, made.id, 1, attempt=attempt)

    def refusal(act: Any) -> str:
        with pytest.raises(ConflictError) as refused:
            act()
        return refused.value.code

    with workplace.work() as work:
        pdf = printing.document(work, machine, made.id, 1).data
    assert refusal(lambda: again(2)) == "kiosk-reprint", "it has not failed"
    assert report(1, printed=False).copies[0].reason == "紙づまり"
    assert report(1, printed=False).copies[0].state == "failed", "the same report again"
    assert refusal(lambda: report(1, printed=True)) == "kiosk-reported"
    assert again(2) == again(2), "the same request again"
    with workplace.work() as work:
        assert printing.document(work, machine, made.id, 1).data == pdf
    assert report(2, printed=True).copies[0].state == "printed"
    assert report(2, printed=True).copies[0].issue_number == number
    assert refusal(lambda: again(3)) == "kiosk-reprint"
    with workplace.work() as work, pytest.raises(ConflictError) as done:
        printing.document(work, machine, made.id, 1)
    assert done.value.code == "kiosk-not-ready"
    with workplace.work() as work:
        copy = work.session.get_one(KioskCopy, (made.id, 1))
        copy.state, copy.attempt = "failed", printing.ATTEMPTS
    assert refusal(lambda: again(printing.ATTEMPTS + 1)) == "kiosk-reprint", "three reprints, no more"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_request_that_cannot_be_printed_is_refused_before_a_number_is_given(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    token = visit(workplace, machine)
    for changes, code in (
        ({"copies": 4}, "kiosk-copies"),
        ({"copies": 0}, "kiosk-copies"),
        ({"language": "ja-en"}, "kiosk-language"),
        ({"document": "transcript.x"}, "kiosk-document"),
        ({"addressee": "あ" * 101}, "kiosk-words"),
        ({"addressee": "株式会社\ue000"}, "kiosk-glyph"),
        ({"request_id": "a b"}, "kiosk-request-id"),
    ):
        with pytest.raises(GakushoError) as refused, workplace.work() as work:
            printing.ask(work, machine, token, asked(found, **changes))
        assert refused.value.code == code
    made = print_it(workplace, machine, token, asked(found, copies=1, request_id="r-2"))
    assert made.copies[0].issue_number.endswith("-000001")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_student_prints_what_holds_and_is_theirs_within_the_days_copies(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    with workplace.work() as work:
        set_means(work, found.desk.administrator, [Means(student_number=SECOND, pin="9999")])
        listed = printables(work, machine.institution_id, FIRST, offer(found.desk.achievement_id))
        assert [one.kind for one in listed] == ["graduation", "degree-certificate"]
        assert listed[0].fee == Fee(amount=300, currency="JPY")
    other = visit(workplace, machine, "9999", SECOND)
    with pytest.raises(NotFoundError), workplace.work() as work:
        printing.ask(work, machine, other, asked(found))
    token = visit(workplace, machine)
    for n, copies in ((1, 3), (2, 1)):
        print_it(workplace, machine, token, asked(found, request_id=f"r-{n}", copies=copies))
    with pytest.raises(ConflictError) as used, workplace.work() as work:
        printing.ask(work, machine, token, asked(found, request_id="r-3", copies=1))
    assert used.value.code == "kiosk-per-day"
    with workplace.work() as work:
        awards.revoke(work, found.desk.approver, [found.award_id], "誤記")
        assert printables(work, machine.institution_id, FIRST, offer(found.desk.achievement_id)) == []
        copies_now = work.session.scalars(select(AwardRow.state).where(AwardRow.copy_of == found.award_id))
        assert set(copies_now) == {"revoked"}, "what was printed goes with it"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_another_machine_knows_nothing_of_it(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    token = visit(workplace, machine)
    made = print_it(workplace, machine, token, asked(found, copies=1))
    with workplace.work() as work:
        other = machine_by_token(work, found.other_token)
        for act in (
            lambda: printing.view(work, other, made.id),
            lambda: printing.document(work, other, made.id, 1),
            lambda: printing.document(work, machine, made.id, 10**20),
            lambda: printing.document(work, machine, made.id, -1),
            lambda: students.student_of(work, other, token),
            lambda: printing.ask(work, other, token, asked(found)),
        ):
            with pytest.raises(NotFoundError):
                act()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_revoked_machine_is_nobody(workplace: Workplace, found: Machine, machine: MachineView) -> None:
    with workplace.work() as work:
        revoke_machine(work, found.desk.administrator, machine.id)
        for token in (found.token, "gkm_unknown", "gak_" + found.token[4:], ""):
            with pytest.raises(ForbiddenError) as refused:
                machine_by_token(work, token)
            assert refused.value.code == "kiosk-token"
        with pytest.raises(ForbiddenError):
            revoke_machine(work, found.desk.preparer, machine.id)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_wrong_pins_lock_a_student_for_longer_each_time(workplace: Workplace, machine: MachineView) -> None:
    clock = [workplace.clock()]
    place = workplace.at(lambda: clock[0])

    def tried(pin: str, number: str = FIRST) -> Visit | Refused:
        with place.work() as work:
            return sign_in(work, machine, how="pin", student_number=number, pin=pin)

    def locked_until() -> datetime | None:
        with place.work(read_only=True) as work:
            found = students.student(work, machine.institution_id, FIRST)
        return found.locked_until if found else None

    assert tried("0000") == tried("0000", "S999999") == Refused(code="kiosk-sign-in"), "not told which"
    for _ in range(3):
        assert tried("0000") == Refused(code="kiosk-sign-in")
    for pin in ("0000", PIN):  # the fifth wrong one, and the right one of a student who waits
        assert tried(pin) == Refused(code="kiosk-sign-in"), "as of a number nobody has"
    assert locked_until() == clock[0] + timedelta(minutes=15)
    clock[0] += timedelta(minutes=16)
    for _ in range(5):
        tried("0000")
    assert locked_until() == clock[0] + timedelta(minutes=30)
    clock[0] += timedelta(minutes=31)
    assert isinstance(tried("４０７１", " Ｓ000001 "), Visit), "full-width is folded"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_machine_at_which_many_fail_pauses(workplace: Workplace, machine: MachineView) -> None:
    clock = [workplace.clock()]
    place = workplace.at(lambda: clock[0])
    for n in range(students.MACHINE_TRIES):
        with place.work() as work:
            refused = sign_in(work, machine, how="pin", student_number=f"X{n}", pin="0000")
        assert refused == Refused(code="kiosk-sign-in")
    with place.work() as work:
        until = clock[0] + students.MACHINE_PAUSE
        assert sign_in(work, machine, how="pin", student_number=FIRST, pin=PIN) == Refused(
            code="kiosk-locked", until=until
        )
    clock[0] = until + timedelta(seconds=1)
    with place.work() as work:
        assert isinstance(sign_in(work, machine, how="pin", student_number=FIRST, pin=PIN), Visit)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_card_signs_in_alone_or_with_the_pin_as_the_institution_chose(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    from tests.fakes.kiosk import CARD

    with workplace.work() as work:
        assert isinstance(sign_in(work, machine, how="card", card=CARD), Visit)
        assert isinstance(sign_in(work, machine, how="card", card=CARD[:-1] + "9"), Refused)
        assert isinstance(sign_in(work, machine, how="card-pin", card=CARD), Refused)
        assert isinstance(sign_in(work, machine, how="card-pin", card=CARD, pin=PIN), Visit)
        assert isinstance(sign_in(work, machine, how="pin", card=CARD), Refused)
        with pytest.raises(ConflictError) as taken:
            set_means(work, found.desk.administrator, [Means(student_number=SECOND, card=CARD)])
        assert taken.value.code == "kiosk-card-taken"
        for means in (
            Means(student_number=FIRST, pin="123"),
            Means(student_number=FIRST, pin="12a4"),
            Means(student_number=FIRST, card="short"),
            Means(student_number=" ", pin="1234"),
        ):
            with pytest.raises(InputError) as refused:
                set_means(work, found.desk.administrator, [means])
            assert refused.value.code == "kiosk-student"


@pytest.mark.parametrize("kind", ["postgresql"])  # SQLite has one writer anyway
def test_two_requests_at_once_do_not_share_the_days_copies(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    token = visit(workplace, machine)

    def ask(request_id: str) -> None:
        with workplace.work() as work:
            printing.ask(work, machine, token, asked(found, request_id=request_id, copies=3))

    with ThreadPoolExecutor(1) as other:
        with workplace.work() as work:
            printing.ask(work, machine, token, asked(found, request_id="r-1", copies=3))
            second = other.submit(ask, "r-2")
            wait([second], timeout=0.5)  # it has counted by now, if nothing holds it
        with pytest.raises(InputError) as refused:
            second.result(timeout=60)
    assert (refused.value.code, refused.value.facts["expected"]) == ("kiosk-copies", 1)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_an_offer_that_no_machine_could_print_is_refused(workplace: Workplace, found: Machine) -> None:
    good = Offered(kind="transcript")
    with workplace.work() as work:
        for bad in (
            Offer(sign_in="face"),
            Offer(number_prefix="第"),
            Offer(purposes=("",)),
            Offer(documents=(good, good)),
            Offer(documents=(Offered(kind="licence"),)),
            Offer(documents=(Offered(kind="transcript", languages=()),)),
            Offer(documents=(Offered(kind="transcript", fee=Fee(amount=-1)),)),
            Offer(documents=(Offered(kind="transcript", fee=Fee(currency="yen")),)),
            Offer(documents=(Offered(kind="transcript", most_copies=0),)),
            Offer(documents=(Offered(kind="transcript", most_copies=5, most_per_day=4),)),
        ):
            with pytest.raises(InputError) as refused:
                change_offer(work, found.desk.administrator, bad)
            assert refused.value.code == "kiosk-offer"
        with pytest.raises(ForbiddenError):
            change_offer(work, found.desk.preparer, Offer())
        kept = change_offer(work, found.desk.administrator, Offer(sign_in="card", documents=(good,)))
        from gakusho.issuer.institutions import institution

        assert offer_of(institution(work, found.desk.institution.id)) == kept


@pytest.mark.parametrize("kind", ["sqlite"])
def test_who_holds_it_withdraws_a_papers_link_and_only_that_one_gives_it_back(
    workplace: Workplace, found: Machine, machine: MachineView
) -> None:
    holder, other = found.desk.preparer.person_id, found.desk.approver.person_id
    with workplace.work() as work:
        work.session.get_one(AwardRow, found.award_id).holder_id = holder
    printed = print_it(workplace, machine, visit(workplace, machine), asked(found, copies=1))
    with workplace.work() as work:
        for award_id in (found.award_id, printed.copies[0].award_id):
            assert paper.paper_link(work, holder, award_id).code, "a copy comes to who holds the original"
        assert not work.session.scalars(select(Mail).where(Mail.award_id == printed.copies[0].award_id)).all()
        with pytest.raises(NotFoundError):
            paper.withdraw(work, other, found.award_id)
        paper.withdraw(work, holder, found.award_id)
        assert codes.paper_link(work, found.award_id).withdrawn_by == "holder"
        with pytest.raises(ConflictError) as refused:
            codes.restore_link(work, found.desk.approver, found.award_id)
        assert refused.value.code == "paper-link-other"
        paper.restore(work, holder, found.award_id)
        assert codes.paper_link(work, found.award_id).withdrawn_at is None


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_link_withdrawn_by_the_institution_takes_its_code_along_and_comes_back(
    workplace: Workplace, found: Machine
) -> None:
    with workplace.work() as work:
        link = codes.paper_link(work, found.award_id)
        assert link.code is not None
        with pytest.raises(ForbiddenError):
            codes.withdraw_link(work, found.desk.preparer, found.award_id)
        codes.withdraw_link(work, found.desk.approver, found.award_id)
        codes.withdraw_link(work, found.desk.approver, found.award_id)
        now = codes.paper_link(work, found.award_id)
        assert (now.withdrawn_by, now.code) == ("institution", link.code)
        codes.restore_link(work, found.desk.approver, found.award_id)
        assert codes.paper_link(work, found.award_id) == link
        with pytest.raises(NotFoundError):
            codes.opened_by(work, "0000-0000-0000")
        with pytest.raises(InputError) as mistyped:
            codes.opened_by(work, "0000-0000-0001")
        assert mistyped.value.code == "code-mistyped"
