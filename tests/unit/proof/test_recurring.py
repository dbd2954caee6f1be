# SPDX-License-Identifier: Apache-2.0
"""Documents like many before them have the bytes of the strict compiler, whatever their strings say."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gakusho.errors import GakushoError, TooComplexError
from gakusho.formats import _contexts
from gakusho.proof import canonical, recurring, template
from gakusho.proof.canonical import bounded_work
from gakusho.proof.canonical_form import plain_form
from gakusho.proof.contexts import Contexts
from gakusho.proof.recurring import Frames, canonical_bytes

Document = dict[str, Any]
Load = Callable[[str], Document]
WORDS = (
    "", "plain", "学証", 'a "quote"', "back\\slash", "tab\t", "\x00", "\x7f", "\u0085", "\ufffe", "%s", "%",
    "\U0001f393", "<a>", "https://x.example/?q=1#a", "https://x.example/ a", "https://x.example/学", "_:b0",
    "@id", "@type", "did:key:z6Mk#z6Mk", "did:web:x.example%3A8080", "did:x", "urn:x:1", "data:,x", "Profile",
    "urn:uuid:87734a5a-1b9c-5e70-94d5-32523ae9da69", "2026-01-01T00:00:00Z", "assertionMethod", "xsd:string",
    "https://x.example/a https://x.example/b",
)  # fmt: skip


def strings(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every container of a string that is no type and no context, with its key or index."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        if key not in ("type", "@context"):
            if isinstance(value[key], str):
                yield value, key
            elif isinstance(value[key], (dict, list)):
                yield from strings(value[key])


def refilled(document: Document, draw: random.Random, *, most: int) -> Document:
    """Give a document of the same frame with other strings, some of them taken from elsewhere in it."""
    document = copy.deepcopy(document)
    found = list(strings(document))
    for container, key in draw.sample(found, draw.randint(1, min(most, len(found)))):
        other, place = draw.choice(found)
        container[key] = draw.choice([*WORDS, other[place], f"urn:uuid:{draw.randbytes(16).hex()}"])
    return document


@pytest.fixture
def badge(document: Load) -> Document:
    """Give a badge in which nothing has to be escaped."""
    found = document("open_badge_3")
    for container, key in strings(found):
        container[key] = container[key].replace("\\", "/").replace('"', "'").replace("\n", " ")
    return found


def plainly(document: Document, contexts: Contexts) -> bytes | None:
    try:
        return plain_form(document, contexts).encode()
    except GakushoError:
        return None


def quickly(document: Document, contexts: Contexts) -> bytes | None:
    try:
        return canonical_bytes(document, contexts)
    except GakushoError:
        return None


@pytest.mark.parametrize("name", ["open_badge_3", "vc_1", "status_list"])
def test_the_bytes_are_those_of_the_strict_compiler_whatever_the_strings_say(
    name: str, document: Load, badge: Document, contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "FEWEST", 1)
    draw = random.Random(20261121)  # no secret: the same documents each time
    original = badge if name == "open_badge_3" else document(name)
    monkeypatch.setattr(contexts, "frames", Frames())
    by_template = refused = 0
    for number in range(250):
        other = refilled(original, draw, most=1 + number % 3)
        plain = plainly(other, contexts)
        quick = contexts.frames.form(other, contexts)
        assert quick is None or quick == plain, other
        assert quickly(other, contexts) == plain, other
        by_template += quick is not None
        refused += plain is None
    assert by_template > 40
    assert refused > 5


def test_one_id_that_looks_like_two_is_none() -> None:
    assert template.are_plain(["https://x.example/学".encode(), b"https://x.example/b"])
    for separator in (b" ", b"\x00", b"\n", "\u0085".encode()):
        assert not template.are_plain([b"https://x.example/a" + separator + b"https://x.example/b"])


def test_documents_of_one_frame_with_other_names_or_types_are_not_mistaken_for_each_other(
    document: Load, contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "FEWEST", 1)
    monkeypatch.setattr(contexts, "frames", Frames())
    for number in range(recurring.MAX_ALIKE + 2):
        badge = document("open_badge_3")
        achievement = badge["credentialSubject"]["achievement"]
        if number:
            name = ("humanCode", "fieldOfStudy", "specialization", "version", "achievementType")[number - 1]
            achievement[name] = achievement.pop("name")
        for _ in range(2):
            assert quickly(badge, contexts) == plainly(badge, contexts)
    badge["credentialSubject"]["achievement"]["undefined"] = achievement.pop("description")
    assert quickly(badge, contexts) is None
    badge = document("open_badge_3")
    badge["type"][1] = "EndorsementCredential"
    assert quickly(badge, contexts) == plainly(badge, contexts)


def test_a_template_is_made_only_for_what_has_come_often_and_few_are_kept(
    badge: Document, contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "MAX_FRAMES", 2)
    frames = Frames()
    for _ in range(recurring.FEWEST - 1):
        assert frames.form(badge, contexts) is None
    assert frames.form(badge, contexts) is not None
    monkeypatch.setattr(recurring, "FEWEST", 1)
    for count in range(1, 5):
        badge["credentialSubject"]["achievement"]["tag"] = [f"tag {number}" for number in range(count)]
        assert frames.form(badge, contexts) == plainly(badge, contexts)
    assert len(frames._templates) == 2


def test_what_is_counted_is_bounded(
    badge: Document, contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "MAX_COUNTED", 8)
    frames = Frames()
    for number in range(40):
        badge["credentialSubject"]["achievement"]["creditsAvailable"] = number
        assert frames.form(badge, contexts) is None
        assert len(frames._counted) <= 8


def test_the_work_of_one_input_is_bounded_for_templates_too(
    badge: Document, contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "FEWEST", 1)
    monkeypatch.setattr(contexts, "frames", Frames())
    form = contexts.frames.form(badge, contexts)
    assert form is not None
    monkeypatch.setattr(canonical, "SHARED_LIMIT", 2 * form.count(b"\n"))
    with bounded_work():
        for _ in range(2):
            canonical_bytes(badge, contexts)
        with pytest.raises(TooComplexError):
            canonical_bytes(badge, contexts)


def test_a_context_written_inside_has_no_template(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "FEWEST", 1)
    frames = Frames()
    document = {"@context": [{"name": "https://x.example/name", "id": "@id"}], "id": "urn:x:1", "name": "a"}
    for _ in range(3):
        assert frames.form(document, contexts) is None


def test_no_pinned_context_gives_another_meaning_to_the_schemes_of_plain_iris() -> None:
    contexts = _contexts.contexts()

    def words(context: object) -> Iterator[str]:
        for part in context if isinstance(context, list) else [context]:
            if isinstance(part, dict):
                yield from part
                for term in part.values():
                    if isinstance(term, dict):
                        yield from words(term.get("@context"))

    for url, content in contexts.documents.items():
        for word in words(content.get("@context")):
            assert word.partition(":")[0] not in ("urn", "did", "http", "https") or "//" in word, (url, word)
