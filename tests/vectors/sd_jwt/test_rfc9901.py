# SPDX-License-Identifier: Apache-2.0
"""The examples of RFC 9901 are read, shown in part and bound as it says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from gakusho.formats import Asking, _jose, _key_binding, _sd_jwt
from gakusho.model.report import Outcome
from gakusho.proof import VerificationMethod
from gakusho.proof.keys import PublicKey

HERE = Path(__file__).parent
ISSUED = (HERE / "rfc9901_issued.txt").read_bytes()
SHOWN = (HERE / "rfc9901_shown.txt").read_bytes()
ISSUER_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
    "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
}
PLACES = {
    *("/given_name", "/family_name", "/email", "/phone_number", "/phone_number_verified", "/address"),
    *("/birthdate", "/updated_at", "/nationalities/0", "/nationalities/1"),
}


def nobody(method: str) -> VerificationMethod:
    raise AssertionError(f"{method} was asked for")


def test_the_issued_example_says_everything() -> None:
    apart = _sd_jwt.taken_apart(ISSUED)
    assert _jose.fits(apart.token, PublicKey.from_jwk(ISSUER_KEY))
    found = _sd_jwt.claims(apart)
    assert {place for place, _ in found.places} == PLACES
    assert found.values["nationalities"] == ["US", "DE"]
    assert found.values["address"]["locality"] == "Anytown"
    assert "_sd" not in found.values
    assert "_sd_alg" not in found.values


def test_the_shown_example_says_what_was_chosen() -> None:
    chosen = ["/family_name", "/address", "/given_name", "/nationalities/0"]
    made = _sd_jwt.selected(_sd_jwt.taken_apart(ISSUED), chosen)
    shown = _sd_jwt.taken_apart(SHOWN)
    assert _sd_jwt.claims(_sd_jwt.taken_apart(made)).values == _sd_jwt.claims(shown).values
    assert sorted(made.split(b"~")) == sorted(shown.shown.split(b"~"))


def test_the_key_binding_of_the_example_answers_its_verifier_and_nobody_else() -> None:
    asking = Asking(now=datetime(2025, 5, 29, 16, 47, 30, tzinfo=UTC), lookup=nobody)
    apart = _sd_jwt.taken_apart(SHOWN)
    values = _sd_jwt.claims(apart).values

    def outcomes(challenge: str, domain: str) -> set[Outcome]:
        found = _key_binding.checks(apart, values, asking, challenge=challenge, domain=domain)
        return {check.outcome for check in found}

    assert outcomes("1234567890", "https://verifier.example.org") == {Outcome.VALID}
    assert Outcome.INVALID in outcomes("1234567891", "https://verifier.example.org")
    assert Outcome.INVALID in outcomes("1234567890", "https://other.example.org")
