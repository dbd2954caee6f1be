# SPDX-License-Identifier: Apache-2.0
"""The VC-API as the official suites reach it: https on loopback, with a certificate of its own."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.ports import free_port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Start the product on a free port; give the port, and trust in its certificate alone."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GAKUSHO_")}
    running = subprocess.Popen(
        [sys.executable, "-m", "gakusho.cli.main", "serve", "--tls-self-signed", "--port", str(port)],
        env={**kept, "GAKUSHO_LANG": "en", "GAKUSHO_VC_API": "1", "GAKUSHO_FETCH": "0"}
        | {
            "GAKUSHO_DATA": str(tmp_path),
            "GAKUSHO_WORKERS": "0",
            "GAKUSHO_MAIL": "smtp://localhost",
            "PYTHONWARNINGS": "ignore",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        assert re.match(rf"Gakusho serves https://localhost:{port}", running.stdout.readline())
        trust = ssl.create_default_context(cafile=str(tmp_path / "tls" / "self-signed.pem"))
        yield port, trust
    finally:
        running.terminate()
        running.communicate(timeout=120)


def ask(server: tuple[int, ssl.SSLContext], method: str, path: str, body: Any = None) -> tuple[int, Any]:
    port, trust = server
    connection = HTTPSConnection("localhost", port, context=trust, timeout=120)
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    return answer.status, found


@pytest.mark.requirement("VC-API", "issuing and verifying over https on loopback")
def test_it_issues_and_verifies_over_https(server: tuple[int, ssl.SSLContext]) -> None:
    _, offers = ask(server, "GET", "/vc-api/issuers")
    for offer in (offers[0], next(one for one in offers if one["keyType"] == "P-384")):
        credential = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "issuer": offer["id"],
            "credentialSubject": {"id": "did:example:subject"},
        }
        status, answer = ask(
            server, "POST", "/vc-api/credentials/issue", {"credential": credential, "options": offer}
        )
        assert status == 201, answer
        issued = answer["verifiableCredential"]
        status, answer = ask(server, "POST", "/vc-api/credentials/verify", {"verifiableCredential": issued})
        assert status == 200, answer
        spoiled = {**issued, "name": "changed"}
        status, answer = ask(server, "POST", "/vc-api/credentials/verify", {"verifiableCredential": spoiled})
        assert status == 400, answer
    status, answer = ask(server, "GET", f"/1.0/identifiers/{offers[0]['id']}")
    assert status == 200
    assert answer["didDocument"]["id"] == offers[0]["id"]
