# SPDX-License-Identifier: Apache-2.0
"""A fictitious university that issues PDFs: its keys, its DID document, its graduates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gakusho.errors import NotFoundError
from gakusho.formats import Asking, CredentialKey, DocumentKey, Sealing, format_named
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails, Result
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.sealed import Sealed
from gakusho.model.text import Text
from gakusho.proof import VerificationMethod
from gakusho.proof.certificates import Subject, self_issued
from gakusho.proof.signers.encrypted_key import KeptSigner

NOW = datetime(2026, 3, 25, 1, 30, tzinfo=UTC)
LATER = datetime(2026, 4, 10, 9, 0, tzinfo=UTC)
LINK = "https://tohto.example/v/4Kq9XwT7mB2c"
COURSES = (
    "微分積分学",
    "線形代数学",
    "情報科学概論",
    "データ構造とアルゴリズム",
    "確率と統計",
    "日本語表現法",
    "英語コミュニケーション",
    "卒業研究",
)


@dataclass(frozen=True, kw_only=True)
class University:
    """An institution with a credential key, and a document key that its own authority certified."""

    issuer: Issuer
    credential: KeptSigner
    document: KeptSigner
    certificates: tuple[bytes, ...]

    @property
    def method_id(self) -> str:
        return f"{self.issuer.id}#{self.credential.public_key.multikey()}"

    def sealing(self, **changes: object) -> Sealing:
        plain = Sealing(
            now=NOW,
            credential_key=CredentialKey(signer=self.credential, verification_method=self.method_id),
            document_key=DocumentKey(signer=self.document, certificates=self.certificates),
            verification_link=lambda _: LINK,
        )
        return replace(plain, **changes)  # type: ignore[arg-type]  # any field of Sealing

    def published(self) -> dict[str, VerificationMethod]:
        keys = (self.credential.public_key, self.document.public_key)
        return {
            f"{self.issuer.id}#{key.multikey()}": VerificationMethod(
                id=f"{self.issuer.id}#{key.multikey()}",
                controller=self.issuer.id,
                key=key,
                purposes=frozenset({"assertionMethod"}),
                source="documents/tohto.json",
                time=NOW,
            )
            for key in keys
        }


def university(domain: str = "tohto.example", kind: str = "P-256") -> University:
    """Give an institution, the same one each time."""
    return _university(domain, kind)


@cache
def _university(domain: str, kind: str) -> University:
    credential = KeptSigner(ed25519.Ed25519PrivateKey.generate())
    authority = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    document = document_key(kind)
    return University(
        issuer=Issuer(
            id=f"did:web:{domain}",
            name=Text.of(ja="東都学芸大学", en="Tohto Gakugei University"),
            url=f"https://{domain}",
            country="JP",
        ),
        credential=credential,
        document=document,
        certificates=chain(document, authority),
    )


def document_key(kind: str) -> KeptSigner:
    if kind == "RSA-3072":
        return KeptSigner(rsa.generate_private_key(65537, 3072))
    return KeptSigner(ec.generate_private_key(ec.SECP384R1() if kind == "P-384" else ec.SECP256R1()))


def chain(
    document: KeptSigner,
    authority: KeptSigner,
    *,
    not_before: datetime = NOW - timedelta(days=30),
    not_after: datetime = NOW + timedelta(days=1800),
) -> tuple[bytes, ...]:
    """Give the leaf and its authority's certificate."""
    subject = Subject(organization="東都学芸大学", country="JP")
    root = self_issued(
        authority,
        subject=Subject(organization="東都学芸大学", country="JP", common_name="東都学芸大学 認証局"),
        serial=1,
        not_before=not_before,
        not_after=not_after,
    )
    leaf = self_issued(
        document,
        subject=subject,
        serial=2,
        not_before=not_before,
        not_after=not_after,
        issuer_signer=authority,
        issuer_certificate=root,
    )
    return (leaf, root)


_TYPES = {
    "completion": "CertificateOfCompletion",
    "enrollment": "Membership",
    "expected-graduation": "Certificate",
    "micro-credential": "MicroCredential",
    "special-program": "CertificateOfCompletion",
}
_NAMES = {
    "enrollment": Text.of(ja="工学部 情報工学科", en="Department of Information Engineering"),
    "expected-graduation": Text.of(ja="工学部 情報工学科", en="Department of Information Engineering"),
    "micro-credential": Text.of(ja="データサイエンス基礎", en="Foundations of Data Science"),
    "special-program": Text.of(ja="地域防災リーダー養成課程", en="Community Disaster Prevention Leaders"),
}
_OUTLINES = {
    "micro-credential": Text.of(
        ja="データの収集から可視化、統計的な推論までを、実際の課題に取り組みながら学びます。",
        en="From collecting data to visualizing them and to statistical inference, on real problems.",
    ),
    "special-program": Text.of(
        ja="災害のしくみ、避難所の運営、地域との連携を、講義と演習により体系的に学ぶ。",
        en="How disasters come about, how shelters are run, and how a community prepares.",
    ),
}

_CRITERIA = {
    "micro-credential": Text.of(
        ja="15回の演習への参加と、修了課題の合格", en="Taking part in 15 sessions; passing the final project"
    )
}


def _stated(place: int, name: str, value: str) -> Result:
    return Result(id=f"urn:uuid:00000000-0000-4000-9100-{place:012d}", name=name, value=value)


_RESULTS = {
    "enrollment": (
        _stated(1, "入学年月日 / Date of admission", "2022-04-01"),
        _stated(2, "学年 / Year of study", "4"),
    ),
    "expected-graduation": (_stated(1, "卒業見込年月 / Expected graduation", "2027-03"),),
    "micro-credential": (_stated(1, "学修時間 / Hours of study", "45"), _stated(2, "成績 / Grade", "A")),
    "special-program": (
        _stated(1, "総時間数 / Total hours", "120"),
        _stated(2, "修了の評価 / Assessment", "合格 Passed"),
    ),
}


def award(
    kind: str = "degree-certificate",
    language: str = "ja",
    *,
    full: str = "髙橋 𠮷子",
    romaji: str | None = "TAKAHASHI Yoshiko",
    issuer: Issuer | None = None,
    courses: int = 60,
) -> Award:
    """Give a fictitious graduate's award."""
    results = tuple(
        Result(
            id=f"urn:uuid:00000000-0000-4000-9000-{place:012d}",
            name=f"{COURSES[place % len(COURSES)]} {place // len(COURSES) + 1}",
            value="秀優良可"[place % 4],
            credits="2",
            term=f"{2022 + place * 4 // max(courses, 1)}年度前期",
        )
        for place in range(courses)
    )
    return Award(
        id="urn:uuid:5b8e7c1e-0000-4000-8000-000000000001",
        issuer=issuer or university().issuer,
        learner=Learner(
            name=PersonName(full=full, kana="タカハシ ヨシコ", romaji=romaji),
            student_number="22A0317",
            birth_date=date(2004, 4, 2),
        ),
        achievement=Achievement(
            id="urn:uuid:5b8e7c1e-0000-4000-8000-00000000000a",
            type=_TYPES.get(kind, "BachelorDegree"),
            name=_NAMES.get(kind, Text.of(ja="学士（工学）", en="Bachelor of Engineering")),
            description=_OUTLINES.get(kind, Text.of(ja="工学部の課程")),
            criteria=_CRITERIA.get(kind, Text.of(ja="所定の124単位の修得")),
            field_of_study="情報工学",
        ),
        awarded_on=date(2026, 3, 25),
        valid_from=NOW,
        issue_number="2026-0317",
        results=results if kind == "transcript" else _RESULTS.get(kind, ()),
        document=DocumentDetails(
            kind=kind,
            language=language,
            signatory_name="小野寺 誠" if language != "en" else "ONODERA Makoto",
            signatory_title=Text.of(ja="学長", en="President"),
        ),
    )


def badge(given: Award, school: University) -> Sealed:
    """Give the Open Badge of an award."""
    return format_named("open-badges-3").write([given], school.sealing())[0]


def issued(
    given: Award | None = None, school: University | None = None, *, paper: bytes | None = None
) -> bytes:
    """Give a signed PDF with its badge inside, as the product issues it."""
    school = school or university()
    given = given or award(issuer=school.issuer)
    sealing = school.sealing(
        companions={given.id: (badge(given, school),)}, papers={given.id: paper} if paper else {}
    )
    return FORMAT.write([given], sealing)[0].data


def asking(schools: Sequence[University] = (), *, now: datetime = LATER) -> Asking:
    """Give what checking needs, with the institutions' DID documents at hand."""
    methods = {
        key: method for school in (schools or (university(),)) for key, method in school.published().items()
    }

    def lookup(method_id: str) -> VerificationMethod:
        try:
            return methods[method_id]
        except KeyError:
            raise NotFoundError(f"No key {method_id}.") from None

    return Asking(now=now, lookup=lookup)
