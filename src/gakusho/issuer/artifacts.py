# SPDX-License-Identifier: Apache-2.0
"""A piece of a batch becomes artifacts: composed, written, signed, verified, and put into the files if large.

Nothing here knows the database, so that a piece can be made in any process (``gakusho.issuer.crew``).
"""

from __future__ import annotations

from dataclasses import replace

from gakusho.errors import GakushoError
from gakusho.issuer import _grace
from gakusho.issuer._chunk import Chunk, Made, Reserved, Written
from gakusho.issuer._copying import copied
from gakusho.issuer._hosted_formats import keep_shared
from gakusho.issuer._lasting import Bytes
from gakusho.issuer.compose import award_from_dict, award_to_dict, compose
from gakusho.issuer.names import search_keys
from gakusho.issuer.rows import Row
from gakusho.model.award import Award
from gakusho.model.sealed import Sealed
from gakusho.store.files import Files

_IN_TABLE = 32_768
"""Bytes up to which a credential stands in the table itself; larger ones are files."""


def seal(chunk: Chunk, files: Files) -> tuple[Made, ...]:
    """Give what becomes of each row: its award in every format, verified; large ones are in the files.

    Raises: InputError for an award that cannot be written, ConflictError for one that does not verify,
    UnreachableError when the files are full.
    """
    awards = [_composed(chunk, each, files) for each in chunk.rows]
    papers = {
        award.id: files.get(each.paper_file)
        for award, each in zip(awards, chunk.rows, strict=True)
        if each.paper_file
    }
    kept = _grace.sealed(
        awards,
        formats=chunk.choices.formats,
        sealing=replace(chunk.sealing, papers=papers, code_place=chunk.choices.code_place),
        documents=chunk.documents,
        promised=chunk.promised,
    )
    written: dict[str, list[Written]] = {award.id: [] for award in awards}
    lasting: dict[str, list[Bytes]] = {award.id: [] for award in awards}
    for each in kept.sealed:
        written[each.award_id].append(_put(each, files))
        if account := _grace.account(each, kept.level, chunk.promised):
            lasting[each.award_id].append(account)
    short = [award_id for award_id, parts in written.items() if len(parts) != len(chunk.choices.formats)]
    if short:
        raise GakushoError(f"{len(short)} awards were not sealed in every format.", code="not-sealed")
    return tuple(
        Made(
            award=award,
            definition=award_to_dict(award, put=files.put),
            search_keys=tuple(sorted(_search_keys(award))),
            written=tuple(written[award.id]),
            lasting=tuple(lasting[award.id]),
            away=kept.away,
        )
        for award in awards
    )


def seal_into(files: Files, chunk: Chunk) -> tuple[Made, ...]:
    """Give what ``seal`` gives; the files first, so that they can be bound to it."""
    return seal(chunk, files)


def _composed(chunk: Chunk, each: Reserved, files: Files) -> Award:
    award_id = f"urn:uuid:{each.award_id}"
    if each.original is not None:
        return copied(
            award_from_dict(each.original, get=files.get),
            each.fields,
            award_id=award_id,
            status=each.status,
            document=chunk.document,
            now=chunk.sealing.now,
        )
    return compose(
        Row(line=each.number, fields=each.fields),
        issuer=chunk.issuer,
        achievement=chunk.achievement,
        award_id=award_id,
        status=each.status,
        document=chunk.document,
        now=chunk.sealing.now,
    )


def _put(sealed: Sealed, files: Files) -> Written:
    large = len(sealed.data) > _IN_TABLE
    keep_shared(sealed.data, sealed.format, files)
    return Written(
        format=sealed.format,
        media_type=sealed.media_type,
        extension=sealed.extension,
        size=len(sealed.data),
        file=files.put(sealed.data) if large else None,
        data=None if large else sealed.data,
    )


def _search_keys(award: Award) -> set[str]:
    return search_keys(award.learner.name, award.learner.student_number, award.issue_number)
