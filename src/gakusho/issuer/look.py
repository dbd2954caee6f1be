# SPDX-License-Identifier: Apache-2.0
"""The look of documents: seal (印影), signatory, paper; with the words they have one version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import formats, set_on_pages
from gakusho.issuer import institutions, wording
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.institutions import InstitutionView
from gakusho.model.achievement import Image
from gakusho.model.award import Award, SealImage
from gakusho.model.document import DOCUMENT_KINDS, DOCUMENT_LANGUAGES, orientations_for, papers_for
from gakusho.model.text import Text
from gakusho.store.work import Work

SMALLEST_SEAL, LARGEST_SEAL = 12, 40
"""Millimeters of its side."""
PLACES = ("over", "beside")
_LONGEST = 100
Get = Callable[[str], bytes]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How documents of one kind look, beside their words."""

    paper: str = "a4"
    orientation: str = ""
    """Empty: as the template has it."""
    seal: SealImage | None = None
    signatory_name: str = ""
    signatory_name_en: str = ""
    signatory_title: Text = field(default_factory=Text)
    language: str = "ja"
    """What a batch begins with."""

    def on(self, award: Award) -> Award:
        """Give an award whose document looks so."""
        return replace(
            award,
            document=replace(
                award.document,
                paper=self.paper,
                orientation=self.orientation,
                seal=self.seal,
                signatory_name=self.signatory_name,
                signatory_name_en=self.signatory_name_en,
                signatory_title=self.signatory_title,
            ),
        )


def look_of(settings: Mapping[str, Any], kind: str, get: Get) -> Look:
    """Give how documents of a kind look; ``get`` gives the picture of the seal by its digest."""
    kept = settings.get(wording.SETTING, {})
    title = settings.get("signatory_title")
    return Look(
        paper=kept.get("papers", {}).get(kind, "a4"),
        orientation=kept.get("orientations", {}).get(kind, ""),
        seal=_seal_from(kept.get("seal"), get),
        signatory_name=str(settings.get("signatory_name") or ""),
        signatory_name_en=str(settings.get("signatory_name_en") or ""),
        signatory_title=Text.of(title) if isinstance(title, Mapping) else Text(),
        language=str(settings.get("document_language") or "ja"),
    )


def check_seal(data: bytes) -> tuple[Image, bool]:
    """Give a picture fit to be a seal, and whether it is too coarse to be printed sharply.

    Raises: UnreadableError, LimitError saying why it is not.
    """
    [pages, *_] = set_on_pages(formats())
    return pages.check_seal(data)


def check(view: InstitutionView, kind: str, words: Text, look: Look) -> None:
    """Let words and a look pass that a page of this kind can have. Raises: InputError."""
    wording.check_wording(view, kind, words)
    if look.paper not in papers_for(kind):
        raise _wrong("The document is not set on this paper.", "document-paper", look.paper, papers_for(kind))
    if look.orientation not in orientations_for(kind):
        raise _wrong(
            "The document is not set on paper held so.",
            "document-orientation",
            look.orientation,
            tuple(filter(None, orientations_for(kind))) or ("as it is",),
        )
    if look.language not in DOCUMENT_LANGUAGES:
        raise _wrong("There is no such language.", "document-language", look.language, DOCUMENT_LANGUAGES)
    if seal := look.seal:
        sizes = range(SMALLEST_SEAL, LARGEST_SEAL + 1)
        if seal.place not in PLACES or (seal.size is not None and seal.size not in sizes):
            expected = (*PLACES, f"{SMALLEST_SEAL}-{LARGEST_SEAL} mm")
            raise _wrong(
                "The seal has no such place or size.", "seal-place", f"{seal.place} {seal.size}", expected
            )
    said = (look.signatory_name, look.signatory_name_en, *(each for _, each in look.signatory_title))
    if any(len(each) > _LONGEST or "\n" in each for each in said):
        longest = f"{max(map(len, said))}"
        raise _wrong("Name or title is too long.", "signatory-long", longest, (f"{_LONGEST} characters",))
    sample = look.on(wording.sample_award(view, kind, "ja-en", words))
    for pages in set_on_pages(formats()):
        for where, characters in pages.unwritable(sample):
            if where.startswith("signatory"):
                raise _wrong("The fonts cannot write this.", "wording-glyph", characters, ("letters",))


def change(work: Work, actor: Actor, kind: str, words: Text, look: Look) -> InstitutionView:
    """Use these words on documents of this kind, this paper, and this seal and signatory on all, from now on.

    The log keeps every version; what was issued or approved keeps its own.
    Raises: ForbiddenError; InputError for what no page could carry.
    """
    require(actor, Role.ADMINISTER)
    row = institutions.row_of(work.session, actor.institution_id, lock=True)
    view = institutions.institution(work, row.id)
    check(view, kind, words, look)
    kept = view.settings.get(wording.SETTING, {})
    papers = {**kept.get("papers", {}), kind: look.paper}
    turned = {**kept.get("orientations", {}), kind: look.orientation}
    said = {
        "words": wording.with_words(kept.get("words", {}), kind, words),
        "papers": {name: paper for name, paper in papers.items() if paper != "a4" and name in DOCUMENT_KINDS},
        "orientations": {name: held for name, held in turned.items() if held and name in DOCUMENT_KINDS},
        "seal": _seal_to(work, look.seal),
    }
    signatory = {
        "signatory_name": look.signatory_name,
        "signatory_name_en": look.signatory_name_en or None,
        "signatory_title": look.signatory_title.as_dict(),
    }
    version = wording.wording_version(view.settings) + 1
    detail = {"document": kind, "version": version, "words": words.as_dict(), "paper": look.paper}
    detail |= {"orientation": look.orientation} if look.orientation else {}
    record(work, actor, "document.look", row.id, {**detail, "seal": said["seal"], **signatory})
    settings = {wording.SETTING: {"version": version, **{name: each for name, each in said.items() if each}}}
    language = None if look.language == "ja" else look.language
    return institutions.change(work, actor, settings={**settings, **signatory, "document_language": language})


def _seal_to(work: Work, seal: SealImage | None) -> dict[str, Any] | None:
    if seal is None:
        return None
    said = {"file": work.files.put(seal.image.data), "media_type": seal.image.media_type, "place": seal.place}
    return said if seal.size is None else {**said, "size": seal.size}


def _seal_from(kept: Any, get: Get) -> SealImage | None:
    if not isinstance(kept, Mapping):
        return None
    image = Image(media_type=str(kept["media_type"]), data=get(str(kept["file"])))
    return SealImage(image=image, size=kept.get("size"), place=str(kept.get("place", "over")))


def _wrong(sentence: str, code: str, got: str, expected: tuple[str, ...]) -> InputError:
    return InputError(sentence, code=code, facts={"got": got[:100], "expected": ", ".join(expected)})
