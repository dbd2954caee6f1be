# SPDX-License-Identifier: Apache-2.0
"""Badges like many before them get the report that the general way gives, whatever their strings say."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.fakes.university import NOW, University
from tests.fakes.ways import Way, strings

from gakusho.formats import _alike, _ob_alike, _vc
from gakusho.formats._alike import Wording, Wordings
from gakusho.model.award import Award, Result
from gakusho.model.learner import Learner, PersonName
from gakusho.model.report import Outcome
from gakusho.model.text import Text
from gakusho.proof.alike import ProofAlike
from gakusho.registry import did_document

Document = dict[str, Any]
Step = tuple[Any, Any]
DID_URL = "https://aoba.example/.well-known/did.json"
WORDS = (
    "", " ", "x", "a\nb", "a\\nb", "学証", "a\u2028b", "\u3000", "\ufffe", "%s", "https://x.example/a",
    "http://x y", "did:",
    "2026-03-26T00:00:00Z", "2026-02-30T00:00:00Z", "2036-01-01T00:00:00+09:00", "No. 2; credits: 3", "0",
    "131071", "urn:x:1", "https://x.example/a https://x.example/b",
    "data:image/png;base64,AAAA", "name", "ext:studentNumber", "revocation", "en", "did:web:b.example",
    "urn:uuid:6f1d1a5e-1f55-4b7b-9a43-6a1f3c9f4a01", "BitstringStatusListEntry", "2003-04-02",
    "2003-02-30", "007", "9999999999", "12345678901",
)  # fmt: skip


def awards(university: University, draw: random.Random) -> Iterator[Award]:
    """Give awards of one achievement that differ in all that awards of a class differ in.

    Those of a did:web say it in members that are read anew each time; those of a did:key do not.
    """
    read = university.did.startswith("did:web:")
    for number in range(1, 1_000):
        award = university.award(number)
        name = f"学生 {draw.randrange(10**6)}"
        learner = Learner(
            name=PersonName(full=name, kana="ガクセイ", romaji=f"GAKUSEI {number}"),
            email=f"s{number}@aoba.example",
            student_number=f"A{number:06}",
            birth_date=date(2003, draw.randint(1, 12), draw.randint(1, 28)),
        )
        grade = replace(award.results[1], value=draw.choice(["3.8", "2.9", "4.0"]))
        credit = Result(
            id=f"urn:uuid:{_uuid(draw)}",
            name="単位",
            value=draw.choice("優良可"),
            description_id=grade.description_id,
        )
        evidence = replace(award.evidence[0], name=f"論文 {number}")
        if read:
            evidence = replace(evidence, id=f"urn:uuid:{_uuid(draw)}")
        yield replace(
            award,
            achievement=replace(award.achievement, description=Text.of(ja="学位。", en="A degree.")),
            learner=learner,
            results=(grade, credit),
            evidence=(evidence,),
            narrative=draw.choice(["優秀", "佳作", "秀逸"]),
            status=(university.status_entry("revocation", number),),
        )


def _uuid(draw: random.Random) -> str:
    text = draw.randbytes(16).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def sealed(university: University, award: Award) -> bytes:
    """Give an award as a badge in the order and spelling of the format."""
    return university.sealed(award)


@pytest.fixture(params=["did:key", "did:web"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Way:
    """Give both ways, where twelve badges of one achievement were verified."""
    monkeypatch.setattr(_alike, "FEWEST", 8)
    monkeypatch.setattr(_ob_alike, "_KNOWN", Wordings[_ob_alike.BadgesAlike]())
    university = University.by_key() if request.param == "did:key" else University()
    made = Way(university, monkeypatch, _ob_alike)
    draw = random.Random(20261121)  # no secret: the same badges each time
    for _, award in zip(range(12), awards(university, draw), strict=False):
        assert made.report(sealed(university, award)).outcome is Outcome.VALID
    (only,) = next(iter(_ob_alike._KNOWN._known.values()))
    assert (only._awards is None) is (request.param == "did:web")
    made.count(_ob_alike.BadgesAlike)
    return made


def badge(way: Way, number: int = 40) -> Document:
    """Give one more badge of the kind."""
    found = list(zip(range(number), awards(way.university, random.Random(number)), strict=False))
    document: Document = json.loads(sealed(way.university, found[-1][1]))
    return document


def dumped(document: Document) -> bytes:
    return _vc.dumped(document)


def test_one_more_badge_is_known_again_and_has_the_report_of_the_general_way(way: Way) -> None:
    for number in range(20, 30):
        assert way.both(dumped(badge(way, number))).outcome is Outcome.VALID
        assert way.both(dumped(badge(way, number)), only_proof=True).outcome is Outcome.VALID
    assert way.familiar == 20


def test_whatever_one_string_says_the_report_is_that_of_the_general_way(way: Way) -> None:
    original = badge(way)
    amount = len(list(strings(original)))
    draw = random.Random(1)
    refused = valid = 0
    for place in range(amount):
        for word in draw.sample(WORDS, 5):
            document = copy.deepcopy(original)
            holder, key = list(strings(document))[place]
            same = holder[key] == word
            holder[key] = word
            assert same or way.both(dumped(document)).outcome is not Outcome.VALID
            if (data := way.signed_anew(document)) is not None:
                outcome = way.both(data).outcome
                valid += outcome is Outcome.VALID
                refused += outcome is Outcome.INVALID
    assert way.familiar > 40
    assert valid > 40
    assert refused > 15


def test_a_string_that_stands_twice_is_no_matter_of_its_own(way: Way) -> None:
    """Two objects of one id are one object in what was signed; two texts alike are two texts."""
    original = badge(way)
    amount = len(list(strings(original)))
    draw = random.Random(4)
    for _ in range(120):
        document = copy.deepcopy(original)
        found = list(strings(document))
        (holder, key), (other, place) = found[draw.randrange(amount)], found[draw.randrange(amount)]
        holder[key] = other[place]
        if (data := way.signed_anew(document)) is not None:
            way.both(data)
    for one, other_id in ((0, 1), (1, 0)):
        document = copy.deepcopy(original)
        results = document["credentialSubject"]["result"]
        results[one]["id"] = results[other_id]["id"]
        data = way.signed_anew(document)
        assert data is not None
        assert way.both(data).outcome is Outcome.INVALID


def test_one_letter_changed_anywhere_is_found(way: Way) -> None:
    original = dumped(badge(way))
    draw = random.Random(2)
    for place in draw.sample(range(len(original)), 100):
        letter = draw.choice(b'"\\ aZ0:{}[],\x00\x1f\x7f\x80\xff')
        spoiled = original[:place] + bytes([letter]) + original[place + 1 :]
        if spoiled != original:
            assert way.both(spoiled).outcome is not Outcome.VALID, spoiled
    assert way.familiar == 0
    assert way.both(original).outcome is Outcome.VALID
    assert way.familiar == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'"credentialSubject"', b'"name":"x","credentialSubject"', 1),
        lambda text: text.replace(b'"awardedDate"', b'"id":"urn:x:1","awardedDate"', 1),
        lambda text: text + b"}",
        lambda text: text[:-1],
        lambda text: text + b" ",
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.decode().encode("utf-16"),
        lambda text: text.replace("学生".encode(), b"\\u5b66\\u751f", 1),
        lambda text: text.replace("学生".encode(), b"\xe5\xad", 1),
    ],
)
def test_other_spellings_are_left_to_the_general_way(way: Way, change: Callable[[bytes], bytes]) -> None:
    data = change(dumped(badge(way)))
    assert data != dumped(badge(way))
    way.both(data)
    assert way.familiar == 0


def test_the_time_of_verifying_counts_each_time(way: Way) -> None:
    data = dumped(badge(way))
    way.both(data)
    for at in (NOW - timedelta(days=30), NOW - timedelta(minutes=4), NOW - timedelta(minutes=6), NOW):
        way.both(data, at=at)
    early = way.both(data, at=NOW - timedelta(days=1))
    assert [one.code for one in early.checks if one.outcome is Outcome.INVALID] == ["proof.created"]
    assert way.familiar == 3


def test_the_key_as_it_is_published_now_counts_each_time(way: Way) -> None:
    if way.university.did.startswith("did:key:"):
        return
    data = dumped(badge(way))
    assert way.both(data).outcome is Outcome.VALID
    before = way.university.documents[DID_URL]
    other = University(did=way.university.did, signer=University.by_key(b"t" * 32).signer)
    for key in (
        way.university.published_key(revoked=NOW - timedelta(days=1)),
        way.university.published_key(expires=NOW - timedelta(days=1)),
        way.university.published_key(purposes=("authentication",)),
        other.published_key(),
    ):
        document = did_document(way.university.did, [key])
        way.university.documents[DID_URL] = json.dumps(document).encode()
        assert way.both(data).outcome is Outcome.INVALID
    del way.university.documents[DID_URL]
    assert way.both(data).outcome is Outcome.UNKNOWN
    way.university.documents[DID_URL] = before
    assert way.both(data).outcome is Outcome.VALID
    assert way.familiar == 2


def test_the_proof_of_another_badge_is_refused(way: Way) -> None:
    one, other = badge(way, 30), badge(way, 31)
    swapped = {**one, "proof": other["proof"]}
    assert way.both(dumped(one)).outcome is way.both(dumped(other)).outcome is Outcome.VALID
    assert way.both(dumped(swapped)).outcome is Outcome.INVALID


def test_status_is_asked_for_each_badge_by_itself(way: Way) -> None:
    university = way.university
    listed = [award for _, award in zip(range(30), awards(university, random.Random(3)), strict=False)]
    university.mark(listed[25], "revocation")
    assert way.both(sealed(university, listed[25])).headline == "Revoked"
    assert way.both(sealed(university, listed[26])).outcome is Outcome.VALID
    assert way.familiar == 2


def test_what_is_never_known_again_is_what_was_never_genuine(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_ob_alike, "_KNOWN", Wordings[_ob_alike.BadgesAlike]())
    for number in range(20, 60):
        document = badge(way, number)
        document["proof"]["proofValue"] = badge(way, number + 1)["proof"]["proofValue"]
        assert way.report(dumped(document)).outcome is Outcome.INVALID
    assert not _ob_alike._KNOWN._counted


def test_badges_with_members_whose_strings_decide_on_more_are_not_learned(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: Wordings[_ob_alike.BadgesAlike] = Wordings()
    monkeypatch.setattr(_ob_alike, "_KNOWN", known)
    for number in range(20, 40):
        document = badge(way, number)
        document["description"] = {"@value": f"第{number}号", "@language": "ja"}
        data = way.signed_anew(document)
        assert data is not None
        assert way.both(data).outcome is Outcome.VALID
    assert known._kinds
    assert not known._known


def test_a_wording_gives_the_strings_in_its_places_and_nothing_for_other_texts() -> None:
    pieces = b'{"a":"one","b":["two"]}'.split(b'"')
    wording = Wording(pieces, [3, 7])
    assert wording.values(b'{"a":"","b":["x"]}') is None
    assert wording.values(b'{"a":"1","b":["22"]}') == [b"1", b"22"]
    assert wording.values('{"a":"学","b":["証"]}'.encode()) == ["学".encode(), "証".encode()]
    for other in (
        b'{"a":"1","b":["22"]} ', b'{"a":"1","b":["22"]', b'{"a":"1","b":["22","33"]}', b'{"a":"1"}', b"",
        b'{"a":"1\\","b":["22"]}', b'{"a":"1","b":["2\t"]}', b'{"a":"\xe5\xad","b":["\xa6"]}', b'{"a":"1',
        b'{"a":"\xff","b":["x"]}', b'{"a":"1","b":["\x7f"]}', '{"a":"1","b":["\uffff"]}'.encode(),
    ):  # fmt: skip
        assert wording.values(other) is None, other


@pytest.mark.parametrize("escape", [b'\\"', b"\\\\", b"\\u0074", b"\\/", b"\\t", b"\\\\n", b"\\r\\n"])
def test_of_all_escapes_only_the_end_of_a_line_is_taken_as_it_stands(escape: bytes) -> None:
    """A name or a quotation mark may be written with any of the others."""
    assert _alike.is_plain(b'{"description":"two\\n\\nlanguages"}')
    assert not _alike.is_plain(b'{"description":"two\\n' + escape + b'"}')


def test_what_is_kept_of_strangers_badges_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_KEYS", "MAX_COUNTED", "MAX_KINDS", "MAX_WORDINGS"):
        monkeypatch.setattr(_alike, name, 4)
    monkeypatch.setattr(_alike, "FEWEST", 4)
    monkeypatch.setattr(_alike, "MAX_ALL", 10)

    class Known:
        def __init__(self, wording: Wording) -> None:
            self.wording = wording

    kept: Wordings[Known] = Wordings()
    for key in range(10):
        for about in range(10):
            for number in range(6):
                text = f'{{"a":"{number}","c":"{about}","verificationMethod":"did:x:{key}"}}'.encode()
                kept.add(text, str(about), lambda _, pieces, places: Known(Wording(pieces, places)))
        assert kept.find(text) is not None
        assert len(kept._known) <= 4
        assert len(kept._counted) <= 4
        assert len(kept._kinds) <= 4
        assert all(len(each) <= 4 for each in kept._known.values())
        assert sum(map(len, kept._known.values())) <= 10


def test_badges_of_many_achievements_are_found_in_whatever_order_they_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A transcript has many courses, each of an achievement of its own, all by one key."""
    monkeypatch.setattr(_alike, "FEWEST", 4)

    class Known:
        def __init__(self, wording: Wording) -> None:
            self.wording = wording

    def text(about: int, number: int) -> bytes:
        return f'{{"a":"{number}","c":"{about}","verificationMethod":"did:x:1"}}'.encode()

    kept: Wordings[Known] = Wordings()
    for number in range(6):
        for about in range(60):
            kept.add(
                text(about, number), str(about), lambda _, pieces, places: Known(Wording(pieces, places))
            )
    draw = random.Random(3)
    for order in (range(60), range(60), draw.sample(range(60), 60), [7, 7, 7]):
        for about in order:
            found = kept.find(text(about, 99))
            assert found is not None
            assert found[1] == [b"99"]
            assert found[0].wording.values(text(about, 99)) is not None
    assert kept.find(text(60, 99)) is None


def test_a_proof_that_does_not_hold_says_nothing(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick way never has the last word on what is wrong: only the general way finds the words."""
    asked: list[object] = []
    checks = ProofAlike.checks

    def watched(self: ProofAlike[Any], *given: Any, **named: Any) -> Any:
        asked.append(found := checks(self, *given, **named))
        return found

    monkeypatch.setattr(ProofAlike, "checks", watched)
    document = badge(way)
    holder = document["credentialSubject"]
    holder["narrative"] = holder["narrative"] + "。"
    assert way.both(dumped(document)).outcome is Outcome.INVALID
    assert asked == [None]
