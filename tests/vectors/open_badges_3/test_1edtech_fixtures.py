# SPDX-License-Identifier: Apache-2.0
"""The fixtures of 1EdTech's public validator for Open Badges 3.0, each with the outcome it expects.

Its validator does not ask whether the key is the issuer's: the key is spelled out in the proof, and its
answer is one on form and proof. So is the one compared here; the whole answer is never *valid* for them.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.vectors.open_badges_3.test_1edtech_vectors import stated_key

from gakusho.fetch import OfflineFetcher
from gakusho.formats import Asking, format_named, recognize
from gakusho.model.report import Check, Outcome, combined
from gakusho.verifier.verify import verify

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 1, tzinfo=UTC)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>'
CASES = [
    (case["test"], case["file"], case["input"], case["expected"])
    for case in json.loads((HERE / "fixtures" / "cases.json").read_text("utf-8"))
]


def form_and_proof(data: bytes) -> list[Check]:
    """Give the checks of form and proof, the key taken from where the proof spells it out."""
    form = recognize(data)
    baked: Any = format_named("open-badges-3")
    data = baked.unbake(data) if baked.is_image(data) else data
    found = form.checks(data, Asking(now=NOW, lookup=stated_key))
    return [check for check in found if not check.code.startswith(("issuer.", "schema"))]


def encoded(file: str, given: Any) -> bytes:
    data = json.dumps(given).encode()
    baker: Any = format_named("open-badges-3")
    image = {"png": PIXEL, "svg": SVG}.get(file.rpartition(".")[2])
    return data if image is None else baker.unbake(baker.bake(data, image))


@pytest.mark.parametrize(("test", "file", "given", "expected"), CASES, ids=[f"{c[0]}:{c[1]}" for c in CASES])
def test_a_badge_has_the_outcome_the_official_validator_expects(
    test: str, file: str, given: Any, expected: str
) -> None:
    data = encoded(file, given)
    whole = verify(data, now=NOW, fetcher=OfflineFetcher())
    assert whole.outcome is not Outcome.VALID, "the issuer is nobody we can ask"
    found = form_and_proof(data)
    outcome = combined(check.outcome for check in found)
    failing = [(one.code, dict(one.facts)) for one in found if one.outcome is not Outcome.VALID]
    if expected == "valid":
        assert outcome is Outcome.VALID, (test, failing)
    elif expected == "warning":
        assert outcome is not Outcome.INVALID, (test, failing)
    else:
        assert Outcome.INVALID in {outcome, whole.outcome}, (test, failing)


def test_all_of_those_with_text_are_here() -> None:
    assert len({test for test, *_ in CASES}) >= 27
