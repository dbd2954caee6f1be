# SPDX-License-Identifier: Apache-2.0
"""An institution in a box: keys, DID document, status lists and badges, all of which can be spoiled."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gakusho.fetch import MemoryFetcher
from gakusho.formats import (
    CredentialKey,
    DocumentKey,
    Hosted,
    PublishedMultikey,
    Sealing,
    Withdrawn,
    format_named,
    formats,
)
from gakusho.formats.verifiable_credential import FORMAT as PLAIN
from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.award import Award, Evidence, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.report import Report
from gakusho.model.text import Text
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.registry import PublishedKey, did_document
from gakusho.registry.did_web import did_web_address
from gakusho.status.bitstring import MINIMUM_LENGTH, STATUS
from gakusho.verifier.verify import verify

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
PURPOSES = ("revocation", "suspension", "refresh")


class MemorySigner:
    """An Ed25519 key in memory; the seed makes it the same each time."""

    def __init__(self, seed: bytes = b"s" * 32) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = PublicKey.from_cryptography(self._key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Give the signature."""
        return self._key.sign(data)


@dataclass(kw_only=True)
class University:
    """A fictitious university under did:web (or did:key), with what it publishes in ``documents``."""

    did: str = "did:web:aoba.example"
    signer: MemorySigner = field(default_factory=MemorySigner)
    now: datetime = NOW
    documents: dict[str, bytes] = field(default_factory=dict)
    document_key: DocumentKey | None = None
    more_keys: tuple[CredentialKey, ...] = ()
    withdrawn: list[Withdrawn] = field(default_factory=list)
    marks: dict[str, set[int]] = field(default_factory=lambda: {purpose: set() for purpose in PURPOSES})

    def __post_init__(self) -> None:
        self.publish()

    @classmethod
    def by_key(cls, seed: bytes = b"s" * 32) -> University:
        """Give one whose id is its key."""
        signer = MemorySigner(seed)
        return cls(did=signer.public_key.did_key(), signer=signer)

    @classmethod
    def with_document_key(cls) -> University:
        """Give one that can certify PDFs and sign part by part, with the keys for that published too."""
        did = "did:web:aoba.example"
        return cls(did=did, document_key=document_key(f"{did}#document-1"), more_keys=(parts_key(did),))

    @property
    def key_id(self) -> str:
        """The id of the verification method that signs."""
        if self.did.startswith("did:key:"):
            return f"{self.did}#{self.did.removeprefix('did:key:')}"
        return f"{self.did}#key-1"

    @property
    def key(self) -> CredentialKey:
        """The key that signs credentials."""
        return CredentialKey(signer=self.signer, verification_method=self.key_id)

    @property
    def sealing(self) -> Sealing:
        """What sealing needs."""
        return Sealing(
            now=self.now, credential_key=self.key, document_key=self.document_key, more_keys=self.more_keys
        )

    def published_key(self, **changes: Any) -> PublishedKey:
        """Give the key as the DID document has it."""
        return replace(PublishedKey(id=self.key_id, multikey=self.signer.public_key.multikey()), **changes)

    def published_keys(self) -> list[PublishedKey]:
        """Give all keys as the DID document has them."""
        keys = [self.published_key()]
        keys += [
            PublishedKey(id=key.verification_method, multikey=key.signer.public_key.multikey())
            for key in self.more_keys
        ]
        if self.document_key is not None:
            multikey = self.document_key.signer.public_key.multikey()
            keys.append(
                PublishedKey(id=f"{self.did}#document-1", multikey=multikey, purposes=("assertionMethod",))
            )
        return keys

    def list_id(self, purpose: str) -> str:
        """Give the address of a status list."""
        return f"https://aoba.example/status/{purpose}"

    def publish(self) -> None:
        """Put DID document and status lists at their addresses, as they stand now."""
        if self.did.startswith("did:web:"):
            document = did_document(self.did, self.published_keys())
            self.documents[did_web_address(self.did)[1]] = json.dumps(document).encode()
            self._host_badges()
        for purpose in PURPOSES:
            self.documents[self.list_id(purpose)] = self.status_list(purpose)

    def _host_badges(self) -> None:
        keys = [PublishedMultikey(id=self.key_id, multikey=self.signer.public_key.multikey())]
        base = did_web_address(self.did)[1].removesuffix("/.well-known/did.json") + "/ob2"
        for form in (one for one in formats().values() if isinstance(one, Hosted)):
            self.documents |= form.institution_documents(base, self.profile(), keys, self.withdrawn)
            for one in self.withdrawn:
                self.documents |= form.withdrawal(base, one)

    def host(self, form: str, data: bytes) -> None:
        """Put what the badge needs to have hosted at its addresses."""
        hosted: object = format_named(form)
        if isinstance(hosted, Hosted):
            self.documents |= hosted.documents(data)

    def profile(self) -> Issuer:
        """Give the university as it describes itself."""
        return Issuer(
            id=self.did,
            name=Text.of(ja="青葉大学"),
            url="https://aoba.example/",
            email="kyomu@aoba.example",
            country="JP",
        )

    def status_list(self, purpose: str, **changes: Any) -> bytes:
        """Give a signed status list; ``changes`` replace members before it is signed."""
        credential = STATUS.write(
            list_id=self.list_id(purpose),
            issuer_id=self.did,
            purpose=purpose,
            length=MINIMUM_LENGTH,
            values=dict.fromkeys(self.marks[purpose], 1),
        )
        return self.signed(credential | {"validFrom": "2026-03-01T00:00:00Z"} | changes)

    def signed(self, document: Mapping[str, Any]) -> bytes:
        """Give any unsigned credential signed by the university's key, as JSON."""
        return json.dumps(PLAIN.seal(document, key=self.key, now=self.now)).encode()

    def mark(self, award: Award, purpose: str) -> None:
        """Revoke, suspend or supersede an award, and publish it."""
        self.marks[purpose].update(entry.index for entry in award.status if entry.purpose == purpose)
        if purpose == "revocation":
            self.withdrawn.append(Withdrawn(award_id=award.id, reason="the thesis was not her own"))
        self.publish()

    def award(self, number: int = 1, **changes: Any) -> Award:
        """Give a full award; ``changes`` replace its members."""
        award = Award(
            id=f"urn:uuid:{uuid.UUID(int=0xA0BA_0000_0000_4000_8000_0000_0000_0000 + number)}",
            issuer=self.profile(),
            learner=Learner(
                name=PersonName(full="髙橋 花子", kana="タカハシ ハナコ", romaji="TAKAHASHI Hanako"),
                email="hanako@students.aoba.example",
                student_number=f"A{number:06}",
                birth_date=date(2003, 4, 1),
            ),
            achievement=achievement(),
            awarded_on=date(2026, 3, 25),
            valid_from=datetime(2026, 3, 25, tzinfo=UTC),
            issue_number=f"第{number}号",
            results=(
                Result(
                    id=f"urn:uuid:{uuid.UUID(int=1000 + number)}",
                    name="線形代数学",
                    value="秀",
                    credits="2",
                    term="2025 前期",
                ),
                Result(
                    id=f"urn:uuid:{uuid.UUID(int=500_000 + number)}",
                    name="GPA",
                    value="3.8",
                    description_id="urn:uuid:6f1d1a5e-1f55-4b7b-9a43-6a1f3c9f4a01",
                ),
            ),
            evidence=(Evidence(id="urn:uuid:0b0f9d7c-5a0f-4d4b-8f0a-2f8f3f8d5e11", name="卒業論文"),),
            narrative="優秀な成績で卒業した。",
            status=tuple(self.status_entry(purpose, number) for purpose in PURPOSES),
        )
        return replace(award, **changes)

    def status_entry(self, purpose: str, index: int) -> StatusEntry:
        """Give an entry of one of the university's lists."""
        return StatusEntry(
            id=f"{self.list_id(purpose)}#{index}",
            kind="BitstringStatusListEntry",
            purpose=purpose,
            list_id=self.list_id(purpose),
            index=index,
        )

    def sealed(self, award: Award | None = None, form: str = "open-badges-3") -> bytes:
        """Give an award sealed in a format."""
        return format_named(form).write([award or self.award()], self.sealing)[0].data

    def fetcher(self) -> MemoryFetcher:
        """Give the world in which the university's documents are all there is."""
        return MemoryFetcher(self.documents, now=lambda: self.now, source="documents")

    def verify(self, data: bytes, *, at: datetime | None = None) -> Report:
        """Give the strict verifier's report, in that world."""
        return verify(data, now=at or self.now, fetcher=self.fetcher())


def parts_key(did: str) -> CredentialKey:
    """Give a P-256 key that signs credentials part by part."""
    signer = KeptSigner(ec.derive_private_key(0xA0BB, ec.SECP256R1()))
    return CredentialKey(signer=signer, verification_method=f"{did}#parts-1")


def document_key(key_id: str) -> DocumentKey:
    """Give a P-256 key with a self-made certificate that names where the key is published."""
    private = ec.derive_private_key(0xA0BA, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Aoba University")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(key_id)]), critical=False)
        .sign(private, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return DocumentKey(signer=KeptSigner(private), certificates=(der,))


def achievement() -> Achievement:
    """Give a bachelor's degree as its catalog has it."""
    return Achievement(
        id="https://aoba.example/achievements/bsc-engineering",
        type="BachelorDegree",
        name=Text.of(ja="学士（工学）"),
        description=Text.of(ja="工学部の課程を修めた者に授与する学位。"),
        criteria=Text.of(ja="124単位以上を修得し、卒業論文の審査に合格すること。"),
        tags=("工学",),
        field_of_study="工学",
        credits_available=124,
        result_descriptions=(
            ResultDescription(
                id="urn:uuid:6f1d1a5e-1f55-4b7b-9a43-6a1f3c9f4a01",
                name="成績平均",
                type="GradePointAverage",
            ),
        ),
    )
