# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent to the API, the answer is not an error of the server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from gakusho import settings as read_settings
from gakusho.issuer import institutions, tokens
from gakusho.issuer.access import Role
from gakusho.issuer.kiosk.machines import add_machine
from gakusho.model.text import Text
from gakusho.web.app import build
from gakusho.web.start import open_state

pytestmark = [
    pytest.mark.filterwarnings("ignore:GAKUSHO_MAIL"),  # nothing shall be sent here
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # the generator's own
]

schemathesis.serializer.alias(
    ["application/x-pem-file", "application/pkcs7-mime"], "application/octet-stream"
)  # certificates: to the generator bytes like any others


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, dict[str, str]]]:
    read = read_settings.read({}, data=tmp_path_factory.mktemp("any"), fetch=0, workers=0)
    with open_state(read) as state:
        with state.work() as work:
            view = institutions.found(
                work, slug="sakura", name=Text.of(ja="さくら大学"), did="did:web:sakura.example"
            )
            for role in Role:
                institutions.grant(work, None, view.id, "p@sakura.example", role, "p")
            [member] = institutions.members(work, view.id)
            actor = institutions.actor_for(work, view.id, member.person_id)
            made, _ = tokens.create_token(work, actor, "any", list(tokens.SCOPES))
            machine, _ = add_machine(work, actor, "any")
        app = build(read, state=state)
        with TestClient(app, base_url="http://localhost"):
            yield app, {"/api/kiosk/": machine, "/": made}


def _operations(application: object) -> dict[str, Any]:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", application)
    found = (result.ok() for result in schema.get_all_operations() if isinstance(result, Ok))
    return {f"{o.method.upper()} {o.path}": o for o in found if o.path.startswith(("/api/", "/i/"))}


def test_no_request_is_the_servers_fault(server: tuple[FastAPI, dict[str, str]]) -> None:
    application, by_path = server
    operations = _operations(application)
    assert len(operations) > 15
    for name, operation in operations.items():
        token = next(token for path, token in by_path.items() if operation.path.startswith(path))
        _try_many(name, operation, token)


def _try_many(name: str, operation: Any, token: str) -> None:
    @settings(
        max_examples=7,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy())
    def holds(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        told = (name, answer.status_code, answer.content[:500])
        assert answer.status_code < 500, told
        if answer.status_code >= 400:
            assert answer.headers["content-type"][0] == "application/problem+json", told

    holds()
