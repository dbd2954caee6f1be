# SPDX-License-Identifier: Apache-2.0
"""From awards to sealed bytes; what we issue we verify first, as a stranger would."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from gakusho.errors import ConflictError, InputError
from gakusho.fetch import MemoryFetcher
from gakusho.formats import Carries, Discloses, Format, Hosted, Sealing, format_named, set_on_pages, to_show
from gakusho.issuer.spread import spread
from gakusho.model.award import Award
from gakusho.model.report import Check, Outcome, Report
from gakusho.model.sealed import Sealed
from gakusho.verifier.verify import Inquiry

PART = 500
"""Awards of a large batch that one process seals at a time."""


def issue(
    awards: Sequence[Award],
    *,
    formats: Sequence[str],
    sealing: Sealing,
    documents: Mapping[str, bytes],
) -> list[Sealed]:
    """Give every award sealed in every format named, award by award, each verified offline.

    ``documents`` holds, by address, what a verifier will fetch: the issuer's DID document and the status
    lists of the awards. Formats that carry others are written after them, with what was written inside.

    Raises:
        UnknownFormatError: no format has one of the names.
        InputError: an award cannot be written, or there is none or the same one twice.
        ConflictError: what was sealed does not verify (``own-output``): nothing is to be kept.
    """
    _refuse_doubles(awards)
    named = [format_named(name) for name in dict.fromkeys(formats)]
    if not named:
        raise InputError("No format was named.", code="no-format", facts={"expected": "a format"})
    found: dict[str, list[Sealed]] = {award.id: [] for award in awards}
    for form in sorted(named, key=lambda one: isinstance(one, Carries)):
        for sealed in form.write(awards, _with_companions(form, sealing, found)):
            found[sealed.award_id].append(sealed)
    order = [form.name for form in named]
    results = [
        sealed
        for award in awards
        for sealed in sorted(found[award.id], key=lambda one: order.index(one.format))
    ]
    refuse_unverified(results, sealing, documents)
    return results


def issue_in_parts(
    awards: Sequence[Award],
    *,
    formats: Sequence[str],
    sealing: Sealing,
    documents: Mapping[str, bytes],
) -> list[Sealed]:
    """Give what ``issue`` gives, a large batch on all cores; where pages are set, in this process.

    Raises: what ``issue`` raises; GakushoError (``worker``) when a process ended by itself.
    """
    if len(awards) < 2 * PART or set_on_pages(formats) or sealing.papers:
        return issue(awards, formats=formats, sealing=sealing, documents=documents)
    _refuse_doubles(awards)
    parts = [awards[start : start + PART] for start in range(0, len(awards), PART)]
    done = spread(lambda part: issue(part, formats=formats, sealing=sealing, documents=documents), parts)
    return [sealed for part in done for sealed in part]


def _refuse_doubles(awards: Sequence[Award]) -> None:
    ids = [award.id for award in awards]
    twice = next((one for one in ids if ids.count(one) > 1), None) if len(set(ids)) < len(ids) else None
    if twice is not None:
        raise InputError(f"The award {twice} stands twice in the batch.", code="same-award")


def _with_companions(form: Format, sealing: Sealing, found: Mapping[str, list[Sealed]]) -> Sealing:
    if not isinstance(form, Carries):
        return sealing
    companions = {
        award_id: tuple(one for one in written if one.media_type in form.carries and proves_itself(one))
        for award_id, written in found.items()
    }
    return replace(sealing, companions={**sealing.companions, **companions})


def refuse_unverified(results: Sequence[Sealed], sealing: Sealing, documents: Mapping[str, bytes]) -> None:
    """Refuse what does not verify offline with these documents. Raises: ConflictError (``own-output``)."""
    for sealed, failing in unverified(results, now=sealing.now, documents=documents):
        raise own_output(sealed, failing)


def unverified(
    results: Sequence[Sealed], *, now: datetime, documents: Mapping[str, bytes]
) -> Iterator[tuple[Sealed, list[Check]]]:
    """Give what does not verify offline with these documents, and the checks that keep it from it."""
    hosted: dict[str, bytes] = {}
    at_hand = ChainMap(hosted, dict(documents))
    fetcher = MemoryFetcher(at_hand, now=lambda: now, source="this server")
    inquiry = Inquiry(now=now, fetcher=fetcher)
    forms: dict[str, object] = {name: format_named(name) for name in {one.format for one in results}}
    # Asking a format what it can do takes longer than reading a credential, so each is asked once.
    at_hosts = {name: form for name, form in forms.items() if isinstance(form, Hosted)}
    in_part = {name: form for name, form in forms.items() if isinstance(form, Discloses)}
    award_id = None
    for sealed in _carried_first(results, forms):
        hosted.clear()
        if host := at_hosts.get(sealed.format):
            hosted.update(host.documents(sealed.data))  # what is published when the badge is kept
        form = in_part.get(sealed.format)
        shown = to_show(form, sealed.data) if form else sealed.data
        report = inquiry.verify(shown)
        if sealed.award_id != award_id:
            inquiry.reported.clear()
            award_id = sealed.award_id
        inquiry.reported[shown] = report  # a page that carries it need not have it verified again
        failing = _failing(report)
        if failing or report.format != sealed.format:
            yield sealed, failing


def _carried_first(results: Sequence[Sealed], forms: Mapping[str, object]) -> Iterator[Sealed]:
    """Give what was sealed award by award, of each what may be carried before what may carry it."""
    carriers = {name for name, form in forms.items() if isinstance(form, Carries)}
    for _, of_one in groupby(results, key=lambda one: one.award_id):
        yield from sorted(of_one, key=lambda one: one.format in carriers)


def proves_itself(sealed: Sealed) -> bool:
    """Tell whether whoever has the bytes can check them: only such a one is carried inside another.

    A hosted badge proves itself only by its host, and from a copy made to choose from, its holder derives
    what others can check.
    """
    form = format_named(sealed.format)
    return not isinstance(form, Hosted) and to_show(form, sealed.data) == sealed.data


def _failing(report: Report) -> list[Check]:
    """Give what keeps a report from being valid; that it begins only later is the institution's will."""
    own = [
        check
        for check in report.checks
        if check.outcome is not Outcome.VALID and check.code not in {"dates.valid-from", "carried.credential"}
    ]
    inside = [
        check
        for inner in report.carried
        for check in _failing(inner)
        if check.outcome is Outcome.INVALID or not _is_others_word(inner, report)
    ]
    return own + inside


def _is_others_word(inner: Report, report: Report) -> bool:
    """Tell whether a credential inside is another's endorsement: its key is published there, not here."""
    if inner.credential is None or report.credential is None:
        return False
    is_endorsement = inner.credential.achievement.type == "EndorsementCredential"
    return is_endorsement and inner.credential.issuer.id != report.credential.issuer.id


def own_output(sealed: Sealed, failing: Sequence[Check]) -> ConflictError:
    """Give the error for what we sealed ourselves and does not verify."""
    codes = ", ".join(f"{check.code} {check.outcome}" for check in failing)
    reasons = "; ".join(str(dict(check.facts)) for check in failing)
    return ConflictError(
        f"What was sealed for {sealed.award_id} as {sealed.format} does not verify: {codes or 'format'}.",
        code="own-output",
        action="Check the institution's keys and published documents with `gakusho doctor`.",
        facts={"got": codes, "reason": reasons[:1_000], "award": sealed.award_id},
    )
