# SPDX-License-Identifier: Apache-2.0
"""Ways to write a credential down; one file is one format, found because it lies here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Protocol, runtime_checkable

from gakusho import plugins
from gakusho.errors import KeyMaterialError, UnknownFormatError
from gakusho.fetch import Fetched
from gakusho.formats._signing import NO_ANCHORS as NO_ANCHORS  # callers find them here
from gakusho.formats._signing import Anchors as Anchors
from gakusho.formats._signing import DocumentKey as DocumentKey
from gakusho.formats._signing import Level as Level
from gakusho.model.achievement import Image
from gakusho.model.award import Award, StatusEntry
from gakusho.model.document import CodePlace
from gakusho.model.endorsement import Endorsement
from gakusho.model.issuer import Issuer
from gakusho.model.problem import Problem
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed
from gakusho.model.signed_document import DocumentText, SignedDocument
from gakusho.proof import MethodLookup, Signer
from gakusho.proof.keys import PublicKey
from gakusho.proof.revocation import Revocations
from gakusho.proof.timestamps import Stamp, Timestamper


@dataclass(frozen=True, kw_only=True)
class CredentialKey:
    """The key that signs credentials, and the id under which its public half is published."""

    signer: Signer
    verification_method: str
    suite: str | None = None
    """The Data Integrity suite to sign with; without one, the usual one for this kind of key."""


def _no_link(_: Award) -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Sealing:
    """Everything from outside that writing needs: the time, the keys, the papers, what is already written."""

    now: datetime
    credential_key: CredentialKey
    document_key: DocumentKey | None = None
    more_keys: tuple[CredentialKey, ...] = ()
    """The issuer's keys of other kinds, for formats that need them (P-256 for selective disclosure …)."""
    verification_link: Callable[[Award], str | None] = _no_link
    """The address of the public verification page of an award, drawn as a QR code."""
    verification_code: Callable[[Award], str | None] = _no_link
    """What is typed in place of that address, as it is printed; ``gakusho.model.verification_code``."""
    papers: Mapping[str, bytes] = field(default_factory=dict)
    """The institution's own PDFs by award id; without one, the page is set from a template."""
    code_place: CodePlace | None = None
    """Where the QR code is stamped on those PDFs; None: in the lower right corner."""
    companions: Mapping[str, tuple[Sealed, ...]] = field(default_factory=dict)
    """What was already written of an award, for formats that carry others inside."""
    hosting: str | None = None
    """Where the institution publishes hosted badges: ``https://host/path``; None: beside its did:web."""

    prints_code: bool = False
    """Whether pages show a code that proves itself, which says all of the award; see ``OnPaper``."""

    name_always_shown: bool = True
    """For formats whose holder can hold parts back: the learner's name is not one of them."""

    def key_for(self, *algorithms: str) -> CredentialKey:
        """Give the issuer's first key of one of these kinds, in their order. Raises: KeyMaterialError."""
        keys = (self.credential_key, *self.more_keys)
        for algorithm in algorithms:
            for key in keys:
                if key.signer.public_key.algorithm == algorithm:
                    return key
        had = ", ".join(key.signer.public_key.algorithm for key in keys)
        raise KeyMaterialError(
            f"This format needs a key of another kind: got {had}, expected {' or '.join(algorithms)}.",
            code="key-kind",
            action="Choose another format, or issue as a did:web institution, which publishes several keys.",
            facts={"got": had, "expected": ", ".join(algorithms)},
        )


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Everything from outside that checking needs."""

    now: datetime
    lookup: MethodLookup
    fetch: Callable[[str], Fetched] | None = None
    """Asks an address, for formats of which a part lies elsewhere; None: nobody is asked."""
    anchors: Anchors = NO_ANCHORS
    """For formats that are signed with certificates."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the bytes say, before anything is believed."""

    award: Award
    status: tuple[StatusEntry, ...] = ()
    carried: tuple[bytes, ...] = ()
    """Credentials inside this one, each to be verified by itself."""
    claims: Mapping[str, Any] = field(default_factory=dict)
    """The signed claims as they stand in the format."""
    domain: str | None = None
    """The host at which the issuer describes itself, when the issuer's id is an address there."""


@dataclass(frozen=True, kw_only=True)
class Familiar:
    """What was found of a credential like many before it: all is well with it."""

    reading: Reading
    """Its award and status; its claims are not spelled out."""
    checks: list[Check]
    """What ``Format.checks`` gives."""
    carried: Sequence[Enclosed] = ()


class Enclosed(NamedTuple):
    """What was found of a credential inside one like many before it, whether all is well with it or not.

    It says nothing of its status, carries nothing, and was not signed by its issuer.
    """

    data: bytes
    format: str
    award: Award
    checks: list[Check]
    """What ``Format.checks`` gives."""


@runtime_checkable
class Format(Protocol):
    """One way to write a credential down (``FORMAT`` in ``formats/``)."""

    name: str
    media_type: str
    extension: str

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are of this format; quick, never raises."""

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award sealed. Raises: InputError with a reason when one cannot be written."""

    def read(self, data: bytes) -> Reading:
        """Give what the signed part says. Raises: InputError when the bytes are broken."""

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Run this format's own checks, all of them; never raises for a bad credential."""


@runtime_checkable
class Bakes(Protocol):
    """A format that can be put inside a badge image (PNG ``iTXt``, SVG element)."""

    def is_image(self, data: bytes) -> bool:
        """Tell whether the bytes are an image that may hold a credential; quick, never raises."""

    def check_image(self, image: bytes) -> str:
        """Give the media type of an image fit to be a badge. Raises: UnreadableError, LimitError."""

    def bake(self, sealed: bytes, image: bytes) -> bytes:
        """Give the image with the credential inside. Raises: UnreadableError, LimitError."""

    def unbake(self, image: bytes) -> bytes:
        """Give the credential inside an image. Raises: UnreadableError, LimitError."""


@runtime_checkable
class OnPaper(Protocol):
    """A format whose bytes are the text of a QR code: printed on paper, and read from a picture of it."""

    def is_picture(self, data: bytes) -> bool:
        """Tell whether the bytes are a picture that may show such a code; quick, never raises."""

    def in_picture(self, data: bytes) -> bytes:
        """Give what the code in a picture says. Raises: UnreadableError, LimitError."""

    def cautions(self, reading: Reading) -> list[Check]:
        """Give what a reader has to look at on the paper, which the code does not prove."""


@runtime_checkable
class Shows(Protocol):
    """A format whose bytes are a document with a look of its own, of which a signature closes a revision."""

    def signed_document(self, data: bytes, checks: Sequence[Check]) -> SignedDocument | None:
        """Give what is shown of the bytes, on which ``checks`` were told; never raises."""

    def document_text(self, revision: bytes) -> DocumentText:
        """Give the words of a revision's pages, none where it cannot be read; never raises.

        It takes more work than all the checks, so it is read for those who ask; the work is bounded.
        """


@runtime_checkable
class Recurs(Protocol):
    """A format whose credentials come in numbers, and that checks one like many before it in less work."""

    def familiar(self, data: bytes, asking: Asking) -> Familiar | None:
        """Give what recognizing, reading and checking the bytes give, if they are known and all is well.

        None says nothing about them. Never raises.
        """

    def remember(self, data: bytes, asking: Asking) -> None:
        """Take note of bytes that were found to be all well, of which nothing was known."""


@runtime_checkable
class Presents(Protocol):
    """A format in which a holder shows credentials of any format."""

    def is_presentation(self, data: bytes) -> bool:
        """Tell whether the bytes are a presentation in this format; quick, never raises."""

    def presented(self, data: bytes) -> list[bytes]:
        """Give the credentials (or presentations) inside, each by itself. Raises: InputError."""

    def presentation_checks(
        self, data: bytes, asking: Asking, *, challenge: str | None, domain: str | None
    ) -> list[Check]:
        """Check form, proof and holder of the presentation itself. Raises: InputError when it is broken."""


@dataclass(frozen=True, kw_only=True)
class Disclosable:
    """One thing a credential says that its holder may show or hold back."""

    pointer: str
    """JSON pointer into the credential's members; what ``disclose`` takes."""
    value: str
    """What it says, for a person to read."""
    kind: str = ""
    """What it is: its member, of identifiers their type, of names that are no person's whose they are."""
    mandatory: bool = False
    """The issuer wants it shown always."""


@runtime_checkable
class Discloses(Protocol):
    """A format whose holder can show a part of a credential and hold the rest back."""

    def disclosable(self, data: bytes) -> list[Disclosable]:
        """Give what can be shown or held back, in the order of the credential. Raises: InputError."""

    def disclose(self, data: bytes, pointers: Sequence[str]) -> bytes:
        """Give the credential with only the mandatory and the chosen parts.

        Raises: InputError for a pointer that leads nowhere, or a credential already derived.
        """


def to_show(form: object, data: bytes) -> bytes:
    """Give what a verifier is shown of a credential of this format when nothing is held back.

    It is the bytes themselves, unless what the issuer gives the holder is only to derive from.
    """
    if not isinstance(form, Discloses):
        return data
    return form.disclose(data, [one.pointer for one in form.disclosable(data)])


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """A hosted or signed badge that the issuer does not stand by any more."""

    award_id: str
    reason: str | None = None


@runtime_checkable
class Hosted(Protocol):
    """A format of which a part lies at addresses of the issuer's, and is asked for there."""

    def read_hosted(self, data: bytes, asking: Asking) -> Reading:
        """Give what ``read`` gives, with what lies elsewhere. Raises: InputError."""

    def documents(self, data: bytes) -> dict[str, bytes]:
        """Give what the issuer must publish for these bytes to verify, by address. Raises: InputError."""

    def institution_documents(
        self,
        hosting: str,
        issuer: Issuer,
        keys: Sequence[PublishedMultikey],
        withdrawn: Sequence[Withdrawn] = (),
    ) -> dict[str, bytes]:
        """Give what the issuer publishes once for all of its awards, by address. Raises: InputError."""

    def shared(self, data: bytes) -> list[bytes]:
        """Give what many of these badges have in common, to be kept under its SHA-256. Raises: InputError."""

    def shared_document(self, address: str, kept: bytes) -> bytes | None:
        """Give what to publish at an address, from what was kept; None when it is not of that address.

        Raises: InputError when it is nothing of this format.
        """

    def withdrawal(self, hosting: str, withdrawn: Withdrawn) -> dict[str, bytes]:
        """Give what stands where the badge was hosted, to be answered with 410, by address."""


@dataclass(frozen=True, kw_only=True)
class PublishedMultikey:
    """A public key of the issuer's: the id of its verification method, and its Multikey form."""

    id: str
    multikey: str


@runtime_checkable
class Encloses(Protocol):
    """A format that secures any credential or presentation as it stands. VC-JOSE-COSE 1.0."""

    def enclose(
        self, document: Mapping[str, Any], *, key: CredentialKey, selective: Sequence[str] = ()
    ) -> bytes:
        """Give the signed bytes; ``selective`` are JSON pointers to what can be held back.

        Raises: InputError naming every rule it breaks, or where the format can hold nothing back;
        UndefinedTermError, KeyMaterialError.
        """

    def enclosed(self, data: bytes) -> Mapping[str, Any]:
        """Give the document inside, as far as it is shown; nothing is believed yet. Raises: InputError."""


@runtime_checkable
class Endorses(Protocol):
    """A format in which one says, signed, what it thinks of another's award, achievement or issuer."""

    def endorse(self, endorsement: Endorsement, sealing: Sealing) -> Sealed:
        """Give the endorsement sealed. Open Badges 3.0, EndorsementCredential.

        Raises: InputError when it says too little; UndefinedTermError, KeyMaterialError.
        """


@runtime_checkable
class Binds(Protocol):
    """A format whose credential can be bound to a key of its holder, who signs whenever it is shown."""

    def write_bound(self, award: Award, sealing: Sealing, holder: PublicKey) -> Sealed:
        """Give the award sealed for the one who has the key. Raises: InputError."""

    def show(self, data: bytes, *, holder: Signer, challenge: str, domain: str, now: datetime) -> bytes:
        """Give the credential as shown to one verifier (``domain``), in answer to ``challenge``.

        Raises: KeyMaterialError when it is bound to another key or to none; UnreadableError.
        """


@runtime_checkable
class Transcribes(Protocol):
    """A format that says what a transcript is made of, each component signed by itself."""

    max_components: int
    """How many components one transcript may have."""


@runtime_checkable
class ListsStatus(Protocol):
    """A format in which status lists come that are no credentials."""

    def is_status_list(self, data: bytes) -> bool:
        """Tell whether the bytes are such a list; quick, never raises."""

    def read_list(self, data: bytes) -> Reading:
        """Give what the list says, its address as ``id`` of the claims. Raises: InputError."""

    def list_checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check proof and issuer of the list. Raises: InputError."""


@runtime_checkable
class Carries(Protocol):
    """A format whose bytes carry other formats' bytes inside; it is written after them."""

    carries: tuple[str, ...]
    """Media types it carries."""


class Lengthens(Protocol):
    """Gives signed documents more proof, in updates behind what was signed; many documents alike."""

    def raised(self, document: bytes, level: Level) -> bytes:
        """Give a document at a level above the one it has. Raises: UnreachableError, InputError."""

    def extended(self, document: bytes) -> bytes:
        """Give a document of B-LTA with one more time-stamp. Raises: UnreachableError, InputError."""


@runtime_checkable
class Lasts(Protocol):
    """A format of levels, whose documents can be given more proof after they were signed."""

    def lengthening(self, timestamper: Timestamper, revocations: Revocations) -> Lengthens:
        """Give what adds proof by these two."""

    def stamps(self, data: bytes) -> list[Stamp]:
        """Give the time-stamps over a whole document, oldest first. Raises: InputError for a broken one."""


@runtime_checkable
class Pages(Protocol):
    """A format set on pages: from a template, or on the institution's own PDF."""

    def preview(
        self, award: Award, *, verification_link: str | None, verification_code: str | None = None
    ) -> bytes:
        """Give the first page of the award's document as PNG, unsigned.

        Raises: MissingGlyphError, InputError where there is no template for the document.
        """

    def check_paper(self, data: bytes, place: CodePlace | None = None) -> list[Problem]:
        """Give everything wrong with a PDF of the institution's that is to be signed; never raises.

        ``place`` is where the QR code is to be stamped; None: where it usually is.
        """

    def stamped(self, data: bytes, link: str, place: CodePlace | None = None) -> tuple[bytes, int]:
        """Give such a PDF with the QR code on it, unsigned, and the page (from 1). Raises: InputError."""

    def check_seal(self, data: bytes) -> tuple[Image, bool]:
        """Give a picture fit to be a seal (印影), and whether it is too coarse to be printed sharply.

        Raises: UnreadableError, LimitError saying why it is not.
        """

    def unwritable(self, award: Award) -> list[tuple[str, str]]:
        """Give what of the award its fonts cannot write: the field, and the characters spelled out."""


@cache
def formats() -> dict[str, Format]:
    """Give every format there is, by name."""
    import gakusho.formats as package

    return plugins.implementations(package, Format, "FORMAT")


def format_named(name: str) -> Format:
    """Give the format of this name. Raises: UnknownFormatError."""
    try:
        return formats()[name]
    except KeyError:
        known = ", ".join(formats())
        raise UnknownFormatError(
            f"There is no format {name!r}; expected one of {known}.",
            facts={"got": name, "expected": known},
        ) from None


def set_on_pages(names: Iterable[str]) -> list[Pages]:
    """Give those of the formats of these names that are set on pages; a name of none is passed over."""
    found: list[Pages] = []
    for name in names:
        chosen: object = formats().get(name)
        if isinstance(chosen, Pages):
            found.append(chosen)
    return found


def recognize(data: bytes) -> Format:
    """Give the one format that recognizes the bytes. Raises: UnknownFormatError."""
    for candidate in formats().values():
        if candidate.recognizes(data):
            return candidate
    raise UnknownFormatError("No format recognizes these bytes.")
