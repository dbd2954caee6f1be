# SPDX-License-Identifier: Apache-2.0
"""Codes with one flaw each, and their untouched twins, in a world with two universities."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fakes.university import NOW, University

from gakusho.fetch import MemoryFetcher
from gakusho.formats import CredentialKey, Sealing, _cose, _paper_base45, _paper_claims
from gakusho.formats._paper_tables import BEGINS, CONTENT, ENDS, ISSUED, ISSUER, MEMBERS, WORDS
from gakusho.model.award import Award, DocumentDetails, Result
from gakusho.model.report import Outcome, Report, combined
from gakusho.model.text import Text
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.registry import PublishedKey, did_document
from gakusho.verifier.verify import verify

AOBA, MIDORI = "did:web:aoba.example", "did:web:midori.example"
WITHDRAWN = datetime(2025, 6, 1, tzinfo=UTC)
VALID, INVALID, UNKNOWN = Outcome.VALID, Outcome.INVALID, Outcome.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Case:
    """One code and what is to be found of it, its status apart."""

    name: str
    text: str
    outcome: Outcome


def key(number: int, did: str = AOBA, name: str = "code-1") -> CredentialKey:
    """Give a P-256 key made of a number."""
    signer = KeptSigner(ec.derive_private_key(0xC0DE + number, ec.SECP256R1()))
    return CredentialKey(signer=signer, verification_method=f"{did}#{name}")


KEY, OLD, LOST, LOGIN, THEIRS = (
    key(1),
    key(2, name="code-old"),
    key(3, name="code-lost"),
    key(4, name="login-1"),
    key(5, MIDORI),
)

SEALING = Sealing(now=NOW, credential_key=KEY)
"""What the first university signs codes with."""


@cache
def documents() -> dict[str, bytes]:
    """Give what the two universities publish."""

    def published(one: CredentialKey, **more: Any) -> PublishedKey:
        return PublishedKey(
            id=one.verification_method,
            multikey=one.signer.public_key.multikey(),
            **{"purposes": ("assertionMethod",), **more},
        )

    ours = [
        published(KEY),
        published(OLD, expires=WITHDRAWN),
        published(LOST, revoked=WITHDRAWN),
        published(LOGIN, purposes=("authentication",)),
    ]
    return {
        "https://aoba.example/.well-known/did.json": json.dumps(did_document(AOBA, ours)).encode(),
        "https://midori.example/.well-known/did.json": json.dumps(
            did_document(MIDORI, [published(THEIRS)])
        ).encode(),
    }


def found(text: str, *, at: datetime = NOW) -> Report:
    """Give what the verifier finds."""
    return verify(
        text.encode(), now=at, fetcher=MemoryFetcher(documents(), now=lambda: NOW, source="documents")
    )


def without_status(report: Report) -> Outcome:
    """Give the outcome but for the status, which is asked for elsewhere."""
    return combined(check.outcome for check in report.checks if not check.code.startswith("status."))


def diploma() -> Award:
    """Give the award of a degree."""
    award = University().award()
    return replace(
        award,
        results=(),
        narrative="工学部 情報工学科",
        document=DocumentDetails(
            kind="degree-certificate", addressee="株式会社みどり製作所", purpose="就職活動"
        ),
    )


# fmt: off
_COURSES = [
    "線形代数学Ⅰ", "線形代数学Ⅱ", "微分積分学Ⅰ", "微分積分学Ⅱ", "確率統計", "離散数学",
    "物理学概論", "物理学実験", "化学概論", "情報リテラシー", "プログラミング入門",
    "プログラミング演習Ⅰ", "プログラミング演習Ⅱ", "データ構造とアルゴリズム", "計算機アーキテクチャ",
    "オペレーティングシステム", "データベース論", "コンピュータネットワーク", "情報理論", "符号理論",
    "数値計算法", "信号処理論", "画像情報処理", "音声言語処理", "機械学習概論", "人工知能基礎論",
    "自然言語処理特論", "ヒューマンインタフェース論", "ソフトウェア工学", "組込みシステム設計",
    "電気回路学", "電子回路学", "論理回路設計", "制御工学基礎", "ロボット工学概論", "材料力学入門",
    "熱力学基礎", "流体力学概論", "情報セキュリティ論", "情報社会と倫理", "日本国憲法", "経済学入門",
    "心理学概論", "西洋美術史", "東北の歴史と文化", "科学技術社会論", "環境と人間", "国際関係論",
    "英語ⅠA", "英語ⅠB", "英語ⅡA", "英語ⅡB", "ドイツ語Ⅰ", "ドイツ語Ⅱ", "健康スポーツ科学",
    "基礎ゼミナール", "創造工学研修", "情報工学実験Ⅰ", "情報工学輪講", "卒業研究",
]
# fmt: on
_GRADES = ("秀", "優", "良", "可", "優", "秀", "良")
_TERMS = ("2022前期", "2022後期", "2023前期", "2023後期", "2024前期", "2024後期", "2025通年")


def transcript(courses: int = 60) -> Award:
    """Give a degree with the results of its courses, named as in a catalog."""
    names = [name + "・続" * (place // 60) for place, name in enumerate(_COURSES * (1 + courses // 60))]
    return replace(
        diploma(),
        results=tuple(
            Result(
                id=f"result-{place}",
                name=names[place],
                value=_GRADES[place * 5 % 7],
                credits="2" if place % 3 else "1",
                term=_TERMS[place * 7 // courses],
            )
            for place in range(courses)
        ),
        achievement=replace(
            diploma().achievement, name=Text.of(ja="学士（工学）", en="Bachelor of Engineering")
        ),
        document=DocumentDetails(kind="transcript", addressee="株式会社みどり製作所", purpose="就職活動"),
    )


def claims(award: Award | None = None) -> dict[int, Any]:
    """Give the claims of an award, to be spoiled."""
    return _paper_claims.claims(award or diploma(), NOW - timedelta(days=1))


def packed(inner: bytes) -> str:
    """Give the text of a message, whatever it is."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return "GK1:" + _paper_base45.encoded(packer.compress(inner) + packer.flush())


def signed(
    payload: bytes | dict[int, Any],
    *,
    by: CredentialKey = KEY,
    header: Any = None,
    unprotected: Any = None,
    kid: bytes | None = None,
    spoil: Callable[[list[Any]], None] = lambda _: None,
    tag: int | None = 18,
) -> str:
    """Give a code that is signed as it should be, but for what is asked to be other."""
    body = payload if isinstance(payload, bytes) else cbor2.dumps(payload)
    name = by.verification_method.partition("#")[2].encode() if kid is None else kid
    protected = cbor2.dumps({1: -7, 4: name} if header is None else header)
    parts = [protected, unprotected or {}, body, by.signer.sign(_cose.sig_structure(protected, body))]
    spoil(parts)
    return packed(cbor2.dumps(parts if tag is None else cbor2.CBORTag(tag, parts)))


def _changed(**content: Any) -> dict[int, Any]:
    made = claims()
    return {**made, CONTENT: {**made[CONTENT], **{MEMBERS[name]: value for name, value in content.items()}}}


def _other_payload(parts: list[Any]) -> None:
    parts[2] = parts[2].replace("髙橋".encode(), "髙槁".encode())


def _other_signature(parts: list[Any]) -> None:
    parts[3] = parts[3][:-1] + bytes([parts[3][-1] ^ 1])


def _no_payload(parts: list[Any]) -> None:
    parts[2] = None


def _open_length(payload: bytes) -> bytes:
    return b"\xbf" + payload[1:] + b"\xff"


def message(text: str) -> bytes:
    """Give the message in a code."""
    return zlib.decompressobj(-15, zdict=WORDS).decompress(_paper_base45.decoded(text.removeprefix("GK1:")))


def _bomb() -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return "GK1:" + _paper_base45.encoded(packer.compress(bytes(2_000_000)) + packer.flush())


Row = tuple[str, str, Outcome]


@cache
def _good() -> str:
    """Give the code that most forgeries begin with."""
    return signed(claims())


@cache
def cases() -> tuple[Case, ...]:
    """Give every case; each name of a forgery is what is wrong with it."""
    made = [*_untouched(), *_of_keys(), *_of_headers(), *_of_messages(), *_of_claims(), *_of_text()]
    return tuple(Case(name=name, text=text, outcome=outcome) for name, text, outcome in made)


def _untouched() -> list[Row]:
    good = _good()
    return [
        ("diploma", good, VALID),
        ("transcript of 60 courses", signed(claims(transcript())), VALID),
        ("results left out", signed(_changed(results_left_out=140)), VALID),
        (
            "untouched twin: retired key, signed before",
            signed({**claims(), ISSUED: _at(-30), BEGINS: _at(-30)}, by=OLD),
            VALID,
        ),
        (
            "untouched twin: words of another language",
            signed(_changed(achievement_name={"fr": "Licence"})),
            VALID,
        ),
        ("untouched twin: still in force", signed({**claims(), ENDS: int(NOW.timestamp()) + 60}), VALID),
    ]


def _of_keys() -> list[Row]:
    return [
        ("a letter of the name changed", signed(claims(), spoil=_other_payload), INVALID),
        ("a bit of the signature changed", signed(claims(), spoil=_other_signature), INVALID),
        ("signature too short", signed(claims(), spoil=lambda p: p.__setitem__(3, p[3][:-1])), INVALID),
        ("no signature", signed(claims(), spoil=lambda p: p.__setitem__(3, b"")), INVALID),
        ("kid of another key of the issuer", signed(claims(), kid=b"code-old"), INVALID),
        ("kid nobody publishes", signed(claims(), kid=b"code-9"), INVALID),
        ("kid that is an address", signed(claims(), kid=b"did:web:midori.example#code-1"), INVALID),
        ("kid empty", signed(claims(), kid=b""), INVALID),
        (
            "signed by a stranger's key",
            signed(claims(), by=replace(key(9), verification_method=f"{AOBA}#code-1")),
            INVALID,
        ),
        ("signed by another university", signed(claims(), by=THEIRS), INVALID),
        ("in another university's name", signed({**claims(), ISSUER: MIDORI}), INVALID),
        ("key for signing in only", signed(claims(), by=LOGIN), INVALID),
        ("retired key, signed after", signed(claims(), by=OLD), INVALID),
        ("withdrawn key, signed after", signed(claims(), by=LOST), INVALID),
        ("withdrawn key, says before", signed({**claims(), ISSUED: _at(-30)}, by=LOST), UNKNOWN),
        ("issuer nobody knows", signed({**claims(), ISSUER: "did:web:nowhere.example"}), UNKNOWN),
    ]


def _of_headers() -> list[Row]:
    return [
        ("alg unprotected", signed(claims(), header={4: b"code-1"}, unprotected={1: -7}), INVALID),
        ("alg in both", signed(claims(), unprotected={1: -7}), INVALID),
        ("kid unprotected", signed(claims(), header={1: -7}, unprotected={4: b"code-1"}), INVALID),
        ("no alg", signed(claims(), header={4: b"code-1"}), INVALID),
        (
            "alg none",
            signed(claims(), header={1: 0, 4: b"code-1"}, spoil=lambda p: p.__setitem__(3, b"")),
            INVALID,
        ),
        ("alg EdDSA", signed(claims(), header={1: -8, 4: b"code-1"}), INVALID),
        ("alg a truth value", signed(claims(), header={1: True, 4: b"code-1"}), INVALID),
        ("header crit", signed(claims(), header={1: -7, 2: [4], 4: b"code-1"}), INVALID),
        (
            "header with a certificate",
            signed(claims(), header={1: -7, 4: b"code-1", 33: b"\x30\x00"}),
            INVALID,
        ),
        ("header no map", signed(claims(), header=[1, -7]), INVALID),
    ]


def _of_messages() -> list[Row]:
    good = _good()
    plain = cbor2.dumps(claims())
    return [
        ("no tag", signed(claims(), tag=None), INVALID),
        ("tag of a MAC", signed(claims(), tag=17), INVALID),
        ("tag of a token around it", packed(b"\xd8\x3d" + message(good)), INVALID),
        ("payload nil", signed(claims(), spoil=_no_payload), INVALID),
        ("three parts", signed(claims(), spoil=lambda p: p.pop()), INVALID),
        ("five parts", signed(claims(), spoil=lambda p: p.append(b"")), INVALID),
        ("base64 inside", packed(base64.b64encode(message(good))), INVALID),
        (
            "a truth value in a longer spelling",
            signed({**claims(), ISSUED: cbor2.CBORSimpleValue(40)}),
            INVALID,
        ),
        ("bytes after the message", packed(message(good) + b"\x00"), INVALID),
        ("bytes after the claims", signed(plain + b"\x00"), INVALID),
        ("a claim twice", signed(bytes([plain[0] + 1]) + plain[1:] + b"\x01\x63abc"), INVALID),
        ("claims of open length", signed(_open_length(plain)), INVALID),
        (
            "a number in a longer spelling",
            signed(plain.replace(b"\x01\x74did", b"\x18\x01\x74did", 1)),
            INVALID,
        ),
        ("text that is not UTF-8", signed(plain.replace("髙橋".encode(), b"\xff" * 6, 1)), INVALID),
        (
            "a surrogate in text",
            signed(plain.replace("髙橋".encode(), b"\xed\xa0\x80\xed\xb0\x80", 1)),
            INVALID,
        ),
        ("a fraction", signed({**claims(), ISSUED: 1.5}), INVALID),
        ("a tag inside", signed({**claims(), ISSUED: cbor2.CBORTag(1, 0)}), INVALID),
        ("nested too deep", signed(plain[:1] + b"\x01" + b"\x81" * 40 + b"\x00"), INVALID),
    ]


def _of_claims() -> list[Row]:
    return [
        ("an undefined claim", signed({**claims(), 3: "audience"}), INVALID),
        ("an undefined member", signed({**claims(), CONTENT: {**claims()[CONTENT], 99: "more"}}), INVALID),
        (
            "a member by its name",
            signed({**claims(), CONTENT: {**claims()[CONTENT], "name": "more"}}),
            INVALID,
        ),
        ("no issuer", signed({k: v for k, v in claims().items() if k != ISSUER}), INVALID),
        ("no time of signing", signed({k: v for k, v in claims().items() if k != ISSUED}), INVALID),
        ("no name", signed(_without("name")), INVALID),
        ("name empty", signed(_changed(name="")), INVALID),
        ("name a number", signed(_changed(name=7)), INVALID),
        ("a type no table has", signed(_changed(achievement_type=99)), INVALID),
        ("a type spelled that has a number", signed(_changed(achievement_type="BachelorDegree")), INVALID),
        ("id too short", signed({**claims(), 7: b"\x00" * 15}), INVALID),
        ("columns of other lengths", signed(_changed(results=[["a", "b"], [0], [2], [], [0]])), INVALID),
        ("a term there is none of", signed(_changed(results=[["a"], [0], [2], ["x"], [2]])), INVALID),
        (
            "results, and left out",
            signed(_changed(results=[["a"], [0], [2], [], [0]], results_left_out=1)),
            INVALID,
        ),
        ("a day beyond the calendar", signed(_changed(awarded_on=5_000_000)), INVALID),
        ("signed tomorrow", signed({**claims(), ISSUED: int(NOW.timestamp()) + 86_400}), INVALID),
        ("not valid yet", signed({**claims(), BEGINS: int(NOW.timestamp()) + 86_400}), INVALID),
        ("no longer valid", signed({**claims(), ENDS: int(NOW.timestamp()) - 60}), INVALID),
    ]


def _of_text() -> list[Row]:
    good = _good()
    return [
        ("cut off", good[:-3], INVALID),
        ("cut off by a letter", good[:-1], INVALID),
        ("letters left over", good + "00", INVALID),
        ("small letters", "GK1:" + good[4:].lower(), INVALID),
        ("a group above 65535", "GK1:GGW" + good[7:], INVALID),
        ("a letter outside base45", good[:40] + "_" + good[41:], INVALID),
        ("another version", "GK2:" + good[4:], UNKNOWN),
        ("nothing after the prefix", "GK1:", INVALID),
        ("a compression bomb", _bomb(), INVALID),
        ("not compressed", "GK1:" + _paper_base45.encoded(message(good)), INVALID),
        ("compressed without the words", _without_words(good), INVALID),
    ]


def _at(days: int) -> int:
    return int((WITHDRAWN + timedelta(days=days)).timestamp())


def _without(member: str) -> dict[int, Any]:
    made = claims()
    return {**made, CONTENT: {k: v for k, v in made[CONTENT].items() if k != MEMBERS[member]}}


def _without_words(text: str) -> str:
    """Give a code compressed with other words known beforehand."""
    other = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, WORDS[::-1])
    return "GK1:" + _paper_base45.encoded(other.compress(message(text)) + other.flush())
