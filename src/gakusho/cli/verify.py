# SPDX-License-Identifier: Apache-2.0
"""``gakusho verify``: whether a credential is genuine, and still holds."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urljoin, urlsplit

import typer

from gakusho.cli.terminal import (
    EXIT_DONE,
    EXIT_REFUSED,
    EXIT_UNKNOWN,
    Language,
    UsageError,
    language_of,
    say,
    say_json,
    visible,
)

if TYPE_CHECKING:
    from gakusho.fetch import Fetcher
    from gakusho.model.report import Report
    from gakusho.verifier.verify import Inquiry

_MAX_BYTES = 64 * 1_048_576
_LONGEST_TOKEN = 4 * 1_048_576
_LINK = re.compile(rb"<link\b[^>]{0,500}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(rel|type|href)\s*=\s*["']([^"']{0,2000})["']""", re.IGNORECASE)


def verify(  # noqa: PLR0913  # the options of a command
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|URL|-…",
            help="Credentials: PDF, JSON, badge image; an https address, also of a verification page, "
            "or https://HOST/verify#CODE with the verification code of a paper; - for standard input.",
        ),
    ],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line, one an input.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody outside.")] = False,
    documents: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="DID documents and status lists at hand, asked before anybody outside."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Verify as of this time, such as 2026-03-25T09:00:00Z.")
    ] = None,
    time_authorities: Annotated[
        Path | None,
        typer.Option(
            metavar="PEM",
            envvar="GAKUSHO_TIME_AUTHORITIES",
            help="Certificates of the time-stamping authorities to believe.",
        ),
    ] = None,
    signer_authorities: Annotated[
        Path | None,
        typer.Option(
            metavar="PEM",
            envvar="GAKUSHO_SIGNER_AUTHORITIES",
            help="Certificates of the authorities to believe for who signs documents.",
        ),
    ] = None,
    text: Annotated[
        bool,
        typer.Option(
            "--text", help="Give the words of signed documents, too; those that hold no credential are shown."
        ),
    ] = False,
    lang: Annotated[Language | None, typer.Option(help="Language of the answer.")] = None,
) -> int:
    """Verify credentials: exit 0 all valid, 1 one is invalid, 2 one could not be checked."""
    from gakusho.formats import Anchors
    from gakusho.verifier.verify import Inquiry

    now = _moment(at)
    if documents is not None and not documents.is_dir():
        raise UsageError(f"--documents: {documents} is no folder.")
    fetcher = _fetcher(now, documents, offline=offline)
    given = [_Input.read(name, fetcher, offline=offline) for name in inputs]
    language = language_of(lang)
    anchors = Anchors.of(times=_authorities(time_authorities), signers=_authorities(signer_authorities))
    inquiry = Inquiry(now=now, fetcher=fetcher, anchors=anchors)
    return _answered(inquiry, given, language, as_json=as_json, text=text)


def _answered(inquiry: Inquiry, given: list[_Input], language: str, *, as_json: bool, text: bool) -> int:
    """Tell of each input, and give the exit code for all of them."""
    from gakusho.model.report import combined
    from gakusho.verifier.document_text import with_text

    outcomes = []
    for each in given:
        report = inquiry.verify(each.data)
        if text or (report.credential is None and not as_json):  # then there is nothing else to show
            report = with_text(report, each.data)
        outcomes.append(report.outcome)
        if as_json:
            _tell_json(each.name, report, language)
        else:
            _tell(each.name, report, language, several=len(given) > 1)
    codes = {"valid": EXIT_DONE, "invalid": EXIT_REFUSED, "unknown": EXIT_UNKNOWN}
    return codes[combined(outcomes).value]


def _authorities(path: Path | None) -> bytes:
    try:
        return b"" if path is None else path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", action="Check the path.") from error


@dataclass(frozen=True, kw_only=True)
class _Input:
    """One thing to verify, and what it is called."""

    name: str
    data: bytes

    @classmethod
    def read(cls, name: str, fetcher: Fetcher, *, offline: bool) -> _Input:
        """Give the bytes. Raises: UsageError, UnreachableError."""
        if name == "-":
            return cls(name="-", data=_pasted(sys.stdin.buffer.read(_MAX_BYTES + 1)))
        if name.startswith(("https://", "http://")):
            if offline:
                raise UsageError(f"{name} cannot be fetched with --offline.", action="Give a file instead.")
            return cls(name=name, data=_fetched(_of_code(name), fetcher))
        try:
            with Path(name).open("rb") as file:
                return cls(name=name, data=file.read(_MAX_BYTES + 1))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise UsageError(f"{name} cannot be read: {reason}.", action="Check the path.") from error


def _of_code(url: str) -> str:
    """Give the credential's address where ``#`` and a typed code stand behind one. Raises: UsageError."""
    from gakusho.model import verification_code

    address, _, typed = url.partition("#")
    if not address.rstrip("/").endswith("/verify") or not typed:
        return url
    code = verification_code.read(unquote(typed))
    if code is None:
        raise UsageError(f"{typed} is mistyped.", action="Compare the code with the paper.")
    return urljoin(address, f"/api/v1/verify/code/{code}/credential")


def _pasted(data: bytes) -> bytes:
    """Give a token without what was pasted around it; anything else as it is, to the last byte."""
    token = data.strip()
    return token if len(token) <= _LONGEST_TOKEN and token.isascii() and len(token.split()) == 1 else data


def _fetched(url: str, fetcher: Fetcher) -> bytes:
    """Give what stands at an address; of a page that shows a credential, the credential it points at."""
    data = fetcher.fetch(url, max_bytes=_MAX_BYTES).data
    if not data[:1000].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return data
    for link in _LINK.findall(data[:200_000]):
        named = {
            key.lower(): html.unescape(value)
            for key, value in _ATTRIBUTE.findall(link.decode("utf-8", "replace"))
        }
        address = urljoin(url, named.get("href", ""))
        # Only the page's own host: a page could otherwise make its reader vouch for somebody else's file.
        if (
            named.get("rel") == "alternate"
            and named.get("type") in {"application/vc", "application/pdf"}
            and urlsplit(address).netloc == urlsplit(url).netloc
        ):
            return fetcher.fetch(address, max_bytes=_MAX_BYTES).data
    return data


def _fetcher(now: datetime, documents: Path | None, *, offline: bool) -> Fetcher:
    from gakusho.fetch import FolderFetcher, HttpFetcher, LayeredFetcher, OfflineFetcher

    def clock() -> datetime:
        return datetime.now(UTC)

    outside: Fetcher = OfflineFetcher() if offline else HttpFetcher(now=clock)
    if documents is None:
        return outside
    at_hand: Sequence[Fetcher] = (FolderFetcher(documents, now=lambda: now), outside)
    return LayeredFetcher(at_hand)


def _moment(text: str | None) -> datetime:
    """Give the time to verify at; a day means its beginning in UTC. Raises: UsageError."""
    if text is None:
        return datetime.now(UTC)
    expected = f"--at: got {text!r}, expected a time with its zone, such as 2026-03-25T09:00:00Z, or a day."
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(expected) from error
    if moment.tzinfo is None:
        raise UsageError(expected)
    return moment.astimezone(UTC)


_MARKS = {"valid": "✓", "invalid": "✗", "unknown": "?"}
_WORDS = {
    "ja": {"content": "内容", "issuer": "発行者", "document": "署名された文書", "checks": "検証"},
    "en": {"content": "Content", "issuer": "Issuer", "document": "The signed document", "checks": "Checks"},
}


def _tell(name: str, report: Report, language: str, *, several: bool) -> None:
    from gakusho.verifier import sentences

    words = _WORDS[language]
    if several:
        say(visible(name))
    say(f"{_MARKS[report.outcome.value]} {sentences.headline(report, language)}")
    say(f"  {sentences.explanation(report, language)}")
    say(f"  → {sentences.next_step(report, language)}")
    say(f"\n{words['issuer']}\n  {visible(sentences.identity_sentence(report.issuer, language))}")
    for warning in report.warnings:
        say(f"  ! {visible(sentences.sentence(warning, language))}")
    if content := _content(report, language):
        say(f"\n{words['content']}")
        for line in content:
            say(f"  {visible(line)}")
    if document := _document(report, language):
        say(f"\n{words['document']}")
        for line in document:
            say(f"  {visible(line)}".rstrip())
    say(f"\n{words['checks']}")
    _tell_checks(report, language, "  ")
    if several:
        say()


def _tell_checks(report: Report, language: str, margin: str) -> None:
    from gakusho.verifier.sentences import sentence, technical

    for check in report.checks:
        say(f"{margin}{_MARKS[check.outcome.value]} {visible(sentence(check, language))}")
        if detail := technical(check, language):
            say(f"{margin}  ({visible(detail)})")
    for inner in report.carried:
        _tell_checks(inner, language, margin + "  ")


def _content(report: Report, language: str) -> list[str]:
    """Give the signed content in a few lines; none where the signature does not vouch for it."""
    from gakusho.model.dates import wareki, western

    award = report.credential
    if award is None or not report.headline.is_genuine:
        return []
    other = "en" if language == "ja" else "ja"
    person = award.learner.name
    names = [person.full, *(each for each in (person.kana, person.romaji) if each)]
    day = wareki(award.awarded_on) if language == "ja" else western(award.awarded_on)
    lines = [award.achievement.name.best(language, other), " / ".join(names), day]
    if award.issue_number:
        lines.append(award.issue_number)
    return lines


def _document(report: Report, language: str) -> list[str]:
    """Give what is known of a signed document and its words, where these were read."""
    from gakusho.verifier import document_words, sentences

    if report.document is None or report.document.text is None:
        return []
    told = document_words.facts(
        report.document, language, lambda time: sentences.moment_words(time, language)
    )
    lines = [f"! {one}" for one in document_words.cautions(report, language)]
    lines += [f"{label}: {' / '.join(words.split(chr(10)))}" for label, words in told]
    pages, more = document_words.pages(report.document.text, language)
    for page in pages:
        lines += ["", f"— {page.heading} —", *([page.note] if page.note else [])]
        lines += page.words.replace("\u3000", "  ").split("\n") if page.words else []
    return [*lines, "", more] if more else lines


def _tell_json(name: str, report: Report, language: str) -> None:
    from gakusho.verifier.report_json import as_json

    told = as_json(report, language=language)
    told["input"] = {"name": name, **told["input"]}
    say_json(told)
