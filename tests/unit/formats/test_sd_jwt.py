# SPDX-License-Identifier: Apache-2.0
"""SD-JWT: what is shown was signed, nothing else is, and who shows it is who it was issued to."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fakes.university import NOW, MemorySigner, University

from gakusho.errors import InputError, KeyMaterialError
from gakusho.formats import Binds, Discloses, Encloses, _jose, _sd_jwt, format_named
from gakusho.model.report import Headline, Outcome, Report
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.verifier.presentation import verify_presentation

UNIVERSITY = University()
HOLDER = MemorySigner(b"h" * 32)
OTHER = MemorySigner(b"o" * 32)
BOTH = ["vc-sd-jwt", "sd-jwt-vc"]
ASKED = {"challenge": "n-1", "domain": "https://verifier.example"}
RESULTS = {"vc-sd-jwt": "/credentialSubject/result", "sd-jwt-vc": "/results"}
NAMES = {"vc-sd-jwt": "/credentialSubject/identifier/0", "sd-jwt-vc": "/name"}


def b64(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


CLAIMS: dict[str, Any] = {
    "iss": UNIVERSITY.did,
    "vct": "https://aoba.example/degree",
    "nbf": int(NOW.timestamp()) - 60,
    "jti": "urn:uuid:1",
}
NAME = b64(["salt-of-16-bytes", "name", "花子"])
GRADE = b64(["another-salt-here", {"name": "代数", "value": "秀"}])


def hashed(*disclosures: str) -> list[str]:
    return [_sd_jwt.digest(one) for one in disclosures]


def token(
    claims: dict[str, Any] | str, disclosures: Sequence[str] = (), header: dict[str, Any] | None = None
) -> bytes:
    head = {"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": UNIVERSITY.key_id} | (header or {})
    body = claims if isinstance(claims, str) else b64(claims)
    signed = f"{b64({k: v for k, v in head.items() if v is not None})}.{body}".encode()
    made = signed.decode() + "." + b64(UNIVERSITY.signer.sign(signed))
    return "~".join([made, *disclosures, ""]).encode()


def verified(data: bytes) -> Report:
    return UNIVERSITY.verify(data)


def shown(data: bytes, **asked: Any) -> Report:
    return verify_presentation(data, now=NOW, fetcher=UNIVERSITY.fetcher(), **asked)


WHOLE = token(CLAIMS | {"_sd": hashed(NAME), "results": [{"...": hashed(GRADE)[0]}]}, [NAME, GRADE])


def test_a_token_of_parts_is_valid_with_and_without_them() -> None:
    report = verified(WHOLE)
    assert report.headline is Headline.VALID
    assert report.credential is not None
    assert report.credential.learner.name.full == "花子"
    for fewer in (WHOLE.replace(f"~{NAME}".encode(), b""), WHOLE.partition(b"~")[0] + b"~"):
        report = verified(fewer)
        assert report.headline is Headline.VALID
        assert report.credential is not None
        assert report.credential.learner.name.full == ""


def test_a_part_inside_a_part_needs_what_it_stands_in() -> None:
    city = b64(["salt-1", "city", "仙台"])
    address = b64(["salt-2", "address", {"country": "JP", "_sd": hashed(city)}])
    claims = CLAIMS | {"_sd": hashed(address)}
    assert verified(token(claims, [address, city])).headline is Headline.VALID
    assert verified(token(claims, [address])).headline is Headline.VALID
    assert verified(token(claims, [])).headline is Headline.VALID
    assert verified(token(claims, [city])).outcome is Outcome.INVALID
    both = _sd_jwt.selected(_sd_jwt.taken_apart(token(claims, [city, address])), ["/address/city"])
    assert _sd_jwt.claims(_sd_jwt.taken_apart(both)).values["address"] == {"country": "JP", "city": "仙台"}


@pytest.mark.parametrize("hash_name", ["sha-256", "sha-384", "sha-512"])
def test_every_known_hash_is_followed(hash_name: str) -> None:
    claims = CLAIMS | {"_sd_alg": hash_name, "_sd": [_sd_jwt.digest(NAME, hash_name)]}
    assert verified(token(claims, [NAME])).headline is Headline.VALID
    other = claims | {"_sd_alg": "sha-256" if hash_name != "sha-256" else "sha-512"}
    assert verified(token(other, [NAME])).outcome is Outcome.INVALID


FORGED = b64(["salt-of-16-bytes", "name", "太郎"])
NAMED_SD = b64(["salt-of-16-bytes", "_sd", ["x"]])
NAMED_DOTS = b64(["salt-of-16-bytes", "...", "x"])
NUMBERED = b64(["salt-of-16-bytes", 1, "x"])
SALTLESS = b64([1, "name", "x"])
TAKEN = b64(["salt-of-16-bytes", "jti", "urn:uuid:2"])
NAME_AGAIN = b64(["another-salt-here", "name", "太郎"])


@pytest.mark.parametrize(
    ("claims", "disclosures"),
    [
        (CLAIMS | {"_sd": hashed(NAME)}, [FORGED]),
        (CLAIMS | {"_sd": hashed(NAME)}, [NAME, NAME]),
        (CLAIMS | {"_sd": hashed(NAME)}, [NAME, GRADE]),
        (CLAIMS | {"_sd": hashed(NAME, NAME)}, [NAME]),
        (CLAIMS | {"_sd": hashed(NAME), "a": {"_sd": hashed(NAME)}}, [NAME]),
        (CLAIMS | {"_sd": hashed(NAME, NAME)}, []),
        (CLAIMS | {"_sd": hashed(NAME), "name": "次郎"}, [NAME]),
        (CLAIMS | {"_sd": hashed(NAME, NAME_AGAIN)}, [NAME, NAME_AGAIN]),
        (CLAIMS | {"_sd": hashed(TAKEN)}, [TAKEN]),
        (CLAIMS | {"_sd": hashed(NAMED_SD)}, [NAMED_SD]),
        (CLAIMS | {"_sd": hashed(NAMED_DOTS)}, [NAMED_DOTS]),
        (CLAIMS | {"_sd": hashed(NUMBERED)}, [NUMBERED]),
        (CLAIMS | {"_sd": hashed(SALTLESS)}, [SALTLESS]),
        (CLAIMS | {"_sd": hashed(GRADE)}, [GRADE]),
        (CLAIMS | {"results": [{"...": hashed(NAME)[0]}]}, [NAME]),
        (CLAIMS | {"results": [{"...": hashed(GRADE)[0], "name": "x"}]}, [GRADE]),
        (CLAIMS | {"results": [{"...": 1}]}, []),
        (CLAIMS | {"...": hashed(NAME)[0]}, []),
        (CLAIMS | {"_sd": hashed(NAME)[0]}, []),
        (CLAIMS | {"_sd": [1]}, []),
        (CLAIMS | {"_sd": hashed(NAME), "_sd_alg": "md5"}, [NAME]),
        (CLAIMS | {"_sd": hashed(NAME), "_sd_alg": None}, [NAME]),
        (CLAIMS | {"_sd": hashed(NAME)}, [NAME + "="]),
        (CLAIMS | {"_sd": hashed(b64(["s"]))}, [b64(["s"])]),
        (CLAIMS | {"_sd": hashed(b64({"name": 1}))}, [b64({"name": 1})]),
        (
            CLAIMS | {"_sd": hashed(b64(b'["s","name","a","name","b"]'))},
            [b64(b'["s","name","a","name","b"]')],
        ),
        (CLAIMS | {"_sd": hashed(b64(b'["s","o",{"a":1,"a":2}]'))}, [b64(b'["s","o",{"a":1,"a":2}]')]),
        (b64(b'{"iss":"a","iss":"b","vct":"c"}'), []),
    ],
)
def test_every_rule_of_the_disclosures_holds(claims: Any, disclosures: list[str]) -> None:
    report = verified(token(claims, disclosures))
    assert report.outcome is Outcome.INVALID
    assert report.credential is None


@pytest.mark.parametrize("name", ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"])
def test_what_decides_cannot_be_held_back(name: str) -> None:
    status = {"x": 1}
    values = CLAIMS | {"exp": int(NOW.timestamp()) + 60, "cnf": {"jwk": HOLDER.public_key.jwk()}}
    values |= {"vct#integrity": "sha256-x", "status": status}
    hidden = b64(["salt-of-16-bytes", name, values[name]])
    claims = {k: v for k, v in values.items() if k != name} | {"_sd": hashed(hidden)}
    found = {check.code: check.outcome for check in verified(token(claims, [hidden])).checks}
    assert found["format.rules"] is Outcome.INVALID
    found = {check.code: check.outcome for check in verified(token(values)).checks}
    assert found["format.rules"] is Outcome.VALID


DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": UNIVERSITY.did,
    "validFrom": "2026-03-01T00:00:00Z",
    "validUntil": "2027-03-01T00:00:00Z",
    "credentialSubject": {"id": "urn:uuid:2", "name": "花子"},
}


@pytest.mark.parametrize("name", ["@context", "type", "issuer", "validFrom", "validUntil"])
def test_what_decides_cannot_be_held_back_in_the_data_model_either(name: str) -> None:
    header = {"typ": "vc+sd-jwt", "cty": "vc"}
    assert verified(token(DOCUMENT, header=header)).headline is Headline.VALID
    hidden = b64(["salt-of-16-bytes", name, DOCUMENT[name]])
    claims = {k: v for k, v in DOCUMENT.items() if k != name} | {"_sd": hashed(hidden)}
    found = {check.code: check.outcome for check in verified(token(claims, [hidden], header)).checks}
    assert found["proof.disclosures"] is Outcome.INVALID
    form: object = format_named("vc-sd-jwt")
    assert isinstance(form, Encloses)
    assert verified(
        form.enclose(DOCUMENT, key=UNIVERSITY.key, selective=["/credentialSubject/name"])
    ).headline is (Headline.VALID)
    with pytest.raises(InputError):
        form.enclose(DOCUMENT, key=UNIVERSITY.key, selective=[f"/{name}"])


@pytest.mark.parametrize(
    ("claim", "value"),
    [("iss", "did:web:other.example"), ("vc", {}), ("nbf", 1), ("exp", 2)],
)
def test_claims_and_credential_say_the_same(claim: str, value: object) -> None:
    header = {"typ": "vc+sd-jwt", "cty": "vc"}
    assert verified(token(DOCUMENT | {"iss": UNIVERSITY.did}, header=header)).headline is Headline.VALID
    assert verified(token(DOCUMENT | {claim: value}, header=header)).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES256"},
        {"typ": "JWT"},
        {"typ": "kb+jwt"},
        {"typ": "vc+jwt"},
        {"typ": None},
        {"crit": ["x"], "x": 1},
        {"jwk": OTHER.public_key.jwk()},
        {"jku": "https://other.example/"},
        {"x5c": ["AAAA"]},
        {"x5c": []},
        {"kid": "did:web:other.example#key-1"},
        {"kid": "../../etc/passwd"},
    ],
    ids=str,
)
def test_a_header_that_leads_elsewhere_is_refused(header: dict[str, Any]) -> None:
    assert verified(token(CLAIMS)).headline is Headline.VALID
    assert verified(token(CLAIMS, header=header)).outcome is not Outcome.VALID


def test_a_certificate_counts_when_the_issuer_publishes_its_key() -> None:
    university = University.with_document_key()
    assert university.document_key is not None
    signer = university.document_key.signer
    chain = [base64.b64encode(one).decode() for one in university.document_key.certificates]

    def certified(claims: dict[str, Any], signed_by: Any = signer) -> bytes:
        return _jose.signed({"typ": "dc+sd-jwt", "x5c": chain}, claims, signed_by) + b"~"

    assert university.verify(certified(CLAIMS)).headline is Headline.VALID
    forged = KeptSigner(ec.derive_private_key(5, ec.SECP256R1()))
    assert university.verify(certified(CLAIMS, forged)).headline is Headline.NOT_GENUINE
    # The same certificate, where the issuer is another one, or none, or one nobody here can ask:
    elsewhere = CLAIMS | {"iss": "https://other.example"}
    nobody = {name: value for name, value in CLAIMS.items() if name != "iss"}
    for claims in (CLAIMS | {"iss": "did:web:other.example"}, elsewhere, nobody):
        assert university.verify(certified(claims)).outcome is not Outcome.VALID
        assert university.verify(certified(claims, forged)).outcome is not Outcome.VALID
    assert university.verify(certified(elsewhere, forged)).headline is Headline.NOT_GENUINE


def test_the_type_of_older_drafts_is_read_as_what_it_has_inside() -> None:
    report = verified(token(CLAIMS, header={"typ": "vc+sd-jwt"}))
    assert (report.headline, report.format) == (Headline.VALID, "sd-jwt-vc")
    without = {name: value for name, value in CLAIMS.items() if name != "vct"}
    assert verified(token(without, header={"typ": "vc+sd-jwt"})).format == "vc-sd-jwt"
    assert verified(token(without)).outcome is Outcome.INVALID


@pytest.mark.parametrize("change", [b"=", b"\n", b" ", b"~", b"~~", b"~e30"])
def test_another_spelling_is_refused(change: bytes) -> None:
    for spelled in (WHOLE + change, change + WHOLE, WHOLE.replace(b"~", change + b"~", 1)):
        assert verified(spelled).outcome is not Outcome.VALID


def test_a_token_list_is_where_its_status_is_looked_up() -> None:
    claims = CLAIMS | {"status": {"status_list": {"idx": 7, "uri": "https://aoba.example/status/tokens"}}}
    entry = format_named("sd-jwt-vc").read(token(claims)).status[0]
    assert (entry.kind, entry.list_id, entry.index) == (
        "TokenStatusList",
        "https://aoba.example/status/tokens",
        7,
    )
    assert verified(token(claims)).outcome is not Outcome.VALID  # nobody could ask the list
    for broken in ({"idx": -1, "uri": "u"}, {"idx": True, "uri": "u"}, {"idx": "7", "uri": "u"}, {"idx": 7}):
        assert verified(token(CLAIMS | {"status": {"status_list": broken}})).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    ("claim", "value"), [("exp", "9999999999"), ("exp", True), ("nbf", -1), ("iat", 1.5)]
)
def test_times_are_whole_numbers(claim: str, value: object) -> None:
    assert verified(token(CLAIMS | {claim: value})).outcome is Outcome.INVALID


def test_times_decide() -> None:
    now = int(NOW.timestamp())
    assert verified(token(CLAIMS | {"exp": now + 1})).headline is Headline.VALID
    assert verified(token(CLAIMS | {"exp": now - 1})).headline is Headline.EXPIRED
    assert verified(token(CLAIMS | {"nbf": now + 3600})).headline is Headline.NOT_YET_VALID


# --- showing a part --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOTH)
def test_the_degree_is_shown_and_the_grades_are_not(name: str) -> None:
    form = format_named(name)
    assert isinstance(form, Discloses)
    data = UNIVERSITY.sealed(form=name)
    part = form.disclose(data, [NAMES[name]])
    report = verified(part)
    assert report.headline is Headline.VALID
    assert report.credential is not None
    assert report.credential.learner.name.full == "髙橋 花子"
    assert report.credential.achievement.name.best("ja") == "学士（工学）"
    assert report.credential.results == ()
    assert report.credential.learner.birth_date is None
    payload = base64.urlsafe_b64decode(part.split(b".")[1] + b"==")
    for secret in ("秀", "線形代数学", "2003-04-01", "A000001"):
        assert secret.encode() not in payload
        assert secret.encode() not in b"".join(
            base64.urlsafe_b64decode(one + b"==") for one in part.split(b"~")[1:-1]
        )
    assert len(form.disclosable(part)) == 1
    with pytest.raises(InputError):
        form.disclose(part, [f"{RESULTS[name]}/0"])


@pytest.mark.parametrize("name", BOTH)
def test_everything_that_can_be_chosen_can_be_chosen_by_itself(name: str) -> None:
    form = format_named(name)
    assert isinstance(form, Discloses)
    data = UNIVERSITY.sealed(form=name)
    offered = form.disclosable(data)
    assert len({one.pointer for one in offered}) == len(offered) > 8
    for one in offered:
        assert verified(form.disclose(data, [one.pointer])).headline is Headline.VALID
    everything = form.disclose(data, [one.pointer for one in offered])
    assert form.read(everything).award == form.read(data).award
    for nowhere in ("/nowhere", "name", "", "/name/0", "/results/99"):
        with pytest.raises(InputError):
            form.disclose(data, [nowhere])


@pytest.mark.parametrize("name", BOTH)
def test_two_of_the_same_award_share_no_digest(name: str) -> None:
    first, second = (UNIVERSITY.sealed(form=name) for _ in range(2))
    salts = [set(data.split(b"~")[1:-1]) for data in (first, second)]
    assert not salts[0] & salts[1]


def test_names_with_a_meaning_of_their_own_are_not_issued() -> None:
    refused: list[dict[str, Any]] = [{"_sd": []}, {"a": {"...": 1}}, {"_sd_alg": "x"}]
    for values in refused:
        with pytest.raises(InputError):
            _sd_jwt.issued(values, selective=[], header={}, signer=HOLDER)
    with pytest.raises(InputError):
        _sd_jwt.issued({"a": 1}, selective=["/b"], header={}, signer=HOLDER)


def test_decoys_hide_how_much_is_held_back() -> None:
    made = _sd_jwt.issued({"a": 1, "b": 2}, selective=["/a"], header={}, signer=HOLDER, decoys=5)
    claims = _sd_jwt.taken_apart(made).token.claims
    assert len(claims["_sd"]) == 6
    assert claims["_sd"] == sorted(claims["_sd"])
    assert _sd_jwt.claims(_sd_jwt.taken_apart(made)).values == {"a": 1, "b": 2}


# --- by whom it is shown ---------------------------------------------------------------------------


def bound(name: str) -> tuple[Any, bytes]:
    form: object = format_named(name)
    assert isinstance(form, Binds)
    data = form.write_bound(UNIVERSITY.award(), UNIVERSITY.sealing, HOLDER.public_key).data
    return form, data


def with_word(data: bytes, signer: MemorySigner = HOLDER, typ: str = "kb+jwt", **changes: Any) -> bytes:
    head = data[: data.rindex(b"~") + 1]
    claims = {
        "iat": int(NOW.timestamp()),
        "aud": ASKED["domain"],
        "nonce": ASKED["challenge"],
        "sd_hash": _sd_jwt.digest(head),
    } | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return head + _jose.signed({"typ": typ}, kept, signer)


@pytest.mark.parametrize("name", BOTH)
def test_the_holders_word_answers_the_one_who_asked(name: str) -> None:
    form, data = bound(name)
    part = form.disclose(data, [NAMES[name]])
    answer = form.show(part, holder=HOLDER, now=NOW, **ASKED)
    for given in (answer, with_word(part)):
        assert verified(given).headline is Headline.VALID
        report = shown(given, **ASKED)
        assert report.outcome is Outcome.VALID
        assert "presentation.key-binding" in {check.code for check in report.checks}
        assert [one.headline for one in report.carried] == [Headline.VALID]
    assert shown(data).outcome is Outcome.VALID  # nobody asked for more


@pytest.mark.parametrize("name", BOTH)
def test_without_the_holders_word_nobody_shows_it(name: str) -> None:
    form, data = bound(name)
    answer = form.show(data, holder=HOLDER, now=NOW, **ASKED)
    stripped = answer[: answer.rindex(b"~") + 1]
    assert shown(answer, **ASKED).outcome is Outcome.VALID
    for asked in (ASKED, {"challenge": "n-1"}, {"domain": "https://verifier.example"}):
        assert shown(stripped, **asked).outcome is Outcome.INVALID
        assert shown(UNIVERSITY.sealed(form=name), **asked).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "n-2"},
        {"nonce": None},
        {"nonce": 1},
        {"aud": "https://other.example"},
        {"aud": ["https://verifier.example"]},
        {"aud": None},
        {"sd_hash": "x"},
        {"sd_hash": None},
        {"iat": None},
        {"iat": "now"},
        {"iat": int(NOW.timestamp()) - 7200},
        {"iat": int(NOW.timestamp()) + 7200},
        {"typ": "JWT"},
        {"typ": "dc+sd-jwt"},
        {"signer": OTHER},
    ],
    ids=lambda change: "-".join(change) if "signer" in change else str(change),
)
def test_a_word_that_says_otherwise_does_not_count(change: dict[str, Any]) -> None:
    _, data = bound("sd-jwt-vc")
    assert shown(with_word(data), **ASKED).outcome is Outcome.VALID
    assert shown(with_word(data, **change), **ASKED).outcome is Outcome.INVALID


@pytest.mark.parametrize("name", BOTH)
def test_a_word_for_one_part_does_not_hold_for_another(name: str) -> None:
    form, data = bound(name)
    word = form.show(form.disclose(data, [NAMES[name]]), holder=HOLDER, now=NOW, **ASKED).split(b"~")[-1]
    swapped = form.disclose(data, [f"{RESULTS[name]}/0"]) + word
    assert verified(swapped).outcome is Outcome.INVALID
    assert shown(swapped, **ASKED).outcome is Outcome.INVALID
    unbound = UNIVERSITY.sealed(form=name)
    assert verified(with_word(unbound)).outcome is Outcome.INVALID


def test_only_the_holder_can_sign() -> None:
    form, data = bound("sd-jwt-vc")
    with pytest.raises(KeyMaterialError):
        form.show(data, holder=OTHER, now=NOW, **ASKED)
    with pytest.raises(KeyMaterialError):
        form.show(UNIVERSITY.sealed(form="sd-jwt-vc"), holder=HOLDER, now=NOW, **ASKED)


def test_an_old_word_is_no_answer_but_no_forgery_either() -> None:
    form, data = bound("sd-jwt-vc")
    answer = form.show(data, holder=HOLDER, now=NOW - timedelta(days=2), **ASKED)
    assert verified(answer).headline is Headline.VALID
    assert shown(answer, **ASKED).outcome is Outcome.INVALID
