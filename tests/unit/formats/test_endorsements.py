# SPDX-License-Identifier: Apache-2.0
"""Endorsements are signed by who gives them, carried in what they are of, and each judged by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.university import NOW, University

from gakusho.errors import GakushoError, InputError, LimitError
from gakusho.formats import Discloses, Endorses, format_named, formats, to_show
from gakusho.formats._ob_read import award as read_award
from gakusho.formats._ob_write import document
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award
from gakusho.model.endorsement import Endorsement
from gakusho.model.issuer import Issuer
from gakusho.model.report import Headline, Outcome
from gakusho.model.text import Text

UNIVERSITY = University.with_document_key()
AGENCY = University.by_key(b"agency seed of thirty-two bytes!"[:32])
JSON, TOKEN = "verifiable-credential", "vc-jwt"
BOTH = pytest.mark.parametrize("kind", [JSON, TOKEN])


def endorsement(of: str, number: int = 1, **changes: Any) -> Endorsement:
    made = Endorsement(
        id=f"urn:uuid:e0000000-0000-4000-8000-{number:012x}",
        endorser=Issuer(id=AGENCY.did, name=Text.of(ja="青葉認証機構", en="Aoba Accreditation")),
        endorsed_id=of,
        comment="課程は基準を満たしています。",
        valid_from=NOW - timedelta(days=30),
    )
    return replace(made, **changes)


def sealed(of: str, kind: str = TOKEN, number: int = 1, **changes: Any) -> bytes:
    form: object = format_named(kind)
    assert isinstance(form, Endorses)
    return form.endorse(endorsement(of, number, **changes), AGENCY.sealing).data


def endorsed(*, kind: str) -> Award:
    """Give an award of which the badge, the achievement and the issuer are endorsed."""
    award = UNIVERSITY.award()
    return replace(
        award,
        endorsements=(sealed(award.id, kind, 1),),
        achievement=replace(award.achievement, endorsements=(sealed(award.achievement.id, kind, 2),)),
        issuer=replace(award.issuer, endorsements=(sealed(award.issuer.id, kind, 3),)),
    )


@BOTH
def test_an_endorsement_verifies_by_itself_and_says_of_what_it_is(kind: str) -> None:
    report = AGENCY.verify(sealed("urn:uuid:a", kind))
    assert report.headline is Headline.VALID
    assert report.credential is not None
    assert report.credential.achievement.id == "urn:uuid:a"
    assert report.credential.achievement.type == "EndorsementCredential"
    assert report.credential.achievement.description.best("ja") == "課程は基準を満たしています。"


@BOTH
@pytest.mark.parametrize("form", ["open-badges-3", "vc-jwt", "vc-cose", "vc-sd-jwt", "clr-2", "clr-2-jwt"])
def test_what_is_endorsed_comes_back_with_every_endorsement_verified(form: str, kind: str) -> None:
    award = endorsed(kind=kind)
    chosen = format_named(form)
    written = chosen.write([award], UNIVERSITY.sealing)[0]
    data = to_show(chosen, written.data)
    report = UNIVERSITY.verify(data)
    assert report.headline is Headline.VALID
    assert report.credential is not None
    assert report.credential.endorsements == award.endorsements
    assert report.credential.achievement.endorsements == award.achievement.endorsements
    assert report.credential.issuer.endorsements == award.issuer.endorsements
    inside = [*report.carried, *(deeper for one in report.carried for deeper in one.carried)]
    found = [one for one in inside if one.issuer is not None and one.issuer.id == AGENCY.did]
    assert len(found) == 3
    assert {one.headline for one in found} == {Headline.VALID}


def test_a_badge_shown_in_part_carries_tokens_and_says_what_it_leaves_out() -> None:
    form = format_named("open-badges-3-sd")
    with_json = form.write([endorsed(kind=JSON)], UNIVERSITY.sealing)[0]
    assert "endorsements.embedded" in with_json.losses
    with_tokens = form.write([endorsed(kind=TOKEN)], UNIVERSITY.sealing)[0]
    assert "endorsements.embedded" not in with_tokens.losses
    report = UNIVERSITY.verify(to_show(form, with_tokens.data))
    assert (report.headline, len(report.carried)) == (Headline.VALID, 3)


def test_a_learner_reads_what_an_endorsement_says_before_showing_it() -> None:
    able: object = format_named("open-badges-3-sd")
    assert isinstance(able, Discloses)
    data = format_named("open-badges-3-sd").write([endorsed(kind=TOKEN)], UNIVERSITY.sealing)[0].data
    said = [one.value for one in able.disclosable(data) if one.kind == "endorsementJwt"]
    assert said
    assert set(said) == {"青葉認証機構 / Aoba Accreditation: 課程は基準を満たしています。"}


@pytest.mark.parametrize("form", ["open-badges-2", "open-badges-2-signed", "sd-jwt-vc"])
def test_a_format_with_no_place_for_endorsements_names_them_as_lost(form: str) -> None:
    lost = format_named(form).write([endorsed(kind=TOKEN)], UNIVERSITY.sealing)[0].losses
    assert {"endorsements", "achievement.endorsements", "issuer.endorsements"} <= set(lost)


@BOTH
def test_a_forged_endorsement_makes_the_badge_not_genuine_and_its_twin_is_valid(kind: str) -> None:
    award = UNIVERSITY.award()
    good = sealed(award.achievement.id, kind)
    other = sealed(award.achievement.id, kind, comment="課程は基準を大きく上回っています。")
    if kind == JSON:
        words = json.loads(other)["credentialSubject"]
        forged = json.dumps({**json.loads(good), "credentialSubject": words}).encode()
    else:
        head, _, signature = good.split(b".")
        forged = b".".join((head, other.split(b".")[1], signature))
    for data, headline in ((good, Headline.VALID), (forged, Headline.NOT_GENUINE)):
        said = replace(award, achievement=replace(award.achievement, endorsements=(data,)))
        report = UNIVERSITY.verify(UNIVERSITY.sealed(said))
        assert report.headline is headline
        assert [one.headline for one in report.carried] == [headline]
        own = {one.outcome for one in report.checks if one.code != "carried.credential"}
        assert own == {Outcome.VALID}  # the badge's own signature holds in both


def test_an_endorsement_taken_out_or_put_in_breaks_the_badge() -> None:
    award = endorsed(kind=TOKEN)
    written = json.loads(UNIVERSITY.sealed(award))
    assert UNIVERSITY.verify(json.dumps(written).encode()).headline is Headline.VALID
    del written["credentialSubject"]["achievement"]["endorsementJwt"]
    assert UNIVERSITY.verify(json.dumps(written).encode()).headline is Headline.NOT_GENUINE


BAD: dict[str, tuple[str, Callable[[Award], tuple[bytes, ...]]]] = {
    "of another achievement": ("endorsement-unfit", lambda _: (sealed("urn:uuid:another"),)),
    "not signed": (
        "endorsement-unfit",
        lambda award: (
            json.dumps(
                {k: v for k, v in json.loads(sealed(award.achievement.id, JSON)).items() if k != "proof"}
            ).encode(),
        ),
    ),
    "no endorsement": ("endorsement-unfit", lambda _: (UNIVERSITY.sealed(),)),
    "neither JSON nor a token": ("endorsement-unfit", lambda _: (b"well done",)),
    "twice": ("endorsement-unfit", lambda award: (sealed(award.achievement.id),) * 2),
    "too many": (
        "endorsements-limit",
        lambda award: tuple(sealed(award.achievement.id, number=n) for n in range(17)),
    ),
    "another name for the issuer": (
        "endorsement-mixed",
        lambda award: (
            sealed(
                award.achievement.id, JSON, endorser=Issuer(id=award.issuer.id, name=Text.of(ja="別の名前"))
            ),
        ),
    ),
    "more said of the achievement": (
        "endorsement-mixed",
        lambda award: (
            json.dumps(
                {
                    **json.loads(sealed(award.achievement.id, JSON)),
                    "credentialSubject": {
                        "id": award.achievement.id,
                        "type": ["EndorsementSubject", "Achievement"],
                        "endorsementComment": "よい",
                        "fieldOfStudy": "医学",
                    },
                }
            ).encode(),
        ),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_may_not_be_carried_is_refused_before_anything_is_signed(name: str) -> None:
    code, made = BAD[name]
    award = UNIVERSITY.award()
    said = replace(award, achievement=replace(award.achievement, endorsements=made(award)))
    with pytest.raises(InputError) as caught:
        document(said)
    assert caught.value.code == code
    fine = replace(award.achievement, endorsements=(sealed(award.achievement.id, JSON),))
    assert read_award(document(replace(award, achievement=fine))).achievement == fine


def test_an_issuer_may_endorse_its_own_achievement_in_the_same_words() -> None:
    award = UNIVERSITY.award()
    form: object = format_named(JSON)
    assert isinstance(form, Endorses)
    own = form.endorse(endorsement(award.achievement.id, endorser=award.issuer), UNIVERSITY.sealing).data
    said = replace(award, achievement=replace(award.achievement, endorsements=(own,)))
    assert UNIVERSITY.verify(UNIVERSITY.sealed(said)).headline is Headline.VALID


@BOTH
@pytest.mark.parametrize(
    "changes",
    [
        {"comment": " "},
        {"comment": "x" * 2_001},
        {"comment": "よい\u202e"},
        {"endorsed_id": "nothing"},
        {"id": "nothing"},
        {"valid_until": NOW - timedelta(days=60)},
    ],
)
def test_an_endorsement_that_says_too_little_or_too_much_is_not_signed(
    changes: dict[str, Any], kind: str
) -> None:
    with pytest.raises(InputError):
        sealed("urn:uuid:a", kind, **changes)


def test_large_endorsements_are_refused() -> None:
    award = UNIVERSITY.award()
    large = replace(award.achievement, endorsements=(b"{" + b" " * 70_000 + b"}",))
    with pytest.raises(LimitError):
        document(replace(award, achievement=large))


def test_a_class_of_endorsed_badges_is_written_as_one_by_one() -> None:
    award = endorsed(kind=TOKEN)
    plain = [
        replace(UNIVERSITY.award(n), achievement=award.achievement, issuer=award.issuer) for n in range(8)
    ]
    form = format_named("open-badges-3")
    together = [one.data for one in form.write(plain, UNIVERSITY.sealing)]
    apart = [form.write([one], UNIVERSITY.sealing)[0].data for one in plain]
    assert together == apart


def test_every_format_that_endorses_refuses_what_has_no_comment() -> None:
    able = [form for form in formats().values() if isinstance(form, Endorses)]
    assert len(able) == 2
    for form in able:
        with pytest.raises(GakushoError):
            form.endorse(endorsement("urn:uuid:a", comment=""), AGENCY.sealing)


@pytest.mark.parametrize("form", ["open-badges-2-signed", "sd-jwt-vc"])
def test_skills_are_said_in_the_other_formats_too(form: str) -> None:
    skill = Alignment(
        target_name="データ分析",
        target_url="https://skills.example/1",
        target_code="S1",
        target_framework="ESCO",
        target_description="データを読み取る。",
        target_type="ext:Skill",
    )
    award = UNIVERSITY.award()
    said = replace(award, achievement=replace(award.achievement, alignments=(skill,)))
    chosen = format_named(form)
    written = chosen.write([said], UNIVERSITY.sealing)[0]
    report = UNIVERSITY.verify(to_show(chosen, written.data))
    assert report.headline is Headline.VALID
    assert report.credential is not None
    typed = form != "open-badges-2-signed"  # version 2.0 has no type of a target, and says so
    expected = skill if typed else replace(skill, target_type=None)
    assert report.credential.achievement.alignments == (expected,)
    assert ("achievement.alignments.target_type" in written.losses) is not typed
    bad = replace(said, achievement=replace(said.achievement, alignments=(replace(skill, target_url="x"),)))
    with pytest.raises(InputError):
        chosen.write([bad], UNIVERSITY.sealing)
