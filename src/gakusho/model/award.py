# SPDX-License-Identifier: Apache-2.0
"""The one fact a university knows: this learner earned this achievement, on this day, with this result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from gakusho.model.achievement import Achievement, Image
from gakusho.model.alignment import Alignment
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner
from gakusho.model.text import Text


@dataclass(frozen=True, kw_only=True)
class Result:
    """One result: a grade, a number of credits, a course passed (in a transcript one a course)."""

    id: str
    name: str
    value: str
    credits: str | None = None
    term: str | None = None
    description_id: str | None = None
    """Id of the ``ResultDescription`` it fills."""
    achieved_level: str | None = None
    """Id of the ``RubricCriterionLevel`` reached."""
    status: str | None = None
    """One of ``RESULT_STATUSES``."""
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What a narrative (記載事項) is put together from, each in the languages it is given in."""

    faculty: Text = field(default_factory=Text)
    major: Text = field(default_factory=Text)
    degree: Text = field(default_factory=Text)
    remarks: Text = field(default_factory=Text)

    def words(self) -> Text:
        """Give the narrative in Japanese, and in English if any of it is: what has no English stays so."""
        said = {}
        for language, other, between in (("ja", "en", " "), ("en", "ja", ", ")):
            place = [each.best(language, other) for each in (self.faculty, self.major, self.degree)]
            lines = (between.join(filter(None, place)), self.remarks.best(language, other))
            if any(each.get(language) for each in vars(self).values()):
                said[language] = "\n".join(filter(None, lines))
        return Text.of(said)

    def narrative(self) -> str | None:
        """Give all of it as one text, a blank line between the languages."""
        return self.words().joined("\n\n") or None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What shows that it was earned."""

    id: str
    name: str | None = None
    description: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class StatusEntry:
    """Where to look whether an award still holds."""

    id: str
    kind: str
    """Name of the ``STATUS``: ``BitstringStatusListEntry`` …"""
    purpose: str
    """``revocation``, ``suspension`` or ``refresh`` (a newer one replaces it)."""
    list_id: str
    """URL of the status list credential."""
    index: int
    """-1 where the list goes by credential ids, or the entry states no position."""
    size: int = 1
    """Bits of an entry."""
    messages: tuple[tuple[int, str], ...] = ()
    """What each value means, where the purpose is ``message``."""
    references: tuple[str, ...] = ()
    """Where more is said about the status; shown, never fetched."""
    credential_id: str = ""
    """Id of the credential, for lists that go by it."""


@dataclass(frozen=True, kw_only=True)
class SealImage:
    """The institution's picture of its seal (印影), as documents show it beside the signatory's name."""

    image: Image
    size: int | None = None
    """Side in millimeters on A4; None: as the template has it."""
    place: str = "over"
    """``over`` the end of the name, as a seal is set in Japan, or ``beside`` it."""


@dataclass(frozen=True, kw_only=True)
class OwnTemplates:
    """The institution's own templates of its pages."""

    version: int
    """Counts the institution's changes of them."""
    packed: bytes
    """The files, as the format of pages packs them."""


@dataclass(frozen=True, kw_only=True)
class DocumentDetails:
    """What is printed on a certificate beyond the award itself."""

    kind: str = "degree-certificate"
    """One of ``gakusho.model.document.DOCUMENT_KINDS``."""
    language: str = "ja"
    """``ja``, ``en`` or ``ja-en`` (bilingual)."""
    signatory_name: str = ""
    signatory_name_en: str = ""
    """On English documents; empty: as above."""
    signatory_title: Text = field(default_factory=Text)
    addressee: str | None = None
    purpose: str | None = None
    wording: Text = field(default_factory=Text)
    """The institution's own certifying words, line by line; ``{achievement}`` stands for the name."""
    wording_version: int = 0
    """Counts the institution's changes of words and look; 0: all is the template's."""
    paper: str = "a4"
    """One of ``gakusho.model.document.PAPERS``."""
    orientation: str = ""
    """One of ``gakusho.model.document.ORIENTATIONS``; empty: as the template has it."""
    seal: SealImage | None = None
    """None: one that is drawn from the institution's name."""
    templates: OwnTemplates | None = None
    """None: the built-in ones."""


ASSOCIATION_TYPES = (
    # CLR 2.0, AssociationType
    "exactMatchOf",
    "isChildOf",
    "isParentOf",
    "isPartOf",
    "isPeerOf",
    "isRelatedTo",
    "precedes",
    "replacedBy",
)


@dataclass(frozen=True, kw_only=True)
class Association:
    """How one achievement of a transcript stands to another: source *type* target."""

    type: str
    """One of ``ASSOCIATION_TYPES``, or ``ext:…``."""
    source: str
    """Id of an achievement."""
    target: str
    """Id of an achievement."""


@dataclass(frozen=True, kw_only=True)
class Award:
    """One award, as the institution records it: every format is a way of writing this down."""

    id: str
    """``urn:uuid:…``, the credential's id in every format."""
    issuer: Issuer
    learner: Learner
    achievement: Achievement
    awarded_on: date
    valid_from: datetime
    """UTC."""
    valid_until: datetime | None = None
    issue_number: str | None = None
    """文書発行番号."""
    results: tuple[Result, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    narrative: str | None = None
    particulars: Particulars | None = None
    """What the narrative was put together from, where that is known: no format says it apart."""
    endorsements: tuple[bytes, ...] = ()
    """What others say of this award, each a signed ``EndorsementCredential``: JSON, or a compact JWS."""
    status: tuple[StatusEntry, ...] = ()
    document: DocumentDetails = field(default_factory=DocumentDetails)
    components: tuple[Award, ...] = ()
    """What it is made of, in order, if it is a transcript: courses, micro-credentials … each an award."""
    associations: tuple[Association, ...] = ()
    """How the achievements of a transcript stand to each other."""
    partial: bool = True
    """Whether a transcript may leave out what the issuer has awarded; False: it says that all is here."""
