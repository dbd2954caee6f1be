# SPDX-License-Identifier: Apache-2.0
"""The institution: its profile, its keys and its members."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gakusho.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from gakusho.formats import CredentialKey, DocumentKey, Sealing
from gakusho.issuer import _keys, _status_lists, _timestamping
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.model.award import Award
from gakusho.model.issuer import Issuer
from gakusho.model.text import Text
from gakusho.registry.did_web import did_web_address
from gakusho.store.ids import new_id
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables import Institution, Key, Membership, Person, PersonEmail
from gakusho.store.work import Work

PRINTS_CODE = "prints_code"
"""The setting under which an institution's documents show a signed code."""
DID_KEY = "did:key"
"""Given as ``did``: the institution is named by its first key, for use without a domain."""
_WEB_PAGE = re.compile(r"https?://[^\s<>\"'\\^`{|}\x00-\x1f\x7f]{1,250}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?\Z")
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]\x00-\x1f]{1,64}@[^\s@<>\"(),:;\\\x00-\x1f]{1,190}\Z")


@dataclass(frozen=True, kw_only=True)
class InstitutionView:
    """An institution as it is kept."""

    id: str
    slug: str
    did: str
    base_url: str
    name: Text
    url: str | None
    email: str | None
    country: str | None
    settings: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class KeyView:
    """A key, without its secret."""

    id: str
    purpose: str
    """``credential``, ``document`` or ``authority`` (certifies document keys)."""
    algorithm: str
    verification_method: str
    state: str
    """``active``, ``retired`` or ``revoked``."""
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MemberView:
    """A person with roles in the institution."""

    person_id: str
    name: str
    email: str
    roles: frozenset[Role]


def found(
    work: Work,
    *,
    slug: str,
    name: Text,
    did: str | None = None,
    url: str | None = None,
    email: str | None = None,
    country: str = "JP",
    settings: Mapping[str, Any] | None = None,
) -> InstitutionView:
    """Make an institution with its keys and certificates and its first status list, and give it.

    ``did`` is a did:web (default: of the server's public address), or ``did:key`` to be named by the
    first key.

    Raises:
        InputError: a slug, DID, country, website or e-mail address that cannot be used, or no name.
        ConflictError: there is one with this slug or DID.
    """
    _check_profile(slug=slug, name=name, country=country, email=email, url=url)
    kept = None
    if did == DID_KEY:
        kept, signer = _keys.made_for_did_key(work)
        did, base_url = signer.public_key.did_key(), work.public_url
    else:
        did = did or f"did:web:{urlsplit(work.public_url).netloc.replace(':', '%3A')}:i:{slug}"
        host, _ = did_web_address(did)
        base_url = f"https://{host}"
    taken = select(Institution.id).where((Institution.slug == slug) | (Institution.did == did))
    if work.session.scalar(taken) is not None:
        raise ConflictError(f"There is an institution {slug!r} or {did} already.", code="institution-exists")
    row = Institution(
        id=new_id(),
        slug=slug,
        did=did,
        base_url=base_url,
        name_ja=name.best("ja"),
        name_en=name.best("en"),
        url=url,
        email=email,
        country=country,
        settings=dict(settings or {}),
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    if kept is None:
        _keys.make(work, row, _keys.CREDENTIAL)
    else:
        _keep_did_key(work, row, kept)
    _keys.make(work, row, _keys.DOCUMENT)
    _keys.for_disclosure(work, row)
    _status_lists.open_next(work, row.id, after=0)
    record(work, None, "institution.found", row.id, {"institution_id": row.id, "did": did})
    return _view(row)


def institution(work: Work, institution_id: str) -> InstitutionView:
    """Give the institution. Raises: NotFoundError."""
    return _view(row_of(work.session, institution_id))


def by_slug(work: Work, slug: str) -> InstitutionView:
    """Give the institution with this short name. Raises: NotFoundError."""
    return _one(work, work.session.scalar(select(Institution).where(Institution.slug == slug)), slug)


def by_did(work: Work, did: str) -> InstitutionView:
    """Give the institution with this DID. Raises: NotFoundError."""
    return _one(work, work.session.scalar(select(Institution).where(Institution.did == did)), did)


def institutions(work: Work) -> list[InstitutionView]:
    """Give all institutions, by slug."""
    return [_view(row) for row in work.session.scalars(select(Institution).order_by(Institution.slug))]


def change(work: Work, actor: Actor, **fields: Any) -> InstitutionView:
    """Change the profile: name (Text), url, email, country, settings (merged; None takes one out).

    Raises: ForbiddenError, InputError.
    """
    require(actor, Role.ADMINISTER)
    row = row_of(work.session, actor.institution_id, lock=True)
    unknown = set(fields) - {"name", "url", "email", "country", "settings"}
    if unknown:
        raise InputError("This cannot be changed.", facts={"got": ", ".join(sorted(unknown))})
    name = fields.get("name", Text.of(ja=row.name_ja, en=row.name_en))
    _check_profile(
        slug=row.slug,
        name=name,
        country=fields.get("country", row.country),
        email=fields.get("email", row.email),
        url=fields.get("url", row.url),
    )
    row.name_ja, row.name_en = name.best("ja"), name.best("en")
    for field in ("url", "email", "country"):
        if field in fields:
            setattr(row, field, fields[field] or None)
    if "settings" in fields:
        merged = {**row.settings, **fields["settings"]}
        row.settings = {key: value for key, value in merged.items() if value is not None}
    record(work, actor, "institution.change", row.id, {"fields": sorted(fields)})
    work.session.flush()
    return _view(row)


def issuer_of(view: InstitutionView) -> Issuer:
    """Give the institution as credentials name it."""
    return Issuer(
        id=view.did,
        name=view.name,
        url=view.url,
        email=view.email,
        country=view.country,
        endorsements=tuple(str(one).encode() for one in view.settings.get("endorsements", ())),
    )


def keys(work: Work, institution_id: str) -> list[KeyView]:
    """Give the keys with their history, newest first."""
    rows = select(Key).where(Key.institution_id == institution_id).order_by(Key.id.desc())
    return [_key_view(key) for key in work.session.scalars(rows)]


def key_owner(work: Work, actor: Actor) -> Institution:
    """Give the actor's institution, locked, where its keys can be changed by this actor.

    Raises: ForbiddenError; ConflictError (``did-key-fixed``) when it is named by its one key.
    """
    require(actor, Role.ADMINISTER)
    row = row_of(work.session, actor.institution_id, lock=True)
    if row.did.startswith("did:key:"):
        raise ConflictError(
            "An institution named by its key (did:key) cannot get another one.",
            code="did-key-fixed",
            action="Found the institution anew with a did:web.",
        )
    return row


def rotate_key(work: Work, actor: Actor, purpose: str) -> KeyView:
    """Make a new key for a purpose; the old one stays published and still verifies.

    Raises: ForbiddenError, InputError, ConflictError when the institution is named by the key itself.
    """
    require(actor, Role.ADMINISTER)
    if purpose not in _keys.PURPOSES:
        raise InputError(
            "There is no key for this purpose.",
            facts={"got": purpose[:40], "expected": ", ".join(_keys.PURPOSES)},
        )
    row = key_owner(work, actor)
    if purpose == _keys.DISCLOSURE:
        _keys.for_disclosure(work, row)
    elif purpose == _keys.COMPATIBILITY:
        _keys.for_compatibility(work, row, wanted=True)
    old = _keys.active(work.session, row.id, purpose)
    new = _keys.make(work, row, purpose)
    old.retired_at = work.now
    if purpose == _keys.CREDENTIAL:
        _status_lists.touch(work, row.id)
    record(work, actor, "key.rotate", new.id, {"purpose": purpose, "retired": old.id})
    work.session.flush()
    return _key_view(new)


def members(work: Work, institution_id: str) -> list[MemberView]:
    """Give the members, by e-mail."""
    rows = work.session.scalars(select(Membership).where(Membership.institution_id == institution_id))
    roles: dict[str, set[Role]] = {}
    for row in rows:
        roles.setdefault(row.person_id, set()).add(Role(row.role))
    found_members = [
        MemberView(person_id=each, name=_name(work, each), email=_email(work, each), roles=frozenset(held))
        for each, held in roles.items()
    ]
    return sorted(found_members, key=lambda member: member.email)


def grant(
    work: Work, actor: Actor | None, institution_id: str, email: str, role: Role, name: str = ""
) -> MemberView:
    """Give a person a role; ``actor`` None is the command line or the first start.

    Raises: ForbiddenError, InputError for an address that is none, NotFoundError.
    """
    if actor is not None:
        require(actor, Role.ADMINISTER)
        if actor.institution_id != institution_id:
            raise ForbiddenError("Roles are given in one's own institution only.")
    row_of(work.session, institution_id)
    email = checked_email(email)
    person_id = work.session.scalar(select(PersonEmail.person_id).where(PersonEmail.email == email))
    if person_id is None:
        person = Person(id=new_id(), name=name[:200], language="ja", created_at=work.now)
        work.session.add(person)
        work.session.flush()
        work.session.add(PersonEmail(email=email, person_id=person.id, verified_at=work.now))
        person_id = person.id
    insert_if_absent(
        work.session,
        Membership,
        {
            "institution_id": institution_id,
            "person_id": person_id,
            "role": str(role),
            "granted_at": work.now,
        },
    )
    detail = {"role": str(role), "institution_id": institution_id}
    record(work, actor, "member.grant", person_id, detail)
    work.session.flush()
    return next(each for each in members(work, institution_id) if each.person_id == person_id)


def withdraw(work: Work, actor: Actor, person_id: str, role: Role) -> None:
    """Take a role from a person.

    Raises: ForbiddenError, NotFoundError, ConflictError (the last administrator).
    """
    require(actor, Role.ADMINISTER)
    row_of(work.session, actor.institution_id, lock=True)
    held = work.session.get(Membership, (actor.institution_id, person_id, str(role)))
    if held is None:
        raise NotFoundError("This person does not have this role.")
    if role is Role.ADMINISTER:
        left = select(func.count()).where(
            Membership.institution_id == actor.institution_id,
            Membership.role == str(role),
            Membership.person_id != person_id,
        )
        if not work.session.scalar(left):
            raise ConflictError(
                "An institution keeps at least one administrator.",
                code="last-administrator",
                action="Give the role to somebody else first.",
            )
    work.session.delete(held)
    record(work, actor, "member.withdraw", person_id, {"role": str(role)})


def actor_for(work: Work, institution_id: str, person_id: str, via: str = "console") -> Actor:
    """Give the person as one who acts for the institution. Raises: ForbiddenError (no role there)."""
    held = work.session.scalars(
        select(Membership.role).where(
            Membership.institution_id == institution_id, Membership.person_id == person_id
        )
    ).all()
    if not held:
        raise ForbiddenError("This person has no role in the institution.")
    return Actor(
        person_id=person_id,
        institution_id=institution_id,
        name=_name(work, person_id),
        email=_email(work, person_id),
        roles=frozenset(Role(role) for role in held),
        via=via,
    )


def memberships_of(work: Work, person_id: str) -> list[tuple[InstitutionView, frozenset[Role]]]:
    """Give the institutions a person may act for, and how."""
    rows = work.session.scalars(select(Membership).where(Membership.person_id == person_id))
    roles: dict[str, set[Role]] = {}
    for row in rows:
        roles.setdefault(row.institution_id, set()).add(Role(row.role))
    pairs = [(institution(work, each), frozenset(held)) for each, held in roles.items()]
    return sorted(pairs, key=lambda pair: pair[0].slug)


def sealing(work: Work, institution_id: str, *, verification_link: Callable[[Award], str | None]) -> Sealing:
    """Give what sealing needs of the institution: the keys in use, opened, and the time.

    Raises: LockedKeyError when the server's secret is not the one the keys were made with.
    """
    credential = _keys.active(work.session, institution_id, _keys.CREDENTIAL)
    document = _keys.active(work.session, institution_id, _keys.DOCUMENT)
    owner = row_of(work.session, institution_id)
    more = (_keys.for_disclosure(work, owner), _keys.for_compatibility(work, owner))
    level, timestamper, revocations = _timestamping.chosen(work, owner)
    return Sealing(
        now=work.now,
        hosting=f"{owner.base_url}/i/{owner.slug}/ob2",
        credential_key=_credential_key(work, credential),
        more_keys=tuple(_credential_key(work, key) for key in more if key),
        document_key=DocumentKey(
            signer=_keys.opened(work, document),
            certificates=_keys.certificates(document),
            level=level,
            timestamper=timestamper,
            revocations=revocations,
        ),
        verification_link=verification_link,
        prints_code=bool(owner.settings.get(PRINTS_CODE)) and not owner.did.startswith("did:key:"),
    )


def _credential_key(work: Work, key: Key) -> CredentialKey:
    return CredentialKey(signer=_keys.opened(work, key), verification_method=key.verification_method)


def row_of(session: Session, institution_id: str, *, lock: bool = False) -> Institution:
    """Give the kept institution, locked against others who change it if asked. Raises: NotFoundError."""
    row = session.get(Institution, institution_id, with_for_update=lock or None)
    if row is None:
        raise NotFoundError("There is no such institution.", facts={"got": institution_id[:60]})
    return row


def checked_email(email: str) -> str:
    """Give an e-mail address as it is kept: trimmed, in lower case. Raises: InputError."""
    address = email.strip().lower()
    if not _EMAIL.match(address):
        raise InputError(
            "This is not an e-mail address.", code="email", facts={"got": email[:80], "expected": "name@host"}
        )
    return address


def _keep_did_key(work: Work, row: Institution, kept: bytes) -> None:
    multikey = row.did.removeprefix("did:key:")
    work.session.add(
        Key(
            id=new_id(),
            institution_id=row.id,
            purpose=_keys.CREDENTIAL,
            algorithm=_keys.ALGORITHMS[_keys.CREDENTIAL],
            verification_method=f"{row.did}#{multikey}",
            public_multikey=multikey,
            kept=kept,
            store=_keys.KEY_STORE,
            certificates=[],
            created_at=work.now,
        )
    )
    work.session.flush()


def _check_profile(*, slug: str, name: Text, country: str | None, email: str | None, url: str | None) -> None:
    if not _SLUG.match(slug):
        raise InputError(
            "The short name has other characters than small letters, digits and hyphens.",
            code="slug",
            facts={"got": slug[:80], "expected": "a-z, 0-9, -; at most 60"},
        )
    if not name or any(not 0 < len(words) <= 200 for _, words in name):
        raise InputError("The institution needs a name of at most 200 characters.", code="institution-name")
    if country is not None and not re.fullmatch("[A-Z]{2}", country):
        raise InputError("The country is two capital letters (ISO 3166-1).", facts={"got": country[:20]})
    if email:
        checked_email(email)
    if url and not _WEB_PAGE.fullmatch(url):
        raise InputError(
            "The website is not an address of the web.",
            code="institution-url",
            facts={"got": url[:80], "expected": "https://…"},
        )


def _one(work: Work, row: Institution | None, wanted: str) -> InstitutionView:
    if row is None:
        raise NotFoundError("There is no such institution.", facts={"got": wanted[:100]})
    return institution(work, row.id)


def _view(row: Institution) -> InstitutionView:
    return InstitutionView(
        id=row.id,
        slug=row.slug,
        did=row.did,
        base_url=row.base_url,
        name=Text.of(ja=row.name_ja, en=row.name_en),
        url=row.url,
        email=row.email,
        country=row.country,
        settings=dict(row.settings),
    )


def _key_view(key: Key) -> KeyView:
    state = "revoked" if key.revoked_at else "retired" if key.retired_at else "active"
    return KeyView(
        id=key.id,
        purpose=key.purpose,
        algorithm=key.algorithm,
        verification_method=key.verification_method,
        state=state,
        created_at=key.created_at,
        retired_at=key.retired_at,
    )


def _name(work: Work, person_id: str) -> str:
    return work.session.scalar(select(Person.name).where(Person.id == person_id)) or ""


def _email(work: Work, person_id: str) -> str:
    addresses = select(PersonEmail.email).where(PersonEmail.person_id == person_id)
    return work.session.scalar(addresses.order_by(PersonEmail.verified_at, PersonEmail.email)) or ""
