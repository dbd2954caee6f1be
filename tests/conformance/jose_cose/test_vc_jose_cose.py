# SPDX-License-Identifier: Apache-2.0
"""The 35 tests of the W3C's suite for VC-JOSE-COSE 1.0, with its inputs, through the command it calls."""

from __future__ import annotations

import json
from pathlib import Path

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


@pytest.mark.requirement("VC-JOSE-COSE 1.0", "the 35 tests of the W3C's suite answer as they must")
@pytest.mark.parametrize(
    ("number", "function", "given", "key", "feature", "expected"),
    NUMBERED,
    ids=[f"{number:02}-{given.partition('.')[0]}" for number, _, given, *_ in NUMBERED],
)
def test_numbered(
    number: int, function: str, given: str, key: str, feature: str, expected: str, tmp_path: Path
) -> None:
    more = ["--sd", json.dumps(PATHS[number])] if number in PATHS else []
    told = called(function, INPUT / given, key, feature, tmp_path, *more)
    assert told["result"] == expected, told["data"]
    assert REASONS.get(number, "") in told["data"]
    if (function, expected) == ("issue", "success"):
        made = tmp_path / "made.txt"
        made.write_text(told["data"], "ascii")
        assert called("verify", made, key, feature, tmp_path)["result"] == "success"
        other = "p256" if key != "p256" else "p384"
        assert called("verify", made, other, feature, tmp_path)["result"] == "failure"
