# SPDX-License-Identifier: Apache-2.0
"""A learner's profile as applications read and write it. Open Badges 3.0, sections 6.2.4 and 6.2.5."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gakusho.errors import InputError
from gakusho.holder import accounts
from gakusho.store.inserting import insert_or_replace
from gakusho.store.tables_oauth import HolderProfile
from gakusho.store.work import Work

CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
TEXTS = (
    "description", "phone", "familyName", "givenName", "additionalName", "patronymicName",
    "honorificPrefix", "honorificSuffix", "familyNamePrefix", "dateOfBirth",
)  # fmt: skip
MAX_TEXT = 1_000
_WEB = "url"
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def profile(work: Work, person_id: str) -> dict[str, Any]:
    """Give the profile: name and shown address of the account, and what applications wrote beside it."""
    person = accounts.person(work, person_id)
    row = work.session.get(HolderProfile, person_id)
    said = {"name": person.name, "email": person.email}
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", CONTEXT],
        "id": f"urn:uuid:{person_id}",
        "type": ["Profile"],
        **{name: value for name, value in said.items() if value},
        **(row.members if row else {}),
    }


def replace(work: Work, person_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Replace the profile by the whole one given, and give it as it is now.

    Raises:
        InputError: it is no Profile, another's, or says what is not taken over: an address of e-mail that
            was not shown to be the person's, or a member that is not kept here (``profile``).
    """
    person = accounts.person(work, person_id)
    types = given.get("type", ())
    if "Profile" not in ([types] if isinstance(types, str) else types if isinstance(types, list) else ()):
        raise _unfit("type", "Profile")
    if given.get("id", f"urn:uuid:{person_id}") != f"urn:uuid:{person_id}":
        raise _unfit("id", f"urn:uuid:{person_id}")
    if "email" in given and given["email"] not in person.emails:
        raise _unfit("email", "an address shown to be the person's")
    members = {}
    for name, value in given.items():
        if name in {"@context", "id", "type", "email", "name"}:
            continue
        if name not in (*TEXTS, _WEB):
            raise _unfit(name[:80], "a member that is kept here: " + ", ".join((*TEXTS, _WEB)))
        members[name] = _text(name, value)
    if not members.get(_WEB, "https://").startswith(("https://", "http://")):
        raise _unfit(_WEB, "a web address")
    if "name" in given:
        accounts.change_profile(work, person_id, name=_text("name", given["name"]), language=person.language)
    insert_or_replace(
        work.session, HolderProfile, {"person_id": person_id, "members": members, "changed_at": work.now}
    )
    work.session.expire_all()
    return profile(work, person_id)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or _UNFIT.search(value):
        raise _unfit(name, f"text of up to {MAX_TEXT} characters")
    return value


def _unfit(name: str, expected: str) -> InputError:
    return InputError(
        f"Profile, {name}: expected {expected}.", code="profile", facts={"got": name, "expected": expected}
    )
