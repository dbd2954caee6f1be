# SPDX-License-Identifier: Apache-2.0
"""The 35 tests of the W3C's suite for VC-JOSE-COSE 1.0, with its inputs, through the command it calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gakusho.cli.main import run

INPUT = Path(__file__).parents[2] / "vectors" / "jose_cose" / "input"
NUMBERED = [
    (1, "issue", "credential-minimal.json", "p256", "credential_jose", "success"),
    (2, "issue", "credential-full.json", "p384", "credential_jose", "success"),
    (3, "issue", "presentation-single.json", "p256", "presentation_jose", "success"),
    (4, "issue", "presentation-multiple.json", "p521", "presentation_jose", "success"),
    (5, "issue", "credential-unknown-extensions.json", "p521", "credential_jose", "failure"),
    (6, "verify", "credential-jose-minimal.txt", "p256", "credential_jose", "success"),
    (7, "verify", "presentation-jose-multiple.txt", "p384", "presentation_jose", "success"),
    (8, "verify", "credential-issuer-match-signed.txt", "ed25519", "credential_jose", "success"),
    (9, "verify", "credential-jose-unknown-extensions.txt", "ed25519", "credential_jose", "failure"),
    (10, "verify", "credential-minimal.json", "ed25519", "credential_jose", "failure"),
    (11, "verify", "presentation-single.json", "ed25519", "presentation_jose", "failure"),
    (12, "verify", "credential-jose-bad-signature.txt", "ed25519", "credential_jose", "failure"),
    (13, "verify", "credential-jose-bad-media-type.txt", "ed25519", "credential_jose", "failure"),
    (14, "verify", "presentation-jose-bad-media-type.txt", "ed25519", "presentation_jose", "failure"),
    (15, "verify", "credential-jose-vc-vp-claims.txt", "ed25519", "credential_jose", "failure"),
    (16, "verify", "presentation-jose-bad-credential.txt", "ed25519", "presentation_jose", "failure"),
    (17, "issue", "credential-selective.json", "p384", "credential_sdjwt", "success"),
    (18, "issue", "credential-nested-selective.json", "p521", "credential_sdjwt", "success"),
    (19, "issue", "presentation-selective.json", "p384", "presentation_sdjwt", "success"),
    (20, "verify", "credential-sdjwt-selective.txt", "p384", "credential_sdjwt", "success"),
    (21, "verify", "credential-sdjwt-nested.txt", "p521", "credential_sdjwt", "success"),
    (22, "verify", "presentation-sdjwt-selective.txt", "p384", "presentation_sdjwt", "success"),
    (23, "verify", "credential-sdjwt-bad-signature.txt", "p384", "credential_sdjwt", "failure"),
    (24, "verify", "credential-sdjwt-bad-media-type.txt", "ed25519", "credential_sdjwt", "failure"),
    (25, "verify", "presentation-sdjwt-bad-media-type.txt", "ed25519", "presentation_sdjwt", "failure"),
    (26, "verify", "presentation-sdjwt-bad-credential.txt", "p521", "presentation_sdjwt", "failure"),
    (27, "issue", "credential-minimal.json", "did-ed25519", "credential_cose", "success"),
    (28, "issue", "presentation-single.json", "p384", "presentation_cose", "success"),
    (29, "verify", "credential-cose-minimal.txt", "p256", "credential_cose", "success"),
    (30, "verify", "credential-cose-minimal-not-base64.txt", "p256", "credential_cose", "failure"),
    (31, "verify", "presentation-cose-single.txt", "p384", "presentation_cose", "success"),
    (32, "verify", "credential-cose-bad-signature.txt", "ed25519", "credential_cose", "failure"),
    (33, "verify", "credential-cose-bad-media-type.txt", "p384", "credential_cose", "failure"),
    (34, "verify", "presentation-cose-bad-media-type.txt", "p384", "presentation_cose", "failure"),
    (35, "verify", "presentation-cose-bad-credential.txt", "p256", "presentation_cose", "failure"),
]
PATHS = {
    17: ["credentialSubject.firstName", "credentialSubject.lastName"],
    18: [
        "credentialSubject.address.street",
        "credentialSubject.address.city",
        "credentialSubject.phoneNumbers[0]",
    ],
    19: ["holder", "verifiableCredential[0]"],
}
REASONS = {
    # Which check says no: a refusal for another reason would prove nothing.
    5: "no context defines anotherBadOne; no context defines badExtension",
    12: "proof.signature",
    13: "typ bad+typ",
    14: "typ bad+typ",
    15: "a credential beside a credential",
    16: "not-a-credential",
    23: "proof.signature",
    24: "typ bad+typ",
    25: "not-a-credential",
    26: "bad-credential",
    30: "The input is no application/vc+cose",
    32: "proof.signature",
    33: "typ really/bad",
    34: "typ bad/type",
    35: "bad-credential",
}


def called(function: str, given: Path, key: str, feature: str, folder: Path, *more: str) -> dict[str, str]:
    output = folder / "output.json"
    code = run(
        [
            *("jose", function, "--input", str(given), "--key", str(INPUT / f"vm-{key}.json")),
            *("--feature", feature, "--output", str(output), *more),
        ]
    )
    told: dict[str, str] = json.loads(output.read_text("utf-8"))
    assert code == {"success": 0, "failure": 1, "indeterminate": 2}[told["result"]]
    return told


def answers_as_it_must(number: int, folder: Path) -> None:
    _, function, given, key, feature, expected = NUMBERED[number - 1]
    more = ["--sd", json.dumps(PATHS[number])] if number in PATHS else []
    told = called(function, INPUT / given, key, feature, folder, *more)
    assert told["result"] == expected, told["data"]
    assert REASONS.get(number, "") in told["data"]
    if (function, expected) == ("issue", "success"):
        made = folder / "made.txt"
        made.write_text(told["data"], "ascii")
        assert called("verify", made, key, feature, folder)["result"] == "success"
        other = "p256" if key != "p256" else "p384"
        assert called("verify", made, other, feature, folder)["result"] == "failure"


def test_every_number_of_the_suite_is_called_once() -> None:
    assert [number for number, *_ in NUMBERED] == list(range(1, 36))
    named = [mark.args[1] for test in TESTS for mark in test.pytestmark if mark.name == "parametrize"]
    assert sorted(number for numbers in named for number in numbers) == list(range(1, 36))


@pytest.mark.requirement("VC-JOSE-COSE 3.1", "a JWS issuer secures with RFC 7515 (suite 1 to 4)")
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_jws_is_issued(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3.1", "a JWS verifier checks with RFC 7515 (suite 6 to 8)")
@pytest.mark.parametrize("number", [6, 7, 8])
def test_a_jws_is_checked(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3.1", "members that nothing defines are no credential (suite 5, 9)")
@pytest.mark.parametrize("number", [5, 9])
def test_members_nobody_defined_are_refused(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement(
    "VC-JOSE-COSE 3.1", "claims without integrity protection do not count (suite 10, 11)"
)
@pytest.mark.parametrize("number", [10, 11])
def test_what_is_not_signed_does_not_count(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3", "a wrong signature is refused (suite 12, 23, 32)")
@pytest.mark.parametrize("number", [12, 23, 32])
def test_a_wrong_signature_is_refused(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 6", "other media types are refused (suite 13, 14, 24, 25, 33, 34)")
@pytest.mark.parametrize("number", [13, 14, 24, 25, 33, 34])
def test_other_media_types_are_refused(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3.1.1", "the claims vc and vp must not be there (suite 15)")
@pytest.mark.parametrize("number", [15])
def test_no_second_credential_stands_in_a_claim(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3", "credentials in presentations are in envelopes (suite 16, 26, 35)")
@pytest.mark.parametrize("number", [16, 26, 35])
def test_credentials_shown_are_in_envelopes(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3.2", "an SD-JWT issuer secures with SD-JWT (suite 17 to 19)")
@pytest.mark.parametrize("number", [17, 18, 19])
def test_an_sd_jwt_is_issued(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3.2", "an SD-JWT verifier checks with SD-JWT (suite 20 to 22)")
@pytest.mark.parametrize("number", [20, 21, 22])
def test_an_sd_jwt_is_checked(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3.3", "a COSE issuer secures with COSE_Sign1 (suite 27, 28)")
@pytest.mark.parametrize("number", [27, 28])
def test_a_cose_message_is_issued(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3.3", "a COSE verifier checks with COSE_Sign1 (suite 29, 31)")
@pytest.mark.parametrize("number", [29, 31])
def test_a_cose_message_is_checked(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


@pytest.mark.requirement("VC-JOSE-COSE 3.3.3", "a COSE message in text is base64 (suite 30)")
@pytest.mark.parametrize("number", [30])
def test_a_cose_message_in_text_is_base64(number: int, tmp_path: Path) -> None:
    answers_as_it_must(number, tmp_path)


TESTS: list[Any] = [test for name, test in list(globals().items()) if hasattr(test, "pytestmark")]


# --- what the command answers beyond the suite -----------------------------------------------------


def test_a_credential_is_no_presentation_and_a_presentation_no_credential(tmp_path: Path) -> None:
    for given, key, feature in (
        ("credential-jose-minimal.txt", "p256", "presentation_jose"),
        ("credential-sdjwt-selective.txt", "p384", "presentation_sdjwt"),
        ("credential-cose-minimal.txt", "p256", "presentation_cose"),
        ("presentation-sdjwt-selective.txt", "p384", "credential_sdjwt"),
        ("presentation-cose-single.txt", "p384", "credential_cose"),
        ("presentation-jose-multiple.txt", "p384", "credential_jose"),
    ):
        assert called("verify", INPUT / given, key, feature, tmp_path)["result"] == "failure"


def test_wrong_use_is_told_apart_from_a_refusal(tmp_path: Path) -> None:
    options = ["--key", str(INPUT / "vm-p256.json"), "--feature", "credential_jose"]
    output = ["--output", str(tmp_path / "out.json")]
    given = ["--input", str(INPUT / "credential-minimal.json")]
    assert run(["jose", "issue", "--input", str(tmp_path / "none"), *options, *output]) == 64
    assert run(["jose", "issue", *given, *options, *output, "--sd", "name"]) == 64
    assert run(["jose", "issue", *given, *options, *output, "--sd", '["a[x]"]']) == 64
    assert run(["jose", "issue", *given, *options, "--output", str(tmp_path / "no" / "folder")]) == 64
    assert run(["jose", "issue", *given, *options, *output, "--sd", '["issuer"]']) == 1
    assert run(["jose", "issue", *given, *options, *output]) == 0


@pytest.mark.parametrize(
    "key",
    [
        "{}",
        "[]",
        "nothing",
        '{"kty":"oct","k":"AAAA","kid":"x"}',
        '{"secretKeyJwk":{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"},"id":"k"}',
    ],
)
def test_a_key_that_is_none_is_told(key: str, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(key, "utf-8")
    options = ["--key", str(file), "--feature", "credential_jose", "--output", str(tmp_path / "out.json")]
    assert run(["jose", "issue", "--input", str(INPUT / "credential-minimal.json"), *options]) == 1
    assert run(["jose", "verify", "--input", str(INPUT / "credential-jose-minimal.txt"), *options]) == 1


def test_private_and_public_key_belong_together(tmp_path: Path) -> None:
    stated = json.loads((INPUT / "vm-p256.json").read_text("utf-8"))
    stated["secretKeyJwk"]["d"] = "A" * 42 + "E"
    file = tmp_path / "key.json"
    file.write_text(json.dumps(stated), "utf-8")
    options = ["--key", str(file), "--feature", "credential_jose", "--output", str(tmp_path / "out.json")]
    assert run(["jose", "issue", "--input", str(INPUT / "credential-minimal.json"), *options]) == 1
