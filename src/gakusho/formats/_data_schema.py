# SPDX-License-Identifier: Apache-2.0
"""``credentialSchema``: whether the credential has the shape its issuer says it has.

VC Data Model 2.0, section 4.11; VC JSON Schema 1.0; Open Badges 3.0, section B.9 (the 1EdTech validator).
Only schemas that lie here are run: a schema is a program of somebody's, and a stranger's could run for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gakusho.formats import _ob_rules, _schemas
from gakusho.model.report import Check, Outcome

_KINDS = frozenset({"JsonSchema", "1EdTechJsonSchemaValidator2019"})
_1EDTECH = "1EdTechJsonSchemaValidator2019"
_MAX_SCHEMAS = 8
_MAX_TOLD = 5
_HERE = "the document itself"


@dataclass(frozen=True)
class Standard:
    """A standard of 1EdTech's whose rules are ours, and the schemas drawn from it.

    1EdTech's schema files are not ours to pass on. Our rules ask for the same members and types and for more:
    the schema lets objects of any type pass inside.
    """

    schemas: re.Pattern[str]
    """Their addresses."""
    types: frozenset[str]
    """One of them the credential has to name."""
    broken: Callable[[Mapping[str, Any]], list[str]]


_OPEN_BADGES = Standard(
    re.compile(
        r"https://purl\.imsglobal\.org/spec/ob/v3p0/schema/json/ob_v3p0_"
        r"(?:anyachievement|achievement)credential_schema\.json\Z"
    ),
    frozenset({"AchievementCredential", "OpenBadgeCredential"}),
    _ob_rules.broken,
)


def checks(document: Mapping[str, Any], *more: Standard) -> Iterator[Check]:
    """Give one check for each schema the credential names; ``more``: standards beside Open Badges 3.0."""
    stated = document.get("credentialSchema")
    listed = stated if isinstance(stated, list) else [] if stated is None else [stated]
    for one in listed[:_MAX_SCHEMAS]:
        yield _check(document, one if isinstance(one, Mapping) else {}, (_OPEN_BADGES, *more))
    if len(listed) > _MAX_SCHEMAS:
        yield _said("", Outcome.UNKNOWN, reason="limit", expected=str(_MAX_SCHEMAS))


def _check(document: Mapping[str, Any], stated: Mapping[str, Any], standards: tuple[Standard, ...]) -> Check:
    url, kind = str(stated.get("id"))[:500], stated.get("type")
    kinds = {one for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)}
    if not kinds & _KINDS:
        return _said(url, Outcome.UNKNOWN, reason="kind", expected=", ".join(sorted(kinds))[:200])
    for standard in standards if _1EDTECH in kinds else ():
        if standard.schemas.match(url):
            return _by_rules(document, url, standard)
    validator = _validator(url) if _schemas.schema(url) is not None else None
    if validator is None:
        return _said(url, Outcome.UNKNOWN, reason="unknown-schema")
    broken = []
    for error in validator.iter_errors(document):
        broken.append(f"{error.json_path}: {error.message}"[:200])
        if len(broken) == _MAX_TOLD:
            break
    if broken:
        return _said(url, Outcome.INVALID, message="; ".join(broken))
    return _said(url, Outcome.VALID)


def _by_rules(document: Mapping[str, Any], url: str, standard: Standard) -> Check:
    """Hold a credential to the rules of its own standard, where it names the schema drawn from them."""
    types = document.get("type")
    stated = {one for one in (types if isinstance(types, list) else [types]) if isinstance(one, str)}
    if not standard.types & stated:
        return _said(url, Outcome.INVALID, message=f"no {min(standard.types)}")
    broken = standard.broken(document)[:_MAX_TOLD]
    if broken:
        return _said(url, Outcome.INVALID, message="; ".join(broken))
    return _said(url, Outcome.VALID, reason="rules")


@cache
def _validator(url: str) -> Any:
    """Give what runs a schema that lies here; there are as many as schemas here, so it may be kept."""
    from jsonschema import validators

    schema = _schemas.schema(url)
    assert schema is not None
    return validators.validator_for(schema)(schema)


def _said(url: str, outcome: Outcome, **facts: str) -> Check:
    return Check(code="schema.shape", outcome=outcome, facts={"got": url, **facts}, source=_HERE)
