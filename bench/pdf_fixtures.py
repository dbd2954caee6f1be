# SPDX-License-Identifier: Apache-2.0
"""The documents every engine of the ``pdf-…`` lines gets: one page, and a transcript of 60 courses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pylopdf_fonts_jp
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_der_x509_certificate

from bench import fixtures
from gakusho.errors import UnreachableError
from gakusho.formats import DocumentKey, Level
from gakusho.formats._pdf import page
from gakusho.formats._pdf.typesetting import Attachment, qr_svg, typeset
from gakusho.formats.clr_2 import FORMAT as TRANSCRIPTS
from gakusho.formats.open_badges_3 import FORMAT as BADGES
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails, Result
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text
from gakusho.proof import Signer
from gakusho.proof.certificates import DOCUMENT_SIGNING, TIME_STAMPING, Subject, self_issued
from gakusho.proof.revocation import Evidence, revocation_list
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.proof.stand_in_tsa import StandInTsa

NOW = datetime(2026, 3, 25, 1, 30, tzinfo=UTC)
DOCUMENTS = 20
"""Pages made, and transcripts; the engines go round them."""
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
ISSUER = Issuer(
    id=fixtures.ISSUER.id,
    name=Text.of(ja="朝凪大学", en="Asanagi University"),
    url="https://asanagi.example",
    country="JP",
)


def award(kind: str, number: int, *, courses: int = 0) -> Award:
    """Give a graduate's degree as a document of this kind, with so many courses."""
    achievement = Achievement(
        id="https://asanagi.example/achievements/engineering",
        type="BachelorDegree",
        name=Text.of(ja="学士（工学）", en="Bachelor of Engineering"),
        description=Text.of(ja="工学部の学士課程。", en="The bachelor's course of engineering."),
        criteria=Text.of(ja="所定の単位を修得すること。", en="All credits that the course asks for."),
    )
    results = tuple(
        Result(
            id=f"urn:uuid:00000000-0000-4000-8000-{number:06}{place:06}",
            name=f"{COURSES[place % len(COURSES)]}{place // len(COURSES) + 1}",
            value="優",
            credits="2",
            term=f"{2022 + place // 16} {'前期' if place % 16 < 8 else '後期'}",
        )
        for place in range(courses)
    )
    return Award(
        id=f"urn:uuid:00000000-0000-4000-9000-{number:012}",
        issuer=ISSUER,
        achievement=achievement,
        learner=Learner(
            name=PersonName(full="渡邉 花子", romaji="WATANABE Hanako"),
            student_number=f"26A{number:05}",
            birth_date=date(2003, 4, 12),
        ),
        awarded_on=date(2026, 3, 25),
        valid_from=NOW,
        issue_number=f"2026-{number:05}",
        results=results,
        document=DocumentDetails(kind=kind, language="ja-en"),
    )


def link(number: int) -> str:
    """Give a verification link as a document prints it."""
    return f"https://asanagi.example/v/4Kq9XwT7mB{number:02}"


def attached(one: Award) -> list[Attachment]:
    """Give the credential that goes inside: Open Badges 3.0, for a transcript CLR 2.0."""
    form = TRANSCRIPTS if one.document.kind == "transcript" else BADGES
    sealed = form.write([one], fixtures.sealing())[0]
    return [
        Attachment(
            name=f"{sealed.format}.{sealed.extension}",
            media_type=sealed.media_type,
            data=sealed.data,
            description="Verifiable credential: the same award, readable by machines",
        )
    ]


def unsigned(one: Award, number: int) -> bytes:
    """Give the page with its credential inside, not signed yet."""
    data = page.page_data(one, link=link(number))
    return typeset(one.document.kind, data, at=one.valid_from, attachments=attached(one))


@dataclass(frozen=True)
class Lists:
    """Empty revocation lists of the two authorities."""

    authorities: Sequence[tuple[Signer, bytes]]

    def evidence(self, chain: Sequence[bytes]) -> Evidence:
        """Give the list of the authority at the end of the chain."""
        for signer, certificate in self.authorities:
            if chain[-1] == certificate:
                made = revocation_list(
                    signer,
                    certificate,
                    number=1,
                    this_update=NOW - timedelta(days=1),
                    next_update=NOW + timedelta(days=30),
                )
                return Evidence(lists=(made,))
        raise UnreachableError("There is no list of this authority.")


def _certified(
    signer: KeptSigner, above: Signer, name: str, purpose: str = DOCUMENT_SIGNING
) -> tuple[bytes, bytes]:
    begins, ends = NOW - timedelta(days=30), NOW + timedelta(days=1800)
    subject = Subject(organization=name, country="JP")
    root = self_issued(
        above,
        subject=replace(subject, common_name=f"{name} CA"),
        serial=1,
        not_before=begins,
        not_after=ends,
    )
    leaf = self_issued(
        signer,
        subject=subject,
        serial=7,
        not_before=begins,
        not_after=ends,
        issuer_signer=above,
        issuer_certificate=root,
        purpose=purpose,
    )
    return leaf, root


def write(folder: Path) -> None:
    """Put everything that the engines read into the folder."""
    private = rsa.generate_private_key(65537, 3072)
    leaf, root = _certified(KeptSigner(private), fixtures.key().signer, "Asanagi University")
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    for name, der in (("leaf", leaf), ("root", root)):
        (folder / f"{name}.pem").write_bytes(load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    for number in range(DOCUMENTS):
        one = award("degree-certificate", number)
        (folder / f"page-{number}.pdf").write_bytes(unsigned(one, number))
    data = [_page(award("transcript", number, courses=60), number) for number in range(DOCUMENTS)]
    (folder / "transcripts.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    (folder / "font.txt").write_text(str(pylopdf_fonts_jp.serif_path()), "utf-8")


def _page(one: Award, number: int) -> dict[str, Any]:
    data = page.page_data(one, link=link(number))
    return {**data, "qr": qr_svg(link(number)), "carried": attached(one)[0].data.decode()}


def document_key(folder: Path, level: Level = Level.B_B) -> DocumentKey:
    """Give the key of the folder, for documents of a level; time and lists come from within this process."""
    private = load_pem_private_key((folder / "key.pem").read_bytes(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    signer = KeptSigner(private)
    above = fixtures.key().signer
    chain = _certified(signer, above, "Asanagi University")
    if level is Level.B_B:
        return DocumentKey(signer=signer, certificates=chain)
    clock, over_clock = (KeptSigner(ec.generate_private_key(ec.SECP256R1())) for _ in range(2))
    of_time = _certified(clock, over_clock, "Time", TIME_STAMPING)
    return DocumentKey(
        signer=signer,
        certificates=chain,
        level=level,
        timestamper=StandInTsa(signer=clock, certificates=of_time, now=lambda: NOW),
        revocations=Lists([(above, chain[-1]), (over_clock, of_time[-1])]),
    )
