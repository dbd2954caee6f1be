# SPDX-License-Identifier: Apache-2.0
"""Tokens of ours are read by the libraries jose and sd-jwt, and theirs by us.

Needs Node; without it these tests fail rather than skip, for nothing else shows that others can read us.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tests.fakes.university import NOW, University

from gakusho.formats import Binds, CredentialKey, Discloses, format_named
from gakusho.model.report import Headline, Outcome
from gakusho.proof import multibase
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.registry import PublishedKey
from gakusho.verifier.presentation import verify_presentation

FOLDER = Path(__file__).parent
ASKED: dict[str, Any] = {"challenge": "n-1", "domain": "https://verifier.example"}
SIGNER = KeptSigner(ec.derive_private_key(7, ec.SECP256R1()))
HOLDER = KeptSigner(ec.derive_private_key(9, ec.SECP256R1()))


RSA_KEY = rsa.generate_private_key(65537, 2048)


class WithSecondKey(University):
    """A university that publishes a key of another kind beside its usual one: P-256, where none is set."""

    second: KeptSigner = SIGNER

    def published_keys(self) -> list[PublishedKey]:
        key = PublishedKey(id=f"{self.did}#key-2", multikey=self.second.public_key.multikey())
        return [*super().published_keys(), key]


UNIVERSITY = WithSecondKey()
KEY = CredentialKey(signer=SIGNER, verification_method=f"{UNIVERSITY.did}#key-2")
SEALING = replace(UNIVERSITY.sealing, credential_key=KEY)
PUBLIC = SIGNER.public_key.jwk()


def private(number: int, public: dict[str, str]) -> dict[str, str]:
    return public | {"d": multibase.base64url(number.to_bytes(32))}


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    npm = shutil.which("npm")
    assert found is not None, "Node is needed: install it, then run `make node`."
    assert npm is not None, "npm is needed: install it, then run `make node`."
    if not (FOLDER / "node_modules" / "@sd-jwt").is_dir():
        subprocess.run([npm, "ci", "--silent", "--ignore-scripts"], cwd=FOLDER, check=True, timeout=300)
    return found


def run(node: str, **given: Any) -> dict[str, Any]:
    done = subprocess.run(
        [node, str(FOLDER / "jose.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        return {"error": done.stderr}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_our_tokens_are_read_by_jose_and_its_tokens_by_us(node: str) -> None:
    made = format_named("vc-jwt").write([UNIVERSITY.award()], SEALING)[0].data.decode()
    found = run(node, do="check", token=made, key=PUBLIC)
    assert found["header"]["alg"] == "ES256"
    assert found["claims"]["jti"] == UNIVERSITY.award().id
    header = {"kid": KEY.verification_method, "typ": "JWT"}
    theirs = run(node, do="sign", claims=found["claims"], header=header, key=private(7, PUBLIC))["token"]
    assert theirs != made
    assert UNIVERSITY.verify(theirs.encode()).headline is Headline.VALID
    other = HOLDER.public_key.jwk()
    forged = run(node, do="sign", claims=found["claims"], header=header, key=private(9, other))["token"]
    assert UNIVERSITY.verify(forged.encode()).headline is Headline.NOT_GENUINE


def test_badges_signed_with_rs256_are_read_by_jose_and_its_badges_by_us(node: str) -> None:
    university = WithSecondKey()
    university.second = KeptSigner(RSA_KEY)
    university.publish()
    rsa_key = CredentialKey(signer=university.second, verification_method=f"{university.did}#key-2")
    sealing = replace(university.sealing, more_keys=(rsa_key,))
    public = university.second.public_key.jwk()
    numbers = RSA_KEY.private_numbers()
    secret = {"d": numbers.d, "p": numbers.p, "q": numbers.q}
    secret |= {"dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
    full = public | {
        name: multibase.base64url(n.to_bytes((n.bit_length() + 7) // 8)) for name, n in secret.items()
    }
    for form in ("vc-jwt", "open-badges-2-signed"):
        made = format_named(form).write([university.award()], sealing)[0].data.decode()
        found = run(node, do="check", token=made, key=public)
        assert found["header"]["alg"] == "RS256"
        assert "error" in run(node, do="check", token=made[:-8] + "AAAAAAAA", key=public)
        assert json.loads(multibase.from_base64url(made.split(".")[1])) == found["claims"]
    made = format_named("vc-jwt").write([university.award()], sealing)[0].data.decode()
    found = run(node, do="check", token=made, key=public)
    assert found["header"]["jwk"] == public | {"kid": "key-2"}
    for header in ({"jwk": public | {"kid": "key-2"}}, {"kid": f"{university.did}#key-2"}):
        given = {"claims": found["claims"], "header": header | {"typ": "JWT"}, "key": full}
        theirs = run(node, do="sign", **given)["token"].encode()
        assert university.verify(theirs).headline is Headline.VALID
        assert UNIVERSITY.verify(theirs).outcome is not Outcome.VALID


def test_what_a_learner_of_ours_shows_is_read_by_sd_jwt(node: str) -> None:
    form: object = format_named("sd-jwt-vc")
    assert isinstance(form, Binds)
    assert isinstance(form, Discloses)
    data = form.write_bound(UNIVERSITY.award(), SEALING, HOLDER.public_key).data
    part = form.disclose(data, ["/name", "/results/1"])
    shown = form.show(part, holder=HOLDER, now=NOW, **ASKED).decode()
    found = run(node, do="check-parts", token=shown, key=PUBLIC, nonce="n-1")
    assert found["binding"]["aud"] == ASKED["domain"]
    assert found["claims"]["name"] == "髙橋 花子"
    assert [one["name"] for one in found["claims"]["results"]] == ["GPA"]
    assert "birthdate" not in found["claims"]
    assert "error" in run(node, do="check-parts", token=shown, key=PUBLIC, nonce="n-2")
    assert "error" in run(node, do="check-parts", token=shown, key=HOLDER.public_key.jwk())


def test_what_a_learner_of_theirs_shows_is_read_by_us(node: str) -> None:
    claims = {
        "iss": UNIVERSITY.did,
        "vct": "https://aoba.example/degree",
        "nbf": int(NOW.timestamp()) - 60,
        "cnf": {"jwk": HOLDER.public_key.jwk()},
        "name": "花子",
        "birthdate": "2003-04-01",
        "achievement_title": "学士",
    }
    parts = ["name", "birthdate"]
    header = {"kid": KEY.verification_method}
    made = run(node, do="sign-parts", claims=claims, parts=parts, header=header, key=private(7, PUBLIC))
    report = UNIVERSITY.verify(made["token"].encode())
    assert (report.headline, report.format) == (Headline.VALID, "sd-jwt-vc")
    binding = {"iat": int(NOW.timestamp()), "aud": ASKED["domain"], "nonce": ASKED["challenge"]}
    holder = private(9, HOLDER.public_key.jwk())
    given = run(node, do="show", token=made["token"], parts=["name"], binding=binding, holder=holder)
    world = UNIVERSITY.fetcher()
    shown = verify_presentation(given["token"].encode(), now=NOW, fetcher=world, **ASKED)
    assert shown.outcome is Outcome.VALID
    credential = shown.carried[0].credential
    assert credential is not None
    assert credential.learner.name.full == "花子"
    assert credential.learner.birth_date is None
    stripped = given["token"][: given["token"].rindex("~") + 1].encode()
    assert verify_presentation(stripped, now=NOW, fetcher=world, **ASKED).outcome is Outcome.INVALID
