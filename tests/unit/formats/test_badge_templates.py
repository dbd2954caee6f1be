# SPDX-License-Identifier: Apache-2.0
"""Badges of a batch, written by template, are byte for byte those of the general way."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gakusho.errors import ConflictError, GakushoError
from gakusho.formats import CredentialKey, Sealing, _ob_write, _template, _vc
from gakusho.formats._ob_ids import derived
from gakusho.model.achievement import Achievement, ResultDescription, RubricCriterionLevel
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award, Evidence, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text
from gakusho.proof import json
from gakusho.proof._literals import escaped
from gakusho.proof.signers.encrypted_key import KeptSigner

SIGNER = KeptSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
MULTIKEY = SIGNER.public_key.multikey()
SEALING = Sealing(
    now=datetime(2026, 3, 25, 1, 2, 3, tzinfo=UTC),
    credential_key=CredentialKey(signer=SIGNER, verification_method=f"did:key:{MULTIKEY}#{MULTIKEY}"),
)
SKILL = Alignment(
    target_name="Data analysis",
    target_url="http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f",
    target_framework="ESCO",
)
OUTCOME = Alignment(
    target_name="Statistics", target_url="https://u.example/case/1", target_type="CFItem", target_code="S.1"
)
LEVEL = RubricCriterionLevel(
    id="urn:uuid:0c0c0c0c-0000-4000-8000-000000000002", name="Mastered", points="4", alignments=(OUTCOME,)
)
GRADE = ResultDescription(
    id="urn:uuid:0c0c0c0c-0000-4000-8000-000000000001",
    name="Grade",
    allowed_values=("A", "B"),
    levels=(LEVEL,),
    required_level=LEVEL.id,
    alignments=(SKILL,),
)
ACHIEVEMENT = Achievement(
    id="https://u.example/achievements/1",
    type="Certificate",
    name=Text.of(ja="修了証", en="Certificate"),
    description=Text.of(en="Fifteen lectures."),
    criteria=Text.of(en="The examination passed."),
    tags=("one", "two"),
    result_descriptions=(GRADE,),
    alignments=(SKILL, OUTCOME),
)
ISSUER = Issuer(id=f"did:key:{MULTIKEY}", name=Text.of(en="Asanagi University"), country="JP")

NASTY = (
    "plain", "青葉 みなと", "O'Brien \"Pat\"", "back\\slash", "tab\tand\nline", "%s %d %%", "{0} {name}",
    "𠮷野家 😀", "Ａ full width", "é e\u0301", "<urn:x>", "_:b0", "_:c14n0", "@id", "urn:uuid:", "ext:x",
    " spaces ", "\u2028", "\x85", "\u202edabc", "\x7f", "\ud800", "made-up 1 full 000001", "null", ".",
    "\"^^<http://www.w3.org/2001/XMLSchema#string>",
)  # fmt: skip


def award(number: int = 0) -> Award:
    return Award(
        id=f"urn:uuid:10000000-0000-4000-8000-{number:012x}",
        issuer=ISSUER,
        learner=Learner(
            name=PersonName(full=f"青葉 みなと {number}", romaji="AOBA"), email=f"{number}@u.example"
        ),
        achievement=ACHIEVEMENT,
        awarded_on=date(2026, 3, 25),
        valid_from=datetime(2026, 3, 24, 15, tzinfo=UTC),
        issue_number=f"N-{number}",
        results=(Result(id=urn(2, number), name="Grade", value="A", description_id=GRADE.id),),
        status=(
            StatusEntry(
                id=urn(3, number),
                kind="BitstringStatusListEntry",
                purpose="revocation",
                list_id="https://u.example/status/1",
                index=number,
            ),
        ),
    )


def urn(kind: int, number: int) -> str:
    return f"urn:uuid:{kind}0000000-0000-4000-8000-{number:012x}"


def batch(count: int = 6) -> list[Award]:
    return [award(number) for number in range(count)]


class Odd:
    """Makes awards of every shape, with strings that break what is written carelessly."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def award(self, number: int) -> Award:
        pick, chance = self._random.choice, self._random.random
        ids = [urn(kind, number) for kind in range(4, 9)] + [
            "https://u.example/e/é?x=%25#y",
            "http://u.example",
        ]
        if chance() < 0.1:  # ids that are another's, or no IRI
            ids += [
                ACHIEVEMENT.id,
                ISSUER.id,
                derived(award(number).id, "subject"),
                "ob:x",
                "no iri",
                "vc:y",
                "",
            ]

        def text(share: float = 0.5) -> str | None:
            return None if chance() > share else pick(NASTY) if chance() < 0.3 else f"text {number}"

        return replace(
            award(number),
            id=award(number).id if chance() < 0.95 else pick(ids) or "x",
            learner=Learner(
                name=PersonName(
                    full=text(0.98) or "", kana=text(), romaji=text(), former=text(0.2)
                ),
                email=text(),
                student_number=text(),
                birth_date=date(2000, 2, 29) if chance() < 0.3 else None,
            ),
            valid_until=datetime(2027, 1, 1, 0, 0, 0, 5, tzinfo=UTC) if chance() < 0.3 else None,
            issue_number=text(),
            narrative=text(),
            results=tuple(
                Result(
                    id=pick(ids),
                    name=text(0.9) or "",
                    value=text(0.9) or "",
                    credits=text(),
                    term=text(),
                    description_id=GRADE.id if chance() < 0.5 else None,
                    achieved_level=pick((None, None, LEVEL.id)),
                    status=pick((None, None, "Completed")),
                    alignments=pick(((), (), (SKILL,), (OUTCOME, SKILL))),
                )
                for _ in range(self._random.randrange(3))
            ),
            evidence=tuple(
                Evidence(id=pick(ids), name=text(), description=text(), url=pick((None, pick(ids))))
                for _ in range(self._random.randrange(2))
            ),
            status=tuple(
                StatusEntry(
                    id=pick(ids),
                    kind="BitstringStatusListEntry",
                    purpose=pick(("revocation", "suspension")),
                    list_id="https://u.example/status/1",
                    index=number,
                )
                for _ in range(self._random.randrange(3))
            ),
        )  # fmt: skip

    def like(self, other: Award, number: int) -> Award:
        """Give an award of the same shape with other strings."""

        def text(given: str | None) -> str | None:
            return given and self._random.choice(NASTY)

        learner = other.learner
        return replace(
            other,
            id=urn(1, 1_000 + number),
            learner=replace(
                learner,
                name=PersonName(
                    full=text(learner.name.full) or "",
                    kana=text(learner.name.kana),
                    romaji=text(learner.name.romaji),
                    former=text(learner.name.former),
                ),
                email=text(learner.email),
                student_number=text(learner.student_number),
            ),
            issue_number=text(other.issue_number),
            narrative=text(other.narrative),
            results=tuple(
                replace(
                    each,
                    id=self._random.choice((each.id, urn(9, number))),
                    name=self._random.choice(NASTY),
                    value=self._random.choice(NASTY),
                    credits=text(each.credits),
                )
                for each in other.results
            ),
        )


def outcome(work: object) -> object:
    """What came out, or in which way it was refused."""
    try:
        return work()  # type: ignore[operator]
    except GakushoError as error:
        return type(error), error.code, error.facts


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every badge that a template wrote."""
    written: list[object] = []
    true = _template._Batch._filled

    def noted(self: _template._Batch, template: _template._Template, values: list[str]) -> object:
        result = true(self, template, values)
        if result is not None:
            written.append(result)
        return result

    monkeypatch.setattr(_template._Batch, "_filled", noted)
    return written


def test_a_batch_is_written_by_one_template_as_the_general_way_writes_it(filled: list[object]) -> None:
    awards = batch(20)
    assert _template.BadgeWriter().write(awards, SEALING) == [
        _template.general(each, SEALING) for each in awards
    ]
    assert len(filled) == 19  # the first shows the shape


def test_the_next_batch_finds_the_template(filled: list[object]) -> None:
    writer = _template.BadgeWriter()
    writer.write(batch(4), SEALING)
    filled.clear()
    same = replace(ACHIEVEMENT)  # equal, as after a way between processes, but not the same object
    awards = [replace(each, achievement=same) for each in batch(4)]
    assert writer.write(awards, SEALING) == [_template.general(each, SEALING) for each in awards]
    assert len(filled) == 4


def test_another_achievement_never_gets_this_ones_template() -> None:
    writer = _template.BadgeWriter()
    writer.write(batch(), SEALING)
    other = [replace(each, achievement=replace(ACHIEVEMENT, field_of_study="Law")) for each in batch()]
    mixed = [each for pair in zip(batch(), other, strict=True) for each in pair]
    assert writer.write(mixed, SEALING) == [_template.general(each, SEALING) for each in mixed]


@pytest.mark.parametrize("seed", range(12))
def test_odd_awards_come_out_as_the_general_way_writes_or_refuses_them(
    seed: int, filled: list[object]
) -> None:
    odd, writer = Odd(seed), _template.BadgeWriter()
    for number in range(12):
        strange = odd.award(number)
        for each in (strange, *(odd.like(strange, place) for place in range(6))):
            awards = [strange, strange, each, each]
            expected = outcome(lambda: [_template.general(one, SEALING) for one in awards])  # noqa: B023
            assert outcome(lambda: writer.write(awards, SEALING)) == expected  # noqa: B023
    assert len(filled) > 20


def test_odd_strings_are_filled_in_and_not_left_to_the_general_way(filled: list[object]) -> None:
    printable = [text for text in NASTY if text not in ("\ud800", "\x7f", "\x85", "\u202edabc")]
    for text in printable:
        changed = replace(award(77), learner=Learner(name=PersonName(full=text, romaji=text), email=text))
        filled.clear()
        awards = [*batch(4), changed]
        written = _template.BadgeWriter().write(awards, SEALING)
        assert written[-1] == _template.general(changed, SEALING)
        assert len(filled) == 4


def test_a_template_that_writes_something_else_stops_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    true = _ob_write.document

    def changed(made: Award) -> dict[str, object]:
        document = true(made)
        if not made.learner.name.full.startswith("made-up"):  # what the template cannot know
            document["name"] = f"{document['name']} of {made.learner.name.full}"
        return document

    monkeypatch.setattr(_ob_write, "document", changed)
    with pytest.raises(ConflictError) as caught:
        _template.BadgeWriter().write(batch(), SEALING)
    assert caught.value.code == "template-differs"


def test_what_follows_from_a_row_and_is_not_known_goes_the_general_way(
    monkeypatch: pytest.MonkeyPatch, filled: list[object]
) -> None:
    true = _ob_write.document

    def changed(made: Award) -> dict[str, object]:
        document = true(made)
        document["credentialSubject"]["narrative"] = f"For {made.learner.name.full}"
        return document

    monkeypatch.setattr(_ob_write, "document", changed)
    awards = batch()
    assert _template.BadgeWriter().write(awards, SEALING) == [
        _template.general(each, SEALING) for each in awards
    ]
    assert not filled


def test_whatever_is_refused_or_escaped_gets_the_second_look() -> None:
    for number in range(0x11000):
        character = chr(number)
        plain = _template._ODD.search(character) is None
        if plain and not 0xD800 <= number < 0xE000:
            _vc.refuse_unsafe(character)
            assert json.dumps(character) == f'"{character}"'.encode()
            assert escaped(character) == character


def test_few_templates_are_kept() -> None:
    writer = _template.BadgeWriter()
    for number in range(20):
        awards = [replace(each, achievement=replace(ACHIEVEMENT, code=str(number))) for each in batch(4)]
        writer.write(awards, SEALING)
    assert len(writer._families) == _template.MAX_FAMILIES


@pytest.mark.parametrize(
    "base", ["urn:uuid:10000000-0000-4000-8000-00000000000A", "https://u.example/1", "", "é"]
)
def test_ids_of_parts_are_uuids_of_version_5(base: str) -> None:
    try:
        space = uuid.UUID(base.removeprefix("urn:uuid:"))
    except ValueError:
        space = uuid.uuid5(uuid.NAMESPACE_URL, base)
    for path in ("subject", "é", "", *map(str, range(40))):
        assert derived(base, path) == f"urn:uuid:{uuid.uuid5(space, path)}"
