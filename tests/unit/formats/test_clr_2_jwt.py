# SPDX-License-Identifier: Apache-2.0
"""CLR 2.0 in tokens: read as the transcript it is, and one bad token inside is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.fakes.transcripts import transcript
from tests.fakes.university import MemorySigner, University

from gakusho.errors import UndefinedTermError
from gakusho.formats import CredentialKey, _clr_write, _jose, format_named, recognize
from gakusho.formats.clr_2_jwt import FORMAT
from gakusho.model.report import Headline, Outcome, Report
from gakusho.proof.signers.encrypted_key import KeptSigner

UNIVERSITY = University()
AWARD = transcript(UNIVERSITY)
SEALED = FORMAT.write([AWARD], UNIVERSITY.sealing)[0]
Claims = dict[str, Any]


def changed(change: Callable[[Claims, list[str]], None], signer: MemorySigner | None = None) -> bytes:
    """Give the record with its claims changed, signed anew."""
    token = _jose.taken_apart(SEALED.data)
    claims = json.loads(json.dumps(token.claims))
    change(claims, claims["credentialSubject"]["verifiableCredential"])
    return _jose.signed(token.header, claims, signer or UNIVERSITY.signer)


def resigned(token: str, change: Callable[[Claims], None], signer: MemorySigner) -> str:
    """Give a token inside changed, and signed by somebody."""
    apart = _jose.taken_apart(token.encode())
    claims = json.loads(json.dumps(apart.claims))
    change(claims)
    return _jose.signed(apart.header, claims, signer).decode()


def bad(report: Report) -> dict[str, Outcome]:
    return {check.code: check.outcome for check in report.checks if check.outcome is not Outcome.VALID}


def test_the_transcript_is_read_back_whole_but_for_what_is_named_lost() -> None:
    assert SEALED.losses == ("learner.email",)
    assert FORMAT.read(SEALED.data).award == replace(AWARD, learner=replace(AWARD.learner, email=None))


def test_everything_inside_is_valid_by_itself_and_so_is_the_whole() -> None:
    report = UNIVERSITY.verify(SEALED.data)
    assert (report.headline, report.format, bad(report)) == (Headline.VALID, "clr-2-jwt", {})
    assert [(one.headline, one.format) for one in report.carried] == [(Headline.VALID, "vc-jwt")] * 4


def test_the_courses_are_those_of_the_record_in_json() -> None:
    other = format_named("clr-2")
    assert (
        other.read(other.write([AWARD], UNIVERSITY.sealing)[0].data).award == FORMAT.read(SEALED.data).award
    )


def test_it_is_signed_with_rs256_where_the_issuer_has_such_a_key() -> None:
    key = KeptSigner(rsa.generate_private_key(65537, 2048))
    one = CredentialKey(signer=key, verification_method=f"{UNIVERSITY.did}#compatibility-1")
    [sealed] = FORMAT.write([AWARD], replace(UNIVERSITY.sealing, more_keys=(one,)))
    inside = FORMAT.read(sealed.data).carried
    assert {_jose.taken_apart(each).header["alg"] for each in (sealed.data, *inside)} == {"RS256"}


def test_a_word_that_no_context_defines_is_an_error_when_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = _clr_write.record(AWARD)
    spoiled = replace(written, credentials=(written.credentials[0] | {"honours": "first"},))
    monkeypatch.setattr(_clr_write, "record", lambda _: spoiled)
    with pytest.raises(UndefinedTermError):
        FORMAT.write([AWARD], UNIVERSITY.sealing)


def test_the_untouched_twin_of_every_forgery_is_valid() -> None:
    def again(_: Claims, inside: list[str]) -> None:
        inside[1] = resigned(inside[1], lambda _: None, UNIVERSITY.signer)

    assert UNIVERSITY.verify(changed(again)).headline is Headline.VALID


@pytest.mark.parametrize("signer", [MemorySigner(b"x" * 32), None])
def test_a_grade_changed_in_a_token_inside_spoils_the_whole(signer: MemorySigner | None) -> None:
    """The attacker signs what is inside with a key of its own, or leaves the old signature."""

    def regrade(claims: Claims) -> None:
        claims["credentialSubject"]["result"][0]["value"] = "秀"

    def evil(_: Claims, inside: list[str]) -> None:
        old = inside[1]
        new = resigned(old, regrade, signer or UNIVERSITY.signer)
        inside[1] = new if signer else f"{new.rpartition('.')[0]}.{old.rpartition('.')[2]}"

    report = UNIVERSITY.verify(changed(evil))
    assert report.carried[1].headline is Headline.NOT_GENUINE
    assert (report.headline, set(bad(report))) == (Headline.NOT_GENUINE, {"carried.credential"})


def test_what_is_outside_is_signed_too() -> None:
    def claim_all(claims: Claims, inside: list[str]) -> None:
        del inside[2]
        claims["partial"] = False

    report = UNIVERSITY.verify(changed(claim_all, MemorySigner(b"x" * 32)))
    assert report.headline is Headline.NOT_GENUINE
    assert "proof.signature" in bad(report)


def test_a_token_about_somebody_else_is_told() -> None:
    other = UNIVERSITY.award(2)
    badge = format_named("vc-jwt").write([other], UNIVERSITY.sealing)[0].data.decode()
    report = UNIVERSITY.verify(changed(lambda _, inside: inside.append(badge)))
    assert bad(report)["clr.learner"] is Outcome.INVALID
    assert [one.headline for one in report.carried] == [Headline.VALID] * 5


def test_a_token_inside_that_is_none_is_left_to_its_own_check() -> None:
    report = UNIVERSITY.verify(changed(lambda _, inside: inside.append("eyJhbGciOiJub25lIn0.e30.AAAA")))
    assert report.outcome is not Outcome.VALID
    assert report.credential is not None
    assert len(report.credential.components) == 3
    assert report.carried[4].outcome is not Outcome.VALID


def test_a_revoked_course_is_told_through_its_token() -> None:
    university = University()
    university.mark(AWARD, "revocation")
    report = university.verify(SEALED.data)
    assert {one.headline for one in report.carried} == {Headline.REVOKED}
    assert report.headline is Headline.REVOKED


@pytest.mark.parametrize("form", ["vc-cose", "vc-sd-jwt", "vc-jwt"])
def test_a_record_in_another_envelope_is_read_as_a_transcript_and_held_to_its_rules(form: str) -> None:
    encloser: Any = format_named(form)
    document = _clr_write.record(AWARD)
    tokens = _jose.taken_apart(SEALED.data).claims["credentialSubject"]["verifiableCredential"]
    data = encloser.enclose(document.around(tokens), key=UNIVERSITY.key)
    report = UNIVERSITY.verify(data)
    assert (report.headline, bad(report)) == (Headline.VALID, {})
    assert recognize(data).read(data).award == FORMAT.read(SEALED.data).award
    less = document.around(tokens)
    del less["credentialSubject"]["type"]
    report = UNIVERSITY.verify(encloser.enclose(less, key=UNIVERSITY.key))
    assert bad(report)["format.rules"] is Outcome.INVALID
