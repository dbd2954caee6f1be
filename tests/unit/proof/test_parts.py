# SPDX-License-Identifier: Apache-2.0
"""Documents put together from parts have the bytes of the strict compiler, whatever their parts say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from gakusho.errors import GakushoError, TooComplexError
from gakusho.formats import _contexts
from gakusho.proof import canonical, parts
from gakusho.proof.canonical import bounded_work
from gakusho.proof.canonical_form import plain_form
from gakusho.proof.contexts import Contexts
from gakusho.proof.parts import Marked, Whole, compile_whole
from gakusho.proof.template import SENTINEL

Document = dict[str, Any]
CLR = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
WORDS = (
    "plain", "学証", "%s", "%", "S", "A", "B", "<a>", "https://x.example/?q=1#a", "https://x.example/ a",
    "https://x.example/学", "_:b0", "did:key:z6Mk#z6Mk", "did:x", "urn:x:1", "data:,x", "https://x.example/holder",
    "urn:uuid:87734a5a-1b9c-5e70-94d5-32523ae9da69", "urn:uuid:87734a5a-1b9c-5e70-94d5-32523ae9da60",
)  # fmt: skip
SLOTS = [f"{SENTINEL}{place:012x}" for place in range(3)]


def graded(marks: Sequence[str]) -> Document:
    """Give a course whose grades are a list that all such courses have."""
    identifier, achievement, name, described, result, value = marks
    return _course(
        identifier,
        {
            "id": achievement,
            "name": name,
            "criteria": {"narrative": name},
            "resultDescription": [
                {
                    "id": described,
                    "type": ["ResultDescription"],
                    "name": "Grade",
                    "resultType": "LetterGrade",
                    "allowedValue": ["S", "A", "B", "B"],
                }
            ],
        },
        result=[{"id": result, "type": ["Result"], "resultDescription": described, "value": value}],
    )


def leveled(marks: Sequence[str]) -> Document:
    """Give a course with another list, which ends as the other does, and results without an id."""
    identifier, achievement, one, other, described = marks
    return _course(
        identifier,
        {
            "id": achievement,
            "name": "Level",
            "criteria": {"narrative": "fixed"},
            "resultDescription": [
                {
                    "id": described,
                    "type": ["ResultDescription"],
                    "name": "Grade",
                    "resultType": "LetterGrade",
                    "allowedValue": ["A", "B", "B"],
                }
            ],
        },
        result=[{"type": ["Result"], "value": one}, {"type": ["Result"], "value": other}],
    )


def _course(identifier: str, achievement: Document, **subject: Any) -> Document:
    return {
        "@context": [CLR[0], CLR[2]],
        "id": identifier,
        "type": ["VerifiableCredential", "AchievementCredential"],
        "issuer": {"id": "did:x:y", "type": ["Profile"], "name": "学", "url": "https://x.example/"},
        "validFrom": "2026-03-24T15:00:00Z",
        "credentialSubject": {
            "id": SLOTS[1],
            "type": ["AchievementSubject"],
            "achievement": {
                "type": ["Achievement"],
                "description": "x",
                **achievement,
            },
            **subject,
        },
    }


def link(marks: Sequence[str]) -> Document:
    return {
        "type": "Association",
        "associationType": "isPartOf",
        "sourceId": marks[0],
        "targetId": marks[1],
    }


KINDS = (graded, leveled, link)
SIZES = (6, 5, 2)


def write(filled: Sequence[Marked]) -> Document:
    """Give a transcript with these parts."""
    return {
        "@context": CLR,
        "id": SLOTS[0],
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": SLOTS[2],
        "issuer": {"id": "did:x:y", "type": ["Profile"], "name": "学"},
        "credentialSubject": {
            "id": SLOTS[1],
            "type": ["ClrSubject"],
            "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": SLOTS[2]}],
            "verifiableCredential": [KINDS[kind](marks) for kind, marks in filled if kind < 2],
            "association": [link(marks) for kind, marks in filled if kind == 2],
        },
    }


def replaced(value: Any, strings: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: replaced(one, strings) for name, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, strings) for one in value]
    return strings.get(value, value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def contexts() -> Contexts:
    return _contexts.contexts()


@pytest.fixture(scope="module")
def whole(contexts: Contexts) -> Whole:
    made = compile_whole(write, SLOTS, 1, SIZES, contexts)
    assert made is not None
    return made


def uuid(draw: random.Random) -> str:
    text = draw.randbytes(16).hex()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def filled(draw: random.Random, *, most: int, odd: float) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Give strings for a transcript and its parts, some of them odd words, or what another has."""
    before = ["https://x.example/holder"]

    def some(size: int) -> list[str]:
        given = [
            draw.choice([*WORDS, draw.choice(before)]) if draw.random() < odd else uuid(draw)
            for _ in range(size)
        ]
        before.extend(given)
        return given

    kinds = [draw.choice((0, 0, 1, 2)) for _ in range(draw.randint(0, most))]
    return some(3), [(kind, some(SIZES[kind])) for kind in kinds]


def quickly(whole: Whole, values: list[str], given: list[tuple[int, list[str]]]) -> bytes | None:
    terms = [(whole.parts[kind], [one.encode() for one in strings]) for kind, strings in given]
    return whole.with_terms(([one.encode() for one in values], terms))


def plainly(contexts: Contexts, values: list[str], given: list[tuple[int, list[str]]]) -> bytes | None:
    document = replaced(write(given), dict(zip(SLOTS, values, strict=True)))
    try:
        return plain_form(document, contexts).encode()
    except GakushoError:
        return None


@pytest.mark.parametrize("odd", [0.0, 0.02, 0.3])
def test_the_bytes_are_those_of_the_strict_compiler(whole: Whole, contexts: Contexts, odd: float) -> None:
    draw = random.Random(20261121)  # no secret: the same documents each time
    given = 0
    for _ in range(150):
        values, some = filled(draw, most=8, odd=odd)
        form = quickly(whole, values, some)
        if form is not None:
            given += 1
            assert form == plainly(contexts, values, some), (values, some)
    assert given > 100 or odd > 0.1
    assert given > 5


def test_equal_lists_in_many_parts_are_told_apart_as_the_standard_says(
    whole: Whole, contexts: Contexts
) -> None:
    draw = random.Random(7)
    for amount in (2, 9, 40):
        some = [(0, [uuid(draw) for _ in range(6)]) for _ in range(amount)]
        values = [uuid(draw), uuid(draw), "x"]
        form = quickly(whole, values, some)
        assert form == plainly(contexts, values, some)


def test_parts_that_cannot_be_told_apart_are_left_to_the_general_way(whole: Whole) -> None:
    """Two associations that say the same are two blank nodes alike, of which each is the other's double."""
    draw = random.Random(8)
    values, same = [uuid(draw) for _ in range(3)], ["urn:x:1", "urn:x:2"]
    assert quickly(whole, values, [(2, same), (2, ["urn:x:1", "urn:x:3"])]) is not None
    assert quickly(whole, values, [(2, same), (2, same)]) is None


def test_the_order_of_parts_means_nothing(whole: Whole) -> None:
    values, some = filled(random.Random(9), most=8, odd=0)
    assert quickly(whole, values, some) == quickly(whole, values, some[::-1]) is not None


def test_parts_that_state_more_the_more_there_are_are_refused(contexts: Contexts) -> None:
    """An address without an id, at the issuer that all name, would be one for each course."""

    def with_address(given: Sequence[Marked]) -> Document:
        document = write(given)
        for course in document["credentialSubject"]["verifiableCredential"]:
            course["issuer"]["address"] = {"type": ["Address"], "addressCountry": "JP"}
        return document

    assert compile_whole(write, SLOTS, 1, SIZES, contexts) is not None
    assert compile_whole(with_address, SLOTS, 1, SIZES, contexts) is None


def test_what_a_part_says_of_something_that_all_name_is_refused(contexts: Contexts) -> None:
    def with_word(given: Sequence[Marked]) -> Document:
        document = write(given)
        for course in document["credentialSubject"]["verifiableCredential"]:
            course["issuer"]["description"] = course["id"]
        return document

    assert compile_whole(with_word, SLOTS, 1, SIZES, contexts) is None


def test_the_work_is_counted(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "SHARED_LIMIT", 5_000)
    draw = random.Random(10)
    values, some = [uuid(draw) for _ in range(3)], [(0, [uuid(draw) for _ in range(6)]) for _ in range(60)]
    with bounded_work():
        assert quickly(whole, values, some) is not None
        assert quickly(whole, values, some) is not None
        with pytest.raises(TooComplexError):
            quickly(whole, values, some)


def test_what_is_remembered_is_bounded(contexts: Contexts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_MAX_KNOWN", 16)
    whole = compile_whole(write, SLOTS, 1, SIZES, contexts)
    assert whole is not None
    draw = random.Random(11)
    for _ in range(5):
        some = [(0, [uuid(draw) for _ in range(6)]) for _ in range(40)]
        assert quickly(whole, [uuid(draw) for _ in range(3)], some) is not None
        values, some = filled(draw, most=8, odd=0)
        quickly(whole, values, some)
    assert 0 < max(len(part._known) for part in whole.parts) <= 16
    assert len(whole._members) <= len(whole.parts) + 4
