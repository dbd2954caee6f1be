# SPDX-License-Identifier: Apache-2.0
"""The fixtures of 1EdTech's public validator that need a token, a picture, a list or another suite.

As in the file beside this one, the outcome compared is the one on form and proof; SOURCES.md says of each
what was expected there, and why the whole answer is never *valid* here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.vectors.open_badges_3.test_1edtech_fixtures import CASES as OTHERS
from tests.vectors.open_badges_3.test_1edtech_fixtures import PIXEL, SVG
from tests.vectors.open_badges_3.test_1edtech_vectors import FILES, stated_key

from gakusho.fetch import OfflineFetcher
from gakusho.formats import Asking, _jose, format_named, recognize
from gakusho.model.report import Check, Outcome, combined
from gakusho.proof import VerificationMethod, multibase
from gakusho.status import statuses
from gakusho.verifier.verify import verify

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 1, tzinfo=UTC)
CASES: Mapping[str, Mapping[str, Any]] = {
    case["test"]: case for case in json.loads((HERE / "fixtures" / "more.json").read_text("utf-8"))
}
TOKENS = [test for test, case in CASES.items() if case["file"].endswith((".svg", ".png"))]
REVOKED = [test for test, case in CASES.items() if case["expected"] == "revoked"]
NOT_READ = {"testSimple1ObValid", "testCompleteV1JsonInvalidInlineSchemaRef"}


def data_of(test: str) -> bytes:
    """Give a fixture as it comes, a token out of a picture it was baked into."""
    given = CASES[test]["input"]
    if not isinstance(given, str):
        return json.dumps(given).encode()
    image = {"png": PIXEL, "svg": SVG}.get(CASES[test]["file"].rpartition(".")[2])
    baker: Any = format_named("open-badges-3")
    token: bytes = given.encode()
    return token if image is None else bytes(baker.unbake(baker.bake(token, image)))


def checks(data: bytes) -> list[Check]:
    """Give the checks, the key taken from the token's header or the proof's method, whoever has it."""

    def lookup(method_id: str) -> VerificationMethod:
        key = _jose.header_key(_jose.taken_apart(data)) if _jose.looks_like(data) else None
        if key is None:
            return stated_key(method_id)
        owner, purposes = method_id.partition("#")[0], frozenset({"assertionMethod"})
        return VerificationMethod(id=method_id, controller=owner, key=key, purposes=purposes)

    found = recognize(data).checks(data, Asking(now=NOW, lookup=lookup))
    return [check for check in found if not check.code.startswith(("issuer.", "schema"))]


def outcome(data: bytes, code: str) -> Outcome:
    return next(check.outcome for check in checks(data) if check.code == code)


@pytest.mark.parametrize("test", CASES)
def test_a_badge_has_the_outcome_the_official_validator_expects(test: str) -> None:
    data, expected = data_of(test), CASES[test]["expected"]
    found = checks(data)
    if expected in {"valid", "revoked", "warning"}:
        assert combined(check.outcome for check in found) is Outcome.VALID
    elif expected == "outdated":
        # The version that can be read is older than the one that is valid there: nothing is achieved in it.
        assert {check.code for check in found if check.outcome is not Outcome.VALID} == {"format.rules"}
    else:
        assert combined(check.outcome for check in found) is Outcome.INVALID
    assert verify(data, now=NOW, fetcher=OfflineFetcher()).outcome is not Outcome.VALID


@pytest.mark.parametrize("test", [test for test, case in CASES.items() if case["expected"] != "invalid"])
def test_a_changed_letter_is_found(test: str) -> None:
    data = data_of(test)
    assert outcome(data, "proof.signature") is Outcome.VALID
    if test in TOKENS:
        head, body, tail = data.split(b".")
        claims = json.loads(multibase.from_base64url(body.decode()))
        claims["vc"]["name"] = "another"
        changed = b".".join([head, multibase.base64url(json.dumps(claims).encode()).encode(), tail])
    else:
        changed = re.sub(rb'"name": "([^"]+)"', rb'"name": "\1x"', data, count=1)
    assert outcome(changed, "proof.signature") is Outcome.INVALID


@pytest.mark.parametrize("test", REVOKED)
def test_a_revoked_badge_is_found_in_its_list(test: str) -> None:
    [entry] = format_named("open-badges-3").read(data_of(test)).status
    status = statuses()[entry.kind]
    if entry.kind == "BitstringStatusListEntry":
        listed = format_named("verifiable-credential").read((HERE / "testlist.json").read_bytes()).claims
        other = replace(entry, index=entry.index + 1)
        assert status.look_up(other, listed) == 0
    else:
        listed = {"revokedCredentials": [{"id": CASES[test]["input"]["id"]}]}
        assert status.look_up(entry, {"revokedCredentials": [{"id": "urn:uuid:of-somebody-else"}]}) == 0
    assert status.look_up(entry, listed) == 1


def test_every_test_of_the_official_validator_is_accounted_for() -> None:
    here = {test for test, *_ in OTHERS} | set(CASES)
    of_files = {
        "testSimpleDidKeyMethodJsonValid": "simple-did-key-method.json",
        "testSimpleDidWebMethodJsonValid": "simple-did-web-method.json",
        "testSimpleJsonExpired": "simple-err-expired.json",
        "testBitstringStatusListRevoked": "credential-status-revoked.json",
    }
    assert set(of_files.values()) <= set(FILES)
    named = {test for test in here | set(of_files) if test.startswith("test")}
    assert len(named | NOT_READ) == 41
    sources = (HERE / "SOURCES.md").read_text("utf-8")
    assert all(test in sources for test in NOT_READ)
