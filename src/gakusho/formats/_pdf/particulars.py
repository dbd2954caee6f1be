# SPDX-License-Identifier: Apache-2.0
"""To whom (提出先) and for what (用途) a document was issued: a file inside it, so that it is signed.

It is said of this copy on paper and not of the award, so the credential inside does not say it: whoever is
shown the badge need not learn where else its holder applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import orjson

from gakusho.errors import InputError
from gakusho.formats._pdf.contents import AttachedFile
from gakusho.formats._pdf.typesetting import Attachment
from gakusho.model.award import Award, DocumentDetails
from gakusho.proof import json as strict_json

NAME = "document.json"
TYPE = "IssuedFor"
_LONGEST = 410
_MOST_BYTES = 4_096


def particulars(award: Award) -> list[Attachment]:
    """Give the file that says to whom and for what, where the document was asked for by somebody."""
    said = {"addressee": award.document.addressee, "purpose": award.document.purpose}
    stated = {name: " ".join(value.split()) for name, value in said.items() if value and value.strip()}
    if not stated:
        return []
    written = {"type": TYPE, "credential": award.id, **stated}
    return [
        Attachment(
            name=NAME,
            media_type="application/json",
            data=orjson.dumps(written, option=orjson.OPT_SORT_KEYS),
            description="To whom and for what this copy was issued",
        )
    ]


def with_particulars(award: Award, inside: Sequence[AttachedFile]) -> Award:
    """Give the award with the addressee and the purpose that stand in a document; as it is where none do.

    A file of this name that says something else, or of another credential, is not read.
    """
    for file in inside:
        if file.name == NAME and len(file.data) <= _MOST_BYTES:
            return replace(award, document=_read(file.data, award))
    return award


def _read(data: bytes, award: Award) -> DocumentDetails:
    try:
        said = strict_json.loads(data)
    except InputError:
        return award.document
    if not isinstance(said, dict) or said.get("type") != TYPE or said.get("credential") != award.id:
        return award.document
    return replace(award.document, addressee=_text(said.get("addressee")), purpose=_text(said.get("purpose")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST else None
