# SPDX-License-Identifier: Apache-2.0
"""Keys outside: every answer of their place is checked; questions are those of the standards."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from gakusho.errors import KeyMaterialError, LockedKeyError, UnreadableError
from gakusho.proof.keys import PublicKey
from gakusho.proof.outside import OutsideKeys, OutsideSigner, check_fit
from gakusho.proof.signers import csc, pkcs11
from gakusho.proof.signers.csc import Json, ServiceCustodian

EC = ec.generate_private_key(ec.SECP256R1())
KEY = PublicKey.from_cryptography(EC.public_key())
SECRET = bytes(range(200, 232))


class Place:
    """Signs, in the form it is told to."""

    def __init__(self, change: Callable[[list[bytes]], list[bytes]] = list) -> None:
        self._change = change

    def sign_digests(self, digests: Sequence[bytes], algorithm: str) -> list[bytes]:
        """Sign here."""
        assert algorithm == "sha256"
        return self._change([EC.sign(one, ec.ECDSA(Prehashed(hashes.SHA256()))) for one in digests])


def raw(signatures: list[bytes]) -> list[bytes]:
    return [b"".join(half.to_bytes(32) for half in decode_dss_signature(one)) for one in signatures]


@pytest.mark.parametrize("form", [list, raw], ids=["DER", "r and s"])
def test_both_forms_of_ecdsa_become_the_raw_one(form: Callable[[list[bytes]], list[bytes]]) -> None:
    signer = OutsideSigner(KEY, Place(form))
    for data, signature in zip((b"a", b"b"), signer.sign_many([b"a", b"b"]), strict=True):
        assert len(signature) == 64
        assert KEY.verify(signature, data)


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given[::-1],
        lambda given: given[:1],
        lambda given: [*given, given[0]],
        lambda given: [b"" for _ in given],
        lambda given: [one[:-1] for one in given],
        lambda given: [bytes(64) for _ in given],
    ],
    ids=["swapped", "one too few", "one too many", "empty", "cut", "zeros"],
)
def test_a_wrong_answer_is_an_error_and_no_signature(change: Callable[[list[bytes]], list[bytes]]) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        OutsideSigner(KEY, Place(change)).sign_many([b"a", b"b"])
    assert caught.value.code == "signature-wrong"


def test_what_is_kept_is_the_place_and_only_its_own_store_opens_it() -> None:
    first, second = (OutsideKeys(name=name, place=("where", "pin")) for name in ("one", "two"))
    place = {"where": "here", "pin": "4711-secret"}
    kept = first.keep(place, KEY, SECRET)
    assert first.kept_place(kept, SECRET) == place
    assert b"4711-secret" not in kept
    assert first.reached(lambda _: Place()).open(kept, SECRET).public_key == KEY
    with pytest.raises(UnreadableError):
        second.kept_place(kept, SECRET)
    with pytest.raises(LockedKeyError):
        first.kept_place(kept[:-1] + bytes([kept[-1] ^ 1]), SECRET)
    with pytest.raises(KeyMaterialError) as caught:
        first.keep({"where": "here"}, KEY, SECRET)
    assert caught.value.code == "key-place"


def test_keys_that_documents_are_not_signed_with_are_not_kept() -> None:
    for key in (
        ed25519.Ed25519PrivateKey.generate().public_key(),
        ec.generate_private_key(ec.SECP521R1()).public_key(),
        rsa.RSAPublicNumbers(65537, (1 << 5000) + 1).public_key(),
    ):
        with pytest.raises(KeyMaterialError) as caught:
            check_fit(PublicKey.from_cryptography(key))
        assert caught.value.code == "document-key"


def test_the_input_of_rsa_is_the_digest_info_that_openssl_signs() -> None:
    key = rsa.generate_private_key(65537, 2048)
    numbers = key.private_numbers()
    n = numbers.public_numbers.n
    for name, algorithm in (("sha256", hashes.SHA256()), ("sha384", hashes.SHA384())):
        info = pkcs11.rsa_input(hashlib.new(name, b"data").digest(), name)
        padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(info)) + b"\x00" + info  # RFC 8017, section 9.2
        made = pow(int.from_bytes(padded), numbers.d, n).to_bytes(256)
        assert made == key.sign(b"data", padding.PKCS1v15(), algorithm)
    with pytest.raises(KeyMaterialError):
        pkcs11.rsa_input(b"", "md5")


def custodian(answers: dict[str, Json], asked: list[tuple[str, Json]], **how: Any) -> ServiceCustodian:
    def exchange(method: str, question: Json) -> Json:
        asked.append((method, question))
        return answers[method]

    given = {
        "version": 1,
        "binds_hashes": True,
        "at_once": 2,
        "pin": "1",
        "algorithms": ("1.2.840.10045.4.3.2",),
    }
    return ServiceCustodian(exchange=exchange, credential_id="c", **{**given, **how})


def test_the_questions_are_those_of_version_1_and_2() -> None:
    digest = bytes(32)
    encoded = base64.b64encode(digest).decode()
    answers: dict[str, Json] = {
        "credentials/authorize": {"SAD": "sad"},
        "signatures/signHash": {"signatures": ["AAAA"]},
    }
    first: list[tuple[str, Json]] = []
    assert custodian(answers, first).sign_digests([digest], "sha256") == [bytes(3)]
    assert first == [
        (
            "credentials/authorize",
            {"credentialID": "c", "numSignatures": 1, "hash": [encoded], "PIN": "1"},
        ),
        (
            "signatures/signHash",
            {
                "credentialID": "c",
                "SAD": "sad",
                "signAlgo": "1.2.840.10045.4.3.2",
                "hash": [encoded],
                "hashAlgo": "2.16.840.1.101.3.4.2.1",
            },
        ),
    ]
    second: list[tuple[str, Json]] = []
    custodian(answers, second, version=2, binds_hashes=False).sign_digests([digest], "sha256")
    assert second[0][1] == {
        "credentialID": "c",
        "numSignatures": 1,
        "authData": [{"id": "PIN", "value": "1"}],
    }
    assert second[1][1]["hashes"] == [encoded]
    assert second[1][1]["hashAlgorithmOID"] == "2.16.840.1.101.3.4.2.1"


@pytest.mark.parametrize(
    "answers",
    [
        {"credentials/authorize": {}},
        {"credentials/authorize": {"SAD": 1}},
        {"credentials/authorize": {"SAD": "s"}, "signatures/signHash": {}},
        {"credentials/authorize": {"SAD": "s"}, "signatures/signHash": {"signatures": "AAAA"}},
        {"credentials/authorize": {"SAD": "s"}, "signatures/signHash": {"signatures": ["%"]}},
        {"credentials/authorize": {"SAD": "s"}, "signatures/signHash": {"signatures": [None]}},
    ],
)
def test_an_answer_of_another_shape_is_refused(answers: dict[str, Json]) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        custodian(answers, []).sign_digests([bytes(32)], "sha256")
    assert caught.value.code == "signing-service-refused"


def test_a_key_is_not_asked_for_what_it_does_not_sign() -> None:
    answers: dict[str, Json] = {"credentials/authorize": {"SAD": "s"}}
    with pytest.raises(KeyMaterialError):
        custodian(answers, [], algorithms=("1.2.840.10045.4.3.3",)).sign_digests([bytes(32)], "sha256")


GOOD: dict[str, Any] = {
    "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.1"], "len": 3072},
    "cert": {"status": "valid", "certificates": ["MAA="]},
    "authMode": "explicit",
    "PIN": {"presence": "true"},
    "multisign": "20",
    "SCAL": "2",
}


def test_a_description_of_either_version_is_read() -> None:
    one = csc.credential("c", GOOD)
    assert (one.mode, one.wants_pin, one.wants_otp, one.at_once, one.binds_hashes, one.usable) == (
        "explicit", True, False, 20, True, True,
    )  # fmt: skip
    objects = [{"type": "Password", "id": "PIN"}, {"type": "OTP", "id": "OTP1"}]
    plain = {name: GOOD[name] for name in ("key", "cert")}
    two = csc.credential("c", {**plain, "auth": {"mode": "explicit", "objects": objects}})
    assert (two.mode, two.wants_pin, two.wants_otp, two.at_once, two.binds_hashes) == (
        "explicit", True, True, 1, False,
    )  # fmt: skip
    ended = csc.credential("c", {**GOOD, "cert": {"status": "expired", "certificates": ["MAA="]}})
    assert not ended.usable


@pytest.mark.parametrize(
    "change",
    [
        {"key": None},
        {"key": {}},
        {"cert": {}},
        {"cert": {"certificates": ["%"]}},
        {"multisign": "many"},
        {"auth": 1},
    ],
)
def test_a_description_that_cannot_be_read_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        csc.credential("c", {**GOOD, **change})
    assert caught.value.code == "signing-service-refused"


def test_other_versions_and_lists_are_refused() -> None:
    assert [csc.version_of({"specs": one}) for one in ("1.0.4.0", "2.0.0.2")] == [1, 2]
    for said in ({}, {"specs": "0.1"}, {"specs": ["1"]}, {"specs": "3"}):
        with pytest.raises(KeyMaterialError):
            csc.version_of(said)
    assert csc.listed({"credentialIDs": ["a"]}) == ("a",)
    for answer in ({}, {"credentialIDs": "a"}, {"credentialIDs": [1]}):
        with pytest.raises(KeyMaterialError):
            csc.listed(answer)
