# SPDX-License-Identifier: Apache-2.0
"""The conversation in docs/guide/kiosk.md, held with a server word for word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.fakes.copies import Beginning, Copy
from tests.fakes.kiosk import Machine, with_machine

from gakusho.web.app import build
from gakusho.web.start import open_state

pytestmark = pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL")  # nothing shall be sent here

GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "kiosk.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(http|json)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CHOSEN = re.compile(r"[A-Z]{3,}\Z")


@pytest.fixture
def beginning() -> Beginning:
    return with_machine


@pytest.fixture
def client(copied: Copy, found: Machine) -> Iterator[TestClient]:
    headers = {"Authorization": f"Bearer {found.token}", "Accept-Language": "ja"}
    with (
        open_state(copied.settings(workers=0)) as state,
        TestClient(
            build(state.settings, state=state), base_url="http://localhost", headers=headers
        ) as client,
    ):
        yield client


def filled(text: str, chosen: dict[str, str]) -> str:
    """Give text with the values the server chose."""
    return re.sub(r"\b[A-Z]{3,}\b", lambda match: chosen.get(match.group(), match.group()), text)


def agree(said: Any, got: Any, chosen: dict[str, str]) -> None:
    """Compare an answer with the guide's; words in capitals are taken from the answer."""
    if isinstance(said, str) and _CHOSEN.match(said) and said != "JPY":
        assert isinstance(got, str)
        assert chosen.setdefault(said, got) == got
    elif isinstance(said, dict):
        assert sorted(said) == sorted(got)
        for name in said:
            agree(said[name], got[name], chosen)
    elif isinstance(said, list):
        assert len(said) == len(got)
        for one, other in zip(said, got, strict=True):
            agree(one, other, chosen)
    else:
        assert said == got


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_conversation_of_the_guide_goes_as_it_says(client: TestClient) -> None:
    chosen: dict[str, str] = {}
    answer = None
    count = 0
    for kind, block in _BLOCK.findall(GUIDE):
        if kind == "json":
            assert answer is not None
            agree(json.loads(block), answer.json(), chosen)
            continue
        line, _, body = block.partition("\n\n")
        method, path = line.split()
        sent = json.loads(filled(body, chosen)) if body.strip() else None
        answer = client.request(method, filled(path, chosen), json=sent)
        assert answer.status_code < 300, (line, answer.text)
        count += 1
    assert count == 9
    assert chosen["NUMBER"].endswith("-000001")
