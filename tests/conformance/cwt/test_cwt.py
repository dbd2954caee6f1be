# SPDX-License-Identifier: Apache-2.0
"""Signed codes on paper against the examples of their standards, and against general libraries."""

from __future__ import annotations

import zlib

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from tests.vectors.paper_code import cases

from gakusho.errors import UnreadableError
from gakusho.formats import _cose, _paper_base45
from gakusho.formats._paper_tables import CONTENT, MEMBERS, WORDS
from gakusho.formats.paper_code import FORMAT
from gakusho.proof.keys import PublicKey

TOKEN = bytes.fromhex(
    "d28443a10126a104524173796d6d657472696345434453413235365850a70175636f61703a2f2f61732e6578616d706c"
    "652e636f6d02656572696b77037818636f61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a56"
    "10d9f0061a5610d9f007420b7158405427c1ff28d23fbad1f29c4c7c6a555e601d6fa29f9179bc3d7438bacaca5acd08"
    "c8d4d4f96131680c429a01f85951ecee743a52b9b63632c57209120e1c9e30"
)
X = "143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f"
Y = "60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9"


@pytest.mark.requirement("RFC 8392 A.3", "The signed example is read, and its signature holds")
def test_the_example_of_the_specification() -> None:
    message = _cose.taken_apart(TOKEN)
    numbers = ec.EllipticCurvePublicNumbers(int(X, 16), int(Y, 16), ec.SECP256R1())
    assert _cose.fits(message, PublicKey.from_cryptography(numbers.public_key()))
    assert _cose.item(message.payload) == {
        1: "coap://as.example.com",
        2: "erikw",
        3: "coap://light.example.com",
        4: 1444064944,
        5: 1443944944,
        6: 1443944944,
        7: bytes.fromhex("0b71"),
    }


@pytest.mark.requirement("RFC 8392 7.1", "A code is a COSE_Sign1 of claims that general libraries verify")
def test_a_code_is_verified_by_general_libraries() -> None:
    text = FORMAT.write([cases.diploma()], cases.SEALING)[0].data.decode()
    packed = _paper_base45.decoded(text.removeprefix("GK1:"))
    tagged = cbor2.loads(zlib.decompressobj(-15, zdict=WORDS).decompress(packed))
    assert tagged.tag == 18
    protected, unprotected, payload, signature = tagged.value
    assert cbor2.loads(protected) == {1: -7, 4: b"code-1"}
    assert unprotected == {}
    key = ec.derive_private_key(0xC0DF, ec.SECP256R1()).public_key()
    halves = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    key.verify(
        encode_dss_signature(*halves),
        cbor2.dumps(["Signature1", protected, b"", payload]),
        ec.ECDSA(SHA256()),
    )
    claims = cbor2.loads(payload)
    assert claims[1] == cases.AOBA
    assert claims[CONTENT][MEMBERS["name"]] == "髙橋 花子"


@pytest.mark.requirement("RFC 8392 3.1", "Registered claims have the keys and kinds of the registry")
def test_registered_claims() -> None:
    text = FORMAT.write([cases.diploma()], cases.SEALING)[0].data.decode()
    claims = cbor2.loads(cbor2.loads(cases.message(text)).value[2])
    kinds = {number: type(value) for number, value in claims.items() if number > 0}
    assert kinds == {1: str, 5: int, 6: int, 7: bytes}


@pytest.mark.requirement("RFC 9285 4.4", "The decoder gives what the examples say")
@pytest.mark.parametrize(("text", "plain"), [("QED8WEX0", b"ietf!"), ("BB8", b"AB")])
def test_base45_examples(text: str, plain: bytes) -> None:
    assert _paper_base45.decoded(text) == plain


@pytest.mark.requirement("RFC 9285 6", "Input outside the alphabet, or a group above 65535, is refused")
@pytest.mark.parametrize("text", ["GGW", "bb8", "::::", "B"])
def test_base45_refuses(text: str) -> None:
    with pytest.raises(UnreadableError):
        _paper_base45.decoded(text)
