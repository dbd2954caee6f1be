# SPDX-License-Identifier: Apache-2.0
"""``gakusho pages``: how the pages of a server's documents look: paper, seal, signatory, language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gakusho.cli.documents import AsJson, Data, DatabaseUrl, Slug, institution_of, opened, operator_of
from gakusho.cli.terminal import EXIT_DONE, UsageError, say, say_json

if TYPE_CHECKING:
    from gakusho.issuer.institutions import InstitutionView
    from gakusho.issuer.look import Look
    from gakusho.model.award import SealImage
    from gakusho.store.work import Workplace

app = typer.Typer(
    help="Look at and choose how the pages of a server's documents look.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Kind = Annotated[str, typer.Argument(metavar="KIND", help="Such as graduation or transcript.")]
_LARGEST_SEAL = 1_000_000


@app.command("show")
def show(
    kind: Kind,
    *,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
    as_json: AsJson = False,
) -> int:
    """Show how documents of a kind look."""
    from gakusho.issuer import institutions

    with opened(data, database) as place, place.work(read_only=True) as work:
        view = institutions.institution(work, institution_of(work, institution))
        return _said(place, view, _known(kind), as_json=as_json)


@app.command("choose")
def choose(  # noqa: PLR0913  # one parameter an option
    kind: Kind,
    *,
    paper: Annotated[str | None, typer.Option(help="a4, a3, b4, b5 or letter.")] = None,
    orientation: Annotated[str | None, typer.Option(help="portrait, landscape or usual.")] = None,
    language: Annotated[str | None, typer.Option(help="What a batch begins with: ja, en or ja-en.")] = None,
    signatory: Annotated[str | None, typer.Option(metavar="NAME", help="Who signs documents.")] = None,
    signatory_en: Annotated[str | None, typer.Option(metavar="NAME", help="The same in English.")] = None,
    title_ja: Annotated[str | None, typer.Option(metavar="WORDS", help="Office, such as 学長.")] = None,
    title_en: Annotated[str | None, typer.Option(metavar="WORDS", help="Office in English.")] = None,
    seal: Annotated[Path | None, typer.Option(metavar="FILE", help="The seal, PNG or SVG.")] = None,
    seal_size: Annotated[int | None, typer.Option(metavar="MM", help="Its side; 0: as the template.")] = None,
    seal_place: Annotated[str | None, typer.Option(help="over or beside the name.")] = None,
    no_seal: Annotated[bool, typer.Option("--no-seal", help="Draw one from the name again.")] = False,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Let documents of a kind look so from now on; what is left out stays as it is.

    Seal, signatory and language are those of all kinds.
    """
    from gakusho.issuer import institutions, look, wording
    from gakusho.model.text import Text

    said: dict[str, Any] = {
        "paper": paper,
        "orientation": "" if orientation == "usual" else orientation,
        "language": language,
        "signatory_name": signatory,
        "signatory_name_en": signatory_en,
    }
    with opened(data, database) as place, place.work() as work:
        found = institution_of(work, institution)
        view = institutions.institution(work, found)
        kept = look.look_of(view.settings, _known(kind), place.files.get)
        titles = {"ja": title_ja, "en": title_en}
        given = {tag: words for tag, words in titles.items() if words is not None}
        changed = replace(
            kept,
            **{name: value for name, value in said.items() if value is not None},
            signatory_title=Text.of({**kept.signatory_title.as_dict(), **given}),
            seal=None if no_seal else _seal(kept, seal, seal_size, seal_place),
        )
        words = wording.worded(view.settings, kind)
        view = look.change(work, operator_of(found), kind, words, changed)
        return _said(place, view, kind)


def _known(kind: str) -> str:
    from gakusho.model.document import DOCUMENT_KINDS

    if kind not in DOCUMENT_KINDS:
        known = ", ".join(DOCUMENT_KINDS)
        raise UsageError(f"There is no document {kind!r}.", action=f"Name one of {known}.")
    return kind


def _seal(kept: Look, file: Path | None, size: int | None, place: str | None) -> SealImage | None:
    from gakusho.issuer import look
    from gakusho.model.award import SealImage

    before = kept.seal
    if file is not None:
        try:
            with file.open("rb") as opened_file:
                image = look.check_seal(opened_file.read(_LARGEST_SEAL))[0]
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}.", action="Check the path.") from error
    elif before is not None:
        image = before.image
    elif size is None and place is None:
        return None
    else:
        raise UsageError("There is no picture of a seal.", action="Name one with --seal.")
    usual = before.size if before else None
    return SealImage(
        image=image,
        size=usual if size is None else size or None,
        place=place or (before.place if before else "over"),
    )


def _said(place: Workplace, view: InstitutionView, kind: str, *, as_json: bool = False) -> int:
    from gakusho.issuer import look, templates, wording

    kept = look.look_of(view.settings, kind, place.files.get)
    version, own = wording.wording_version(view.settings), templates.version(view.settings)
    seal = kept.seal
    if as_json:
        plain = ("paper", "orientation", "language", "signatory_name", "signatory_name_en")
        say_json(
            {
                "kind": kind,
                "version": version,
                "templates_version": own,
                **{name: getattr(kept, name) for name in plain},
                "signatory_title": kept.signatory_title.as_dict(),
                "words": wording.worded(view.settings, kind).as_dict(),
                "seal": {"size": seal.size, "place": seal.place} if seal else None,
            }
        )
        return EXIT_DONE
    say(f"paper      {kept.paper}, {kept.orientation or 'held as the template has it'}")
    say(f"language   {kept.language}")
    say(f"signatory  {kept.signatory_title.joined(' / ')} {kept.signatory_name} {kept.signatory_name_en}")
    picture = f"{seal.size or 'usual'} mm, {seal.place} the name" if seal else "drawn from the name"
    say(f"seal       {picture}")
    say(f"version    {version}; templates: {f'version {own} of your own' if own else 'built-in'}")
    return EXIT_DONE
