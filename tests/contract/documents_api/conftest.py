# SPDX-License-Identifier: Apache-2.0
"""An institution with an administrator's tokens, its API, and the same place for the command line."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.fakes.copies import Beginning, Copy
from tests.fakes.desk import a_desk

from gakusho.issuer import institutions, tokens
from gakusho.issuer.access import Role
from gakusho.settings import Settings
from gakusho.store.work import Workplace
from gakusho.web.app import build
from gakusho.web.start import open_state


def begun(place: Workplace) -> dict[str, Any]:
    desk = a_desk(place)
    found: dict[str, Any] = {"desk": desk}
    with place.work() as work:
        institutions.grant(work, None, desk.institution.id, desk.preparer.email, Role.ADMINISTER)
        everybody = institutions.actor_for(work, desk.institution.id, desk.preparer.person_id)
        for name, scopes in (("all", ["documents:write", "awards:read"]), ("reads", ["awards:read"])):
            token, _ = tokens.create_token(work, everybody, name, scopes)
            found[name] = {"Authorization": f"Bearer {token}"}
    return found


@pytest.fixture
def beginning() -> Beginning:
    return begun


@pytest.fixture
def settings(copied: Copy) -> Settings:
    return copied.settings(workers=0)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with (
        open_state(settings) as state,
        TestClient(build(settings, state=state), base_url="http://localhost") as client,
    ):
        yield client


@pytest.fixture
def place(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    settings.data.mkdir(exist_ok=True)
    monkeypatch.setenv("GAKUSHO_SECRET_KEY", b64encode(settings.secret).decode())
    monkeypatch.setenv("GAKUSHO_FILES", settings.files)
    return ["--data", str(settings.data), "--database", settings.database]
