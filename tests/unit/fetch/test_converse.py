# SPDX-License-Identifier: Apache-2.0
"""What a service answers, whatever its status: its reasons stand in the answer."""

from __future__ import annotations

import pytest
from tests.unit.fetch.test_send import URL, asking

from gakusho.errors import ForbiddenAddressError, UnreachableError

KIND = "application/timestamp-query"  # what the server of the other tests takes


@pytest.mark.parametrize("status", [200, 302, 400, 401, 503])
def test_any_status_is_an_answer_and_no_redirect_is_followed(status: int) -> None:
    with asking(lambda _: (status, "application/json; charset=utf-8", b'{"error":"x"}')) as door:
        answer = door.converse(URL, b"{}", KIND, headers={"Authorization": "Bearer t"}, max_bytes=100)
    assert (answer.status, answer.data, answer.media_type) == (status, b'{"error":"x"}', "application/json")


def test_an_answer_out_of_bounds_is_none() -> None:
    with asking(lambda _: (200, "application/json", bytes(101))) as door:
        with pytest.raises(UnreachableError):
            door.converse(URL, b"", KIND, headers={}, max_bytes=100)
        with pytest.raises(ForbiddenAddressError):
            door.converse("http://tsa.example:9/", b"", KIND, headers={}, max_bytes=100)
