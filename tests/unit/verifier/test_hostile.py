# SPDX-License-Identifier: Apache-2.0
"""Documents with any member replaced by anything: always a report, and never by way of an accident."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.fakes.university import NOW, University

from gakusho.errors import GakushoError
from gakusho.model.report import Outcome, Report
from gakusho.verifier.presentation import verify_presentation
from gakusho.verifier.report_json import as_json

UNIVERSITY = University()
BADGE: dict[str, Any] = json.loads(UNIVERSITY.sealed())
LIST: dict[str, Any] = json.loads(UNIVERSITY.status_list("revocation"))
DID_URL = "https://aoba.example/.well-known/did.json"
TIMES = 150

ANYTHING: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**15,
    "",
    "x",
    "\x00",
    "{}",
    "z6Mk",
    "urn:a:1",
    "did:web:aoba.example",
    "https://other.example/",
    "2026-01-01T00:00:00Z",
    [],
    {},
    [None],
    [[]],
    [{}],
    ["x", "x"],
    {"id": "urn:a:1"},
    {"id": 5},
    {"type": 5},
    {"type": ["Profile"]},
    {"@value": "x"},
    {"a": {"b": [{}]}},
)
MEMBERS = ("id", "type", "@type", "@context", "proof", "vc", "image", "name", "validFrom", "relatedResource")


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, member in members:
        yield from paths(member, (*path, name))


def spoiled(document: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """Give the document with one to three members replaced, removed, doubled or added."""
    made = copy.deepcopy(document)
    for _ in range(dice.choice((1, 1, 2, 3))):
        path = dice.choice(list(paths(made)) or [("id",)])
        holder: Any = made
        for step in path[:-1]:
            holder = holder[step]
        kind, other = dice.random(), copy.deepcopy(dice.choice(ANYTHING))
        if kind < 0.6:
            holder[path[-1]] = other
        elif kind < 0.75 and path[-1] in (holder if isinstance(holder, dict) else range(len(holder))):
            del holder[path[-1]]
        elif kind < 0.9 and not isinstance(holder, dict):
            holder[path[-1]] = [holder[path[-1]], other]
        elif isinstance(holder, dict):
            holder[dice.choice(MEMBERS)] = other
    return made


def unsigned(document: dict[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in document.items() if name != "proof"}


def changed_badge(dice: random.Random) -> Report:
    return UNIVERSITY.verify(json.dumps(spoiled(BADGE, dice)).encode())


def signed_anew(dice: random.Random) -> Report:
    try:
        data = UNIVERSITY.signed(spoiled(unsigned(BADGE), dice))
    except GakushoError:
        return changed_badge(dice)
    return UNIVERSITY.verify(data)


def token(dice: random.Random) -> Report:
    parts = UNIVERSITY.sealed(form="vc-jwt").split(b".")[:2]
    made = [json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))) for part in parts]
    place = 0 if dice.random() < 0.3 else 1
    made[place] = spoiled(made[place], dice)
    body = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in made)
    signature = base64.urlsafe_b64encode(UNIVERSITY.signer.sign(body)).rstrip(b"=")
    return UNIVERSITY.verify(body + b"." + signature)


def presentation(dice: random.Random) -> Report:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": UNIVERSITY.did,
        "verifiableCredential": [BADGE],
        "proof": BADGE["proof"],
    }
    data = json.dumps(spoiled(document, dice)).encode()
    return verify_presentation(data, now=NOW, fetcher=UNIVERSITY.fetcher())


def did_document(dice: random.Random) -> Report:
    university = University()
    document = json.loads(university.documents[DID_URL])
    university.documents[DID_URL] = json.dumps(spoiled(document, dice)).encode()
    return university.verify(json.dumps(BADGE).encode())


def status_list(dice: random.Random) -> Report:
    university = University()
    try:
        data = university.signed(spoiled(unsigned(LIST), dice))
    except GakushoError:
        data = json.dumps(spoiled(LIST, dice)).encode()
    university.documents[university.list_id("revocation")] = data
    return university.verify(json.dumps(BADGE).encode())


def accidents(report: Report) -> list[tuple[str, str | None]]:
    own = [(c.code, c.facts.get("message")) for c in report.checks if c.facts.get("reason") == "failed"]
    return own + [found for inner in report.carried for found in accidents(inner)]


@pytest.mark.parametrize("make", [changed_badge, signed_anew, token, presentation, did_document, status_list])
def test_no_shape_of_a_member_is_an_accident(make: Callable[[random.Random], Report]) -> None:
    dice = random.Random(20260401)
    for _ in range(TIMES):
        report = make(dice)
        assert accidents(report) == []
        assert json.dumps(as_json(report))


def test_a_changed_badge_is_valid_only_if_it_says_the_same() -> None:
    dice = random.Random(7)
    for _ in range(4 * TIMES):
        document = spoiled(BADGE, dice)
        report = UNIVERSITY.verify(json.dumps(document).encode())
        if report.outcome is Outcome.VALID:
            assert report.credential == UNIVERSITY.verify(json.dumps(BADGE).encode()).credential
