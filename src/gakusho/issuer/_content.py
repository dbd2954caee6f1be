# SPDX-License-Identifier: Apache-2.0
"""What a batch will issue, and the digest over all of it: what was approved is what is issued."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from gakusho.issuer import _codec
from gakusho.issuer.institutions import InstitutionView
from gakusho.issuer.wording import worded, wording_version
from gakusho.model.award import DocumentDetails
from gakusho.model.issuer import Issuer
from gakusho.model.text import Text


def document_details(institution: InstitutionView, kind: str, language: str) -> DocumentDetails:
    """Give what is printed on every certificate of a batch."""
    title = institution.settings.get("signatory_title")
    words = worded(institution.settings, kind)
    return DocumentDetails(
        kind=kind,
        language=language,
        signatory_name=str(institution.settings.get("signatory_name") or ""),
        signatory_title=Text.of(title) if isinstance(title, Mapping) else Text(),
        wording=words,
        wording_version=wording_version(institution.settings) if words else 0,
    )


def frozen(
    achievement: Mapping[str, Any], version: int, issuer: Issuer, document: DocumentDetails
) -> dict[str, Any]:
    """Give what all rows of a batch share, as an approval keeps it; ``achievement`` in its kept form."""
    return {
        "achievement": dict(achievement),
        "version": version,
        "issuer": _codec.issuer_to_json(issuer),
        "document": _codec.document_to_json(document),
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
    for number, fields, paper, replaces in rows:
        add([number, fields, paper, replaces])
    return running.hexdigest()
