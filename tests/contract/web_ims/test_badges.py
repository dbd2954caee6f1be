# SPDX-License-Identifier: Apache-2.0
"""The Open Badges 3.0 API over a wallet: discovery, credentials, profile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.contract.web_ims.conftest import signed_in
from tests.fakes.application import BADGE_SCOPES, OB, Application, registered
from tests.fakes.pages import Pages


def test_the_whole_way(inside: Application) -> None:
    answer = inside.get(f"{OB}/credentials")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["credential"]) == 1
    assert answer.headers["x-total-count"] == "1"
