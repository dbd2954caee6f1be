# SPDX-License-Identifier: Apache-2.0
"""The copies that a print becomes: reserved, sealed, kept like the rows of a batch, but at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from gakusho.errors import InputError
from gakusho.formats import Carries, Hosted, formats, set_on_pages
from gakusho.issuer import _grace, _issued, _status_lists, delivery, publication
from gakusho.issuer._chunk import Chunk, Made, Reserved, VerificationCode, VerificationLink
from gakusho.issuer._content import document_details
from gakusho.issuer._copying import copied
from gakusho.issuer.artifacts import seal
from gakusho.issuer.choices import Choices
from gakusho.issuer.compose import award_from_dict, zone_of
from gakusho.issuer.fields import COPY_OF
from gakusho.issuer.institutions import InstitutionView, institution, issuer_of, row_of, sealing
from gakusho.issuer.kiosk._numbers import next_numbers
from gakusho.issuer.kiosk.printable import page_format
from gakusho.model.verification_code import printed
from gakusho.store.ids import new_id, new_token
from gakusho.store.paper_links import unused_codes
from gakusho.store.tables import AwardRow, SealedRow
from gakusho.store.tables_kiosk import KioskCopy, KioskPrint
from gakusho.store.work import Work, Workplace

_NOT_AN_ID = "urn:uuid:00000000-0000-4000-8000-000000000000"


def check(work: Work, school: InstitutionView, award_id: str, said: Mapping[str, Any]) -> None:
    """Let words pass that the page can carry. Raises: InputError (``kiosk-glyph``)."""
    row = work.session.get_one(AwardRow, award_id)
    award = copied(
        award_from_dict(row.definition, get=work.files.get),
        {"issue_number": "0", "addressee": said["addressee"], "purpose": said["purpose"]},
        award_id=_NOT_AN_ID,
        status=(),
        document=document_details(school, said["kind"], said["language"], work.files.get),
        now=work.now,
    )
    for pages in set_on_pages([page_format()]):
        for where, characters in pages.unwritable(award):
            raise InputError(
                f"The document cannot carry {characters}.",
                code="kiosk-glyph",
                facts={"got": characters[:100], "where": where},
            )


def reserve(work: Work, school: InstitutionView, prefix: str, count: int) -> list[dict[str, Any]]:
    """Set aside identity, number, codes and a place in the status lists for so many copies."""
    year = work.now.astimezone(zone_of(issuer_of(school))).year
    numbers = next_numbers(work, school.id, f"{prefix}{year}", count)
    codes = unused_codes(work, count)
    places = _status_lists.allocate(work, school.id, count)
    return [
        {
            "award_id": new_id(),
            "issue_number": number,
            "verify_code": new_token(),
            "typed_code": code,
            "list_id": place.list_id,
            "number": place.number,
            "index": place.index,
        }
        for number, code, place in zip(numbers, codes, places, strict=True)
    ]


def code_of(copy: KioskCopy) -> str | None:
    """Give the verification code that stands on a copy."""
    code = copy.reserved.get("typed_code")
    return printed(code) if code else None


def chunk(work: Work, row: KioskPrint, copies: Sequence[KioskCopy]) -> Chunk:
    """Give what making the copies needs. Raises: as ``institutions.sealing``."""
    school = institution(work, row.institution_id)
    original = work.session.get_one(AwardRow, row.award_id)
    award = award_from_dict(original.definition, get=work.files.get)
    reserved = tuple(_reserved(school, row, original, each) for each in copies)
    links = {f"urn:uuid:{each.award_id}": each.verify_code for each in reserved}
    typed = {f"urn:uuid:{each.award_id}": each.typed_code for each in reserved if each.typed_code}
    link = VerificationLink(public_url=work.public_url, codes=links)
    opened = sealing(work, row.institution_id, verification_link=link)
    promised, opened = _grace.promise(work, row.institution_id, opened)
    return Chunk(
        batch_id="",
        institution_id=row.institution_id,
        achievement_id=original.achievement_id,
        achievement=award.achievement,
        issuer=award.issuer,
        document=document_details(school, row.asked["kind"], row.asked["language"], work.files.get),
        choices=Choices(
            formats=_formats(work, row.award_id),
            document_kind=row.asked["kind"],
            document_language=row.asked["language"],
        ),
        rows=reserved,
        sealing=replace(opened, verification_code=VerificationCode(codes=typed)),
        promised=promised,
        documents=publication.documents_for(work, row.institution_id, [each.list_id for each in reserved]),
    )


def sealed(chunk: Chunk, workplace: Workplace) -> Sequence[Made]:
    """Give the copies sealed and verified, with no transaction open. Raises: as ``artifacts.seal``."""
    return seal(chunk, workplace.files)


def keep(work: Work, chunk: Chunk, made: Sequence[Made], rows: Sequence[KioskCopy]) -> None:
    """Keep the copies that nobody else kept in the meantime, and write to who is to claim them."""
    waiting = {each.award_id: each for each in rows if each.state == "reserved"}
    new = [pair for pair in zip(chunk.rows, made, strict=True) if pair[0].award_id in waiting]
    if not new:
        return
    _issued.insert_awards(work, chunk, new)
    _issued.insert_parts(work, chunk, new)
    _issued.follow_originals(work, chunk, new)
    accounts = [(reserved.award_id, one) for reserved, each in new for one in each.lasting]
    _grace.insert(work, chunk.institution_id, chunk.promised.asked, accounts)
    if away := next((each.away for _, each in new if each.away), None):
        _grace.was_away(work, chunk.institution_id, away)
    for reserved, _ in new:
        waiting[reserved.award_id].state = "ready"
    work.session.flush()
    _write(work, chunk, new)


def _write(work: Work, chunk: Chunk, new: Sequence[tuple[Reserved, Made]]) -> None:
    """Write one claim letter for all copies: its link takes all that waits for the address."""
    first, made = new[0]
    email = made.award.learner.email
    held = work.session.scalar(select(AwardRow.holder_id).where(AwardRow.id == first.award_id))
    if email and held is None:
        owner = row_of(work.session, chunk.institution_id)
        delivery.queue_claim(work, owner, first.award_id, email, made.award)


def _reserved(school: InstitutionView, row: KioskPrint, original: AwardRow, copy: KioskCopy) -> Reserved:
    kept = copy.reserved
    place = _status_lists.Place(list_id=kept["list_id"], number=kept["number"], index=kept["index"])
    said = {"addressee": row.asked["addressee"], "purpose": row.asked["purpose"]}
    return Reserved(
        number=copy.number,
        fields={
            "issue_number": kept["issue_number"],
            COPY_OF.name: original.id,
            **{name: words for name, words in said.items() if words},
        },
        award_id=kept["award_id"],
        verify_code=kept["verify_code"],
        typed_code=kept["typed_code"],
        list_id=place.list_id,
        index=place.index,
        status=_status_lists.entries(school.base_url, school.slug, place),
        paper_file=None,
        replaces_award_id=None,
        original=original.definition,
    )


def _formats(work: Work, award_id: str) -> tuple[str, ...]:
    """Give the award's own formats that a page carries inside, and the page."""
    page = page_format()
    carrying: object = formats()[page]
    inside = carrying.carries if isinstance(carrying, Carries) else ()
    query = select(SealedRow.format, SealedRow.media_type).where(SealedRow.award_id == award_id)
    had = sorted(
        name
        for name, media_type in work.session.execute(query)
        if media_type in inside and name != page and not isinstance(formats()[name], Hosted)
    )
    return (*had, page)
