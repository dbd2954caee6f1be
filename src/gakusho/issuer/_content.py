# SPDX-License-Identifier: Apache-2.0
"""What a batch will issue, and the digest over all of it: what was approved is what is issued."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from gakusho.issuer import _codec
from gakusho.issuer.institutions import InstitutionView
from gakusho.issuer.look import look_of
from gakusho.issuer.templates import own_templates
from gakusho.issuer.wording import worded, wording_version
from gakusho.model.award import DocumentDetails
from gakusho.model.issuer import Issuer


def document_details(
    institution: InstitutionView, kind: str, language: str, get: _codec.Get
) -> DocumentDetails:
    """Give what is printed on every certificate of a batch; ``get`` gives the picture of the seal."""
    look = look_of(institution.settings, kind, get)
    words = worded(institution.settings, kind)
    own = words or look.seal or look.paper != "a4" or look.orientation or look.signatory_name_en
    return DocumentDetails(
        kind=kind,
        language=language,
        signatory_name=look.signatory_name,
        signatory_name_en=look.signatory_name_en,
        signatory_title=look.signatory_title,
        wording=words,
        wording_version=wording_version(institution.settings) if own else 0,
        paper=look.paper,
        orientation=look.orientation,
        seal=look.seal,
        templates=own_templates(institution.settings, get),
    )


def frozen(
    achievement: Mapping[str, Any],
    version: int,
    issuer: Issuer,
    document: DocumentDetails,
    put: _codec.Put,
) -> dict[str, Any]:
    """Give what all rows of a batch share, as an approval keeps it; ``achievement`` in its kept form.

    The picture of the seal is kept by ``put``, and named by its digest.
    """
    return {
        "achievement": dict(achievement),
        "version": version,
        "issuer": _codec.issuer_to_json(issuer),
        "document": _codec.document_to_json(document, put),
    }


def digest(
    shared: Mapping[str, Any],
    choices: Mapping[str, Any],
    rows: Iterable[tuple[int, Mapping[str, str], str | None, str | None]],
) -> str:
    """Give the SHA-256, hexadecimal, over what is shared, what was chosen, and every row to be issued.

    A row is its number, its fields, the digest of its paper and the award it replaces.
    """
    running = hashlib.sha256()

    def add(thing: object) -> None:
        line = orjson.dumps(thing, option=orjson.OPT_SORT_KEYS)
        running.update(len(line).to_bytes(8, "big") + line)

    add(shared)
    add({name: choices.get(name) for name in ("formats", "notify")})
    if place := choices.get("code_place"):  # what was approved without one keeps its digest
        add({"code_place": place})
    for number, fields, paper, replaces in rows:
        add([number, fields, paper, replaces])
    return running.hexdigest()
