# SPDX-License-Identifier: Apache-2.0
"""Transcripts like others before them get the report that the general way gives, whatever they say."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.university import NOW, University
from tests.fakes.ways import Way, strings

from gakusho.formats import _clr_learned, _ob_ids, _vc
from gakusho.formats._clr_alike import TranscriptsAlike
from gakusho.formats._clr_learned import Transcripts
from gakusho.formats._clr_write import CLR_CONTEXT, own_id
from gakusho.formats._ob_write import OB_CONTEXT
from gakusho.model.report import Outcome, Report
from gakusho.registry import did_document

Document = dict[str, Any]
DID_URL = "https://aoba.example/.well-known/did.json"
WORDS = (
    "", " ", "x", "学証", "a\u2028b", "\u3000", "\ufffe", "%s", "https://x.example/a", "http://x y", "did:",
    "2026-03-26T00:00:00Z", "2026-02-30T00:00:00Z", "2036-01-01T00:00:00+09:00", "No. 2; credits: 3", "0",
    "urn:x:1", "data:image/png;base64,AAAA", "name", "en", "did:web:b.example", "https://x.example/学",
    "urn:uuid:6f1d1a5e-1f55-5b7b-9a43-6a1f3c9f4a01", "Course", "S", "isPartOf", "_:b0", "a\x7f",
)  # fmt: skip


def uuid(draw: random.Random) -> str:
    text = draw.randbytes(16).hex()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def course(university: University, draw: random.Random, learner: str, place: int) -> Document:
    """Give a course without a proof, written in one of three ways."""
    address, kind = f"https://aoba.example/{draw.randrange(10**6)}/{place}", place % 3
    achievement: Document = {
        "id": address,
        "type": ["Achievement"],
        "achievementType": "Course",
        "name": f"講義{place}",
        "description": f"Course {place}.",
        "criteria": {"narrative": f"試験{place}に合格すること。" if kind else "試験に合格。\n\nAn exam."},
        "creditsAvailable": 2,
    }
    subject: Document = {"id": learner, "type": ["AchievementSubject"], "achievement": achievement}
    if kind != 2:
        described = {
            "id": f"{address}#grade",
            "type": ["ResultDescription"],
            "name": "評価",
            "resultType": "LetterGrade",
            "allowedValue": ["S", "A", "B", "C"] if kind else ["S", "A", "B"],
        }
        result = {
            "id": uuid(draw),
            "type": ["Result"],
            "resultDescription": described["id"],
            "value": draw.choice("SABC"),
        }
        achievement["resultDescription"] = [described] if kind else described
        subject["result"] = [result] if kind else result
    if not kind:
        subject |= {"creditsEarned": 2, "term": draw.choice(["前期", "後期"])}
    if kind == 2:
        achievement |= {"humanCode": f"ENG{place:03}", "tag": ["工学", "基礎"]}
    return {
        "@context": [_vc.VC_V2, OB_CONTEXT],
        "id": uuid(draw),
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": f"講義{place}",
        "issuer": {"id": university.did, "type": ["Profile"], "name": "青葉大学"},
        "validFrom": draw.choice(["2026-03-01T00:00:00Z", "2026-03-02T09:00:00+09:00"]),
        "credentialSubject": subject,
    }


def unsigned(university: University, number: int, courses: int = 7) -> Document:
    """Give a transcript of courses without proofs."""
    draw = random.Random(number)
    learner, degree = uuid(draw), "https://aoba.example/degree"
    inside = [course(university, draw, learner, place) for place in range(courses)]
    return {
        "@context": [_vc.VC_V2, CLR_CONTEXT, OB_CONTEXT],
        "id": uuid(draw),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "成績証明書",
        "issuer": {"id": university.did, "type": ["Profile"], "name": "青葉大学"},
        "validFrom": "2026-03-25T00:00:00Z",
        "partial": False,
        "credentialSubject": {
            "id": learner,
            "type": ["ClrSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": f"学生 {number}",
                    "identityType": "name",
                }
            ],
            "achievement": [
                {
                    "id": degree,
                    "type": ["Achievement"],
                    "achievementType": "BachelorDegree",
                    "name": "学士（工学）",
                    "description": "工学部の課程を修めた者に授与する学位。\n\nA degree.",
                    "criteria": {"narrative": "124単位以上を修得すること。"},
                }
            ],
            "verifiableCredential": inside,
            "association": [
                {
                    "type": "Association",
                    "associationType": draw.choice(["isChildOf", "isPartOf"]),
                    "sourceId": each["credentialSubject"]["achievement"]["id"],
                    "targetId": degree,
                }
                for each in inside
            ],
        },
    }


def inside(document: Document) -> list[Document]:
    found: list[Document] = document["credentialSubject"]["verifiableCredential"]
    return found


def learned(university: University, monkeypatch: pytest.MonkeyPatch) -> Way:
    """Give both ways, where four transcripts of one key were verified."""
    monkeypatch.setattr(_clr_learned, "FEWEST", 1)
    monkeypatch.setattr(_clr_learned, "_KNOWN", Transcripts())
    made = Way(university, monkeypatch, _clr_learned)
    for number in range(1, 5):
        assert {one.code for one in wrong(made.report(made.signed(unsigned(university, number))))} == {
            "carried.credential"
        }

    made.count(TranscriptsAlike)
    return made


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Way:
    return learned(University.by_key(), monkeypatch)


def wrong(report: Report) -> list[Any]:
    return [check for check in report.checks if check.outcome is not Outcome.VALID]


def genuine(report: Report) -> bool:
    """Tell whether nothing is wrong but that the courses have no proofs of their own."""
    return {check.code for check in wrong(report)} == {"carried.credential"}


def transcript(way: Way, number: int = 40, courses: int = 7) -> Document:
    document: Document = json.loads(way.signed(unsigned(way.university, number, courses)))
    return document


def test_one_more_transcript_is_known_again_and_has_the_report_of_the_general_way(way: Way) -> None:
    for number in range(20, 26):
        data = way.signed(unsigned(way.university, number))
        report = way.both(data)
        assert genuine(report)
        assert len(report.carried) == 7
        assert report.credential is not None
        assert [one.id for one in report.credential.components] == [
            one.credential.id for one in report.carried if one.credential
        ]
        way.both(data, only_proof=True)
    assert way.familiar == 12


@pytest.mark.parametrize("courses", [1, 2, 3, 30])
def test_it_may_have_any_number_of_courses(way: Way, courses: int) -> None:
    assert genuine(way.both(way.signed(unsigned(way.university, 50, courses))))
    assert way.familiar == 1


def test_whatever_one_string_says_the_report_is_that_of_the_general_way(way: Way) -> None:
    original = transcript(way, courses=3)
    amount = len(list(strings(original)))
    draw = random.Random(1)
    refused = valid = 0
    for place in range(amount):
        for word in draw.sample(WORDS, 2):
            document = copy.deepcopy(original)
            holder, key = list(strings(document))[place]
            same = holder[key] == word
            holder[key] = word
            if place % 3 == 0:
                assert same or not genuine(way.both(_vc.dumped(document)))
            if (data := way.signed_anew(document)) is not None:
                report = way.both(data)
                valid += genuine(report)
                refused += not genuine(report)
    assert way.familiar > 30
    assert valid > 30
    assert refused > 15


def test_a_string_that_stands_twice_is_no_matter_of_its_own(way: Way) -> None:
    """Two objects of one id are one object in what was signed; two texts alike are two texts."""
    original = transcript(way, courses=5)
    amount = len(list(strings(original)))
    draw = random.Random(4)
    for _ in range(150):
        document = copy.deepcopy(original)
        found = list(strings(document))
        (holder, key), (other, place) = found[draw.randrange(amount)], found[draw.randrange(amount)]
        holder[key] = other[place]
        if (data := way.signed_anew(document)) is not None:
            way.both(data)
    assert way.familiar > 20


def _moved(change: Callable[[list[Document], Document], object]) -> Callable[[Document], None]:
    def done(document: Document) -> None:
        change(inside(document), document["credentialSubject"])

    return done


CHANGES: dict[str, Callable[[Document], None]] = {
    "a course twice": _moved(lambda courses, _: courses.append(courses[0])),
    "two courses in each other's place": _moved(lambda courses, _: courses.insert(0, courses.pop(3))),
    "a course less": _moved(lambda courses, _: courses.pop(2)),
    "all courses but one less": _moved(lambda courses, _: courses.__delitem__(slice(1, None))),
    "no course": _moved(lambda courses, _: courses.clear()),
    "no association": _moved(lambda _, subject: subject["association"].clear()),
    "an association twice": _moved(
        lambda _, subject: subject["association"].append(subject["association"][0])
    ),
    "another learner in one": _moved(
        lambda courses, _: courses[1]["credentialSubject"].update(id="urn:uuid:" + "0" * 8 + "-0" * 4)
    ),
    "one of the award itself": lambda document: inside(document)[1].update(id=own_id(document["id"])),
    "one achievement twice": _moved(
        lambda courses, _: courses[1]["credentialSubject"]["achievement"].update(
            id=courses[4]["credentialSubject"]["achievement"]["id"]
        )
    ),
    "the degree as a course": _moved(
        lambda courses, subject: courses[1]["credentialSubject"]["achievement"].update(
            id=subject["achievement"][0]["id"]
        )
    ),
    "a result that fills another's description": _moved(
        lambda courses, _: courses[1]["credentialSubject"]["result"][0].update(
            resultDescription=courses[4]["credentialSubject"]["result"][0]["resultDescription"]
        )
    ),
    "a result whose description only carries it": _moved(
        lambda courses, _: _carry(courses[1]["credentialSubject"])
    ),
    "members in another order": _moved(lambda courses, _: courses.__setitem__(0, _reversed(courses[0]))),
    "a member more": _moved(lambda courses, _: courses[0].update(description="x")),
    "a course of another kind": _moved(
        lambda courses, _: courses[0]["credentialSubject"]["achievement"].update(creditsAvailable=4)
    ),
    "another type": _moved(lambda courses, _: courses[0]["type"].__setitem__(1, "OpenBadgeCredential")),
    "another issuer in one": _moved(lambda courses, _: courses[0]["issuer"].update(name="若葉大学")),
    "an expiry before the beginning": _moved(
        lambda courses, _: courses[0].update(validUntil="2025-01-01T00:00:00Z")
    ),
    "a second achievement": _moved(
        lambda _, subject: subject["achievement"].append(
            {**subject["achievement"][0], "id": "https://aoba.example/other"}
        )
    ),
    "no partial": lambda document: document.pop("partial"),
    "an expiry": lambda document: document.update(validUntil="2026-03-26T00:00:00Z"),
}


def _carry(subject: Document) -> None:
    minted = _ob_ids.description_of(subject["result"][0]["id"])
    subject["achievement"]["resultDescription"][0]["id"] = minted
    subject["result"][0]["resultDescription"] = minted


def _reversed(value: Document) -> Document:
    return dict(reversed(value.items()))


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("anew", [True, False])
def test_whatever_is_changed_the_report_is_that_of_the_general_way(way: Way, name: str, anew: bool) -> None:
    document = transcript(way)
    CHANGES[name](document)
    data = way.signed_anew(document) if anew else _vc.dumped(document)
    assert data is not None
    report = way.both(data)
    # The order of what is inside means nothing, so no proof is over it.
    assert genuine(report) or not way.familiar
    same = name.startswith(("two courses in", "members in another order", "another type"))
    assert anew or genuine(report) is same


def test_a_signed_course_among_them_is_left_to_the_general_way(way: Way) -> None:
    document = unsigned(way.university, 30)
    inside(document)[0] = _vc.sealed(inside(document)[0], key=way.university.key, now=NOW)
    report = way.both(way.signed(document))
    assert [one.outcome for one in report.carried][:2] == [Outcome.VALID, Outcome.INVALID]
    assert way.familiar == 0


def test_one_letter_changed_anywhere_is_found(way: Way) -> None:
    original = _vc.dumped(transcript(way, courses=3))
    draw = random.Random(2)
    for place in draw.sample(range(len(original)), 120):
        letter = draw.choice(b'"\\ aZ0:{}[],\x00\x1f\x7f\x80\xff')
        spoiled = original[:place] + bytes([letter]) + original[place + 1 :]
        if spoiled != original:
            assert not genuine(way.both(spoiled)), spoiled
    assert way.familiar == 0
    assert genuine(way.both(original))
    assert way.familiar == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'"partial"', b'"name":"x","partial"', 1),
        lambda text: text.replace(b'"value"', b'"id":"urn:x:1","value"', 1),
        lambda text: text.replace(b'"association":[', b'"association":[ ', 1),
        lambda text: text.replace(b'}},{"@context"', b'}}, {"@context"', 1),
        lambda text: text.replace(b'}},{"@context"', b'}},,{"@context"', 1),
        lambda text: text + b"}",
        lambda text: text[:-1],
        lambda text: text + b" ",
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace("講義".encode(), b"\\u8b1b\\u7fa9", 1),
        lambda text: text.replace("講義".encode(), b"\xe5\xad", 1),
        lambda text: text.replace(b'"creditsAvailable":2', b'"creditsAvailable":2.0', 1),
    ],
)
def test_other_spellings_are_left_to_the_general_way(way: Way, change: Callable[[bytes], bytes]) -> None:
    original = _vc.dumped(transcript(way))
    data = change(original)
    assert data != original
    way.both(data)
    assert way.familiar == 0


def test_the_time_of_verifying_counts_each_time(way: Way) -> None:
    data = _vc.dumped(transcript(way))
    for days, hours in ((0, 0), (-24, 0), (-24, 6), (-10, 0), (400, 0)):
        way.both(data, at=NOW + timedelta(days=days, hours=hours))
    assert way.familiar > 1


def test_the_key_as_it_is_published_now_counts_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    way = learned(University(), monkeypatch)
    data = _vc.dumped(transcript(way))
    assert genuine(way.both(data))
    before = way.university.documents[DID_URL]
    other = University(did=way.university.did, signer=University.by_key(b"t" * 32).signer)
    for key in (
        way.university.published_key(revoked=NOW - timedelta(days=1)),
        way.university.published_key(purposes=("authentication",)),
        other.published_key(),
    ):
        document = did_document(way.university.did, [key])
        way.university.documents[DID_URL] = json.dumps(document).encode()
        assert not genuine(way.both(data))
    del way.university.documents[DID_URL]
    assert not genuine(way.both(data))
    way.university.documents[DID_URL] = before
    assert genuine(way.both(data))
    assert way.familiar == 2


def test_the_proof_of_another_transcript_is_refused(way: Way) -> None:
    one, other = transcript(way, 30), transcript(way, 31)
    assert genuine(way.both(_vc.dumped(one)))
    assert genuine(way.both(_vc.dumped(other)))
    assert not genuine(way.both(_vc.dumped({**one, "proof": other["proof"]})))
    courses = {**one["credentialSubject"], "verifiableCredential": inside(other)}
    assert not genuine(way.both(_vc.dumped({**one, "credentialSubject": courses})))
    assert way.familiar == 2


def test_forged_transcripts_teach_nothing(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_clr_learned, "_KNOWN", Transcripts())
    for number in range(20, 28):
        document = transcript(way, number)
        document["proof"]["proofValue"] = transcript(way, number + 1)["proof"]["proofValue"]
        way.report(_vc.dumped(document))
    assert not _clr_learned._KNOWN._counted


def test_what_is_kept_of_strangers_transcripts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_KEYS", "MAX_COUNTED", "MAX_SEEN"):
        monkeypatch.setattr(_clr_learned, name, 3)
    monkeypatch.setattr(_clr_learned, "FEWEST", 1)
    kept = Transcripts()
    monkeypatch.setattr(_clr_learned, "_KNOWN", kept)
    for seed in range(5):
        made = Way(University.by_key(bytes([seed]) * 32), monkeypatch, _clr_learned)
        for frame in ({}, {"description": "x"}, {"awardedDate": "2026-03-25T00:00:00Z"}):
            for number in range(3):
                made.report(made.signed({**unsigned(made.university, number, 3), **frame}))
    assert kept._known
    assert max(len(kept._known), len(kept._counted), len(kept._seen)) <= 3
    assert all(len(each) <= _clr_learned.MAX_FRAMES for each in kept._known.values())


def test_it_is_learned_once_so_many_courses_of_each_kind_were_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Transcripts()
    monkeypatch.setattr(_clr_learned, "_KNOWN", kept)
    monkeypatch.setattr(_clr_learned, "FEWEST", 4)
    made = Way(University.by_key(), monkeypatch, _clr_learned)
    looked_at = {}
    for number in range(1, 10):
        made.report(made.signed(unsigned(made.university, number)))
        (seen,) = kept._seen.values()
        looked_at[seen.courses] = bool(kept)
    # Three kinds of courses and two of associations want 20: seven each of the first, second and fourth.
    assert looked_at == {7: False, 14: False, 21: True}
