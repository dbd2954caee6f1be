# SPDX-License-Identifier: Apache-2.0
"""How the pages of an institution's documents look, for programs: paper, words, seal, signatory, language."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from gakusho.issuer import institutions, look, templates, wording
from gakusho.issuer.access import Actor, Role, require
from gakusho.issuer.institutions import InstitutionView
from gakusho.issuer.look import Get, Look
from gakusho.model.award import SealImage
from gakusho.model.document import DocumentKind, orientations_for, papers_for
from gakusho.model.text import Text
from gakusho.web.api.access import scoped
from gakusho.web.api.rest import PROBLEMS
from gakusho.web.state import state_of

router = APIRouter(prefix="/api", tags=["desk"])

ReadsAwards = Annotated[Actor, Depends(scoped("awards:read"))]
WritesDocuments = Annotated[Actor, Depends(scoped("documents:write"))]
_LONGEST_WORDS = wording.MOST_LINES * (wording.LONGEST + 1)
_LONGEST_SEAL = 540_000
"""Characters of a picture in base64."""


class SealOut(BaseModel):
    """The picture of the seal (印影)."""

    media_type: str
    digest: str
    """SHA-256 of the picture, hexadecimal."""
    size: int | None
    place: str


class PagesOut(BaseModel):
    """How documents of one kind look; seal, signatory and language are those of all kinds."""

    kind: str
    version: int
    """Counts the changes of any of it; 0: all is as the templates have it."""
    templates_version: int
    """Counts the institution's own templates; 0: the built-in ones are in use."""
    paper: str
    papers: tuple[str, ...]
    orientation: str
    """Empty: as the template has it."""
    orientations: tuple[str, ...]
    language: str
    """What a batch begins with."""
    words: Mapping[str, str]
    signatory_name: str
    signatory_name_en: str
    signatory_title: Mapping[str, str]
    seal: SealOut | None

    @classmethod
    def of(cls, view: InstitutionView, kind: str, get: Get) -> Self:
        """Give it from the institution's settings."""
        kept = look.look_of(view.settings, kind, get)
        seal = kept.seal
        return cls(
            kind=kind,
            version=wording.wording_version(view.settings),
            templates_version=templates.version(view.settings),
            paper=kept.paper,
            papers=papers_for(kind),
            orientation=kept.orientation,
            orientations=tuple(filter(None, orientations_for(kind))),
            language=kept.language,
            words=wording.worded(view.settings, kind).as_dict(),
            signatory_name=kept.signatory_name,
            signatory_name_en=kept.signatory_name_en,
            signatory_title=kept.signatory_title.as_dict(),
            seal=SealOut(
                media_type=seal.image.media_type,
                digest=hashlib.sha256(seal.image.data).hexdigest(),
                size=seal.size,
                place=seal.place,
            )
            if seal
            else None,
        )


class SealIn(BaseModel):
    """The picture of the seal; without one the picture there is stays."""

    image: str | None = Field(None, max_length=_LONGEST_SEAL, description="PNG or SVG, in base64.")
    size: int | None = Field(None, description="Millimeters of its side; null: as the template has it.")
    place: str = Field("over", max_length=20, description="`over` the end of the name, or `beside` it.")


class BothIn(BaseModel):
    """Words in Japanese and in English; empty ones are left out."""

    ja: str = Field("", max_length=_LONGEST_WORDS)
    en: str = Field("", max_length=_LONGEST_WORDS)


class PagesIn(BaseModel):
    """How documents of this kind are to look; what is left out stays as it is."""

    paper: str | None = Field(None, max_length=20, description="`a4`, `a3`, `b4`, `b5` or `letter`.")
    orientation: str | None = Field(
        None, max_length=20, description="`portrait`, `landscape`, or empty: as the template has it."
    )
    language: str | None = Field(None, max_length=10, description="Of all kinds: `ja`, `en` or `ja-en`.")
    words: BothIn | None = None
    signatory_name: str | None = Field(None, max_length=200)
    signatory_name_en: str | None = Field(None, max_length=200)
    signatory_title: BothIn | None = None
    seal: SealIn | None = Field(None, description="Of all kinds; null: the one drawn from the name.")

    def on(self, kept: Look) -> Look:
        """Give the look changed so. Raises: UnreadableError, LimitError for a picture that is no seal."""
        names = ("paper", "orientation", "language", "signatory_name", "signatory_name_en")
        said: dict[str, Any] = {
            name: getattr(self, name) for name in names if getattr(self, name) is not None
        }
        if self.signatory_title is not None:
            said["signatory_title"] = Text.of(self.signatory_title.model_dump())
        if "seal" in self.model_fields_set:
            said["seal"] = None if self.seal is None else _seal(self.seal, kept.seal)
        return replace(kept, **said)


@router.get("/v1/documents/pages/{kind}", responses=PROBLEMS)
def get_pages(request: Request, actor: ReadsAwards, kind: DocumentKind) -> PagesOut:
    """Give how documents of a kind look: paper, orientation, words, seal, signatory, language."""
    here = state_of(request)
    with here.work(read_only=True) as work:
        view = institutions.institution(work, actor.institution_id)
        return PagesOut.of(view, kind, here.workplace.files.get)


@router.put("/v1/documents/pages/{kind}", responses=PROBLEMS)
def put_pages(request: Request, actor: WritesDocuments, kind: DocumentKind, body: PagesIn) -> PagesOut:
    """Let documents of a kind look so from now on; what was issued or approved keeps its look."""
    require(actor, Role.ADMINISTER)
    here = state_of(request)
    with here.work() as work:
        view = institutions.institution(work, actor.institution_id)
        kept = look.look_of(view.settings, kind, here.workplace.files.get)
        words = wording.worded(view.settings, kind)
        said, wished = words if body.words is None else Text.of(body.words.model_dump()), body.on(kept)
        if (said, wished) != (words, kept):
            view = look.change(work, actor, kind, said, wished)
        return PagesOut.of(view, kind, here.workplace.files.get)


def _seal(given: SealIn, kept: SealImage | None) -> SealImage:
    if given.image is None and kept is not None:
        return SealImage(image=kept.image, size=given.size, place=given.place)
    data = (given.image or "").encode()
    with suppress(binascii.Error):  # what is no base64 is no picture either, and refused as that
        data = base64.b64decode(data, validate=True)
    return SealImage(image=look.check_seal(data)[0], size=given.size, place=given.place)
