# SPDX-License-Identifier: Apache-2.0
"""The same request many times at once is one request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from tests.fakes.desk import approved, learners, open_desk

from gakusho.errors import ConflictError, InputError
from gakusho.issuer import issuing
from gakusho.issuer.idempotency import Answer, once
from gakusho.store.tables import AwardRow, IdempotencyKey
from gakusho.store.work import Workplace


def test_thirty_two_requests_with_one_key_make_one_credential(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)

    def request(_: int) -> Answer:
        with workplace.work() as work:

            def run() -> Answer:
                batch = approved(work, desk, learners(1))
                assert issuing.issue_chunk(work, batch.id) == 1
                return Answer(status=201, body={"batch": batch.id})

            return once(work, desk.institution.id, "key-1", "a" * 64, run)

    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(request, range(32)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["batch"] for answer in answers}) == 1
    with workplace.work() as work:
        assert work.session.scalar(select(func.count()).select_from(AwardRow)) == 1


def test_the_same_key_with_another_body_is_refused(workplace: Workplace) -> None:
    with workplace.work() as work:
        once(work, "i", "k", "a" * 64, lambda: Answer(status=200))
    with workplace.work() as work, pytest.raises(ConflictError) as refused:
        once(work, "i", "k", "b" * 64, lambda: Answer(status=200))
    assert refused.value.code == "idempotency-key-reused"


def test_another_institution_has_keys_of_its_own(workplace: Workplace) -> None:
    with workplace.work() as work:
        first = once(work, "i", "k", "a" * 64, lambda: Answer(status=200, body={"n": 1}))
        second = once(work, "j", "k", "b" * 64, lambda: Answer(status=200, body={"n": 2}))
    assert (first.body, second.body) == ({"n": 1}, {"n": 2})


def test_a_request_that_failed_may_be_tried_again_with_its_key(workplace: Workplace) -> None:
    def fail() -> Answer:
        raise InputError("no")

    def request() -> None:
        with workplace.work() as work:
            once(work, "i", "k", "a" * 64, fail)

    with pytest.raises(InputError):
        request()
    with workplace.work() as work:
        assert work.session.scalar(select(func.count()).select_from(IdempotencyKey)) == 0
        assert once(work, "i", "k", "a" * 64, lambda: Answer(status=200)).status == 200


@pytest.mark.parametrize("key", ["", "a" * 201, "a b", "é", "a\n"])
def test_a_key_that_is_none_is_refused(workplace: Workplace, key: str) -> None:
    with workplace.work() as work, pytest.raises(InputError):
        once(work, "i", key, "a" * 64, lambda: Answer(status=200))
