# SPDX-License-Identifier: Apache-2.0
"""The VC-API answers the worst that anybody thought of with a verdict, and in time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from tools.fuzz import worst_graphs, worst_texts
from tools.fuzz.case import CASES

from gakusho import settings as read_settings
from gakusho.web.app import build

pytestmark = pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL")  # nothing shall be sent here

assert worst_graphs, worst_texts  # they register their cases
CHOSEN = ("clique-10", "inline-values", "equal-nodes-10000", "types", "long-id", "presented-2000")
WAY = {True: ("presentations", "verifiablePresentation"), False: ("credentials", "verifiableCredential")}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = read_settings.read(
        {},
        data=tmp_path_factory.mktemp("hostile"),
        vc_api=1,
        fetch=0,
        workers=0,
        public_url="http://localhost",
    )
    with TestClient(build(settings), base_url="http://localhost") as running:
        yield running


@pytest.mark.parametrize("name", CHOSEN)
def test_a_worst_case_is_answered(client: TestClient, name: str) -> None:
    case = CASES[name]()
    path, member = WAY[case.presented]
    body = b'{"%s":%s}' % (member.encode(), case.data)
    started = time.monotonic()
    answer = client.post(f"/vc-api/{path}/verify", content=body)
    assert answer.status_code == 400, answer.text[:300]
    found = answer.json()
    assert found.get("verified") is False
    assert found["problemDetails"][0]["title"] != "format.checked"
    assert time.monotonic() - started < 30


def test_a_body_larger_than_the_bound_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/vc-api/credentials/verify", content=b'{"a":"' + b"x" * 1_100_000 + b'"}')
    assert answer.status_code in {400, 413}
