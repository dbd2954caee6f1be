# SPDX-License-Identifier: Apache-2.0
"""The key that signs PDF documents: where it lives, its certificate, and another one in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.errors import GakushoError, NotFoundError, UnreachableError
from gakusho.issuer import certification, expiry, hardware, outside_keys, own_key
from gakusho.issuer import signing_service as services
from gakusho.issuer.access import Role, require
from gakusho.issuer.certification import Named
from gakusho.issuer.hardware import TokenView
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, page
from gakusho.web.errors import error_words
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/settings/document-key")

_TYPED = ("organization", "organization_id", "base", "client", "token_address", "credential")
"""What a person types that is shown again when it is refused; secrets are not."""


@router.get("")
def key_page(request: Request, seat: Member) -> Response:
    """Show the key in use, and how it can be certified or replaced."""
    return _shown(request, seat)


@router.post("/request")
def make_request(request: Request, seat: Member, form: Form) -> Response:
    """Give the certificate request for the key in use as a file; whom it names is remembered."""
    require(seat.actor, Role.ADMINISTER)
    subject = Named(
        organization=desk.text(form, "organization", limit=300),
        country=seat.institution.country or "JP",
        organization_id=desk.text(form, "organization_id", limit=100),
    )
    state = state_of(request)
    try:
        with state.work(read_only=True) as work:
            made = certification.request(work, seat.actor, subject)
        with state.work() as work:
            certification.name(work, seat.actor, subject)
    except GakushoError as error:
        return _shown(request, seat, form, error=error)
    name = f"{seat.institution.slug}-documents.csr"
    heads = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type="application/pkcs10", headers=heads)


@router.post("/certificate")
def take_certificate(request: Request, seat: Member, form: Form) -> Response:
    """Take in what the authority answered."""
    require(seat.actor, Role.ADMINISTER)
    sent = desk.upload(form, "certificates", limit=certification.MAX_BYTES)
    try:
        with state_of(request).work() as work:
            certification.answer(work, seat.actor, sent[1] if sent else b"")
    except GakushoError as error:
        return _shown(request, seat, form, error=error)
    return _done(seat)


@router.post("/file")
def take_file(request: Request, seat: Member, form: Form) -> Response:
    """Sign documents with the key of a PKCS #12 file from now on."""
    require(seat.actor, Role.ADMINISTER)
    sent = desk.upload(form, "key_file", limit=own_key.MAX_BYTES)
    try:
        with state_of(request).work() as work:
            own_key.take(work, seat.actor, sent[1] if sent else b"", _secret(form, "password"))
    except GakushoError as error:
        return _shown(request, seat, form, error=error)
    return _done(seat)


@router.post("/token")
def take_from_token(request: Request, seat: Member, form: Form) -> Response:
    """Sign documents with a key in a token from now on."""
    require(seat.actor, Role.ADMINISTER)
    state = state_of(request)
    number, _, serial = desk.text(form, "token", limit=200).partition(":")
    modules = state.settings.pkcs11_modules
    try:
        if not number.isdigit() or int(number) >= len(modules):
            raise NotFoundError("There is no such token here.", facts={"got": number[:10]})
        found = outside_keys.in_token(
            modules[int(number)],
            serial,
            _secret(form, "pin"),
            allowed=modules,
            key_id=desk.text(form, "key_id", limit=200),
            make=desk.text(form, "make", limit=20),
        )
        with state.work() as work:
            outside_keys.take(work, seat.actor, found)
    except GakushoError as error:
        return _shown(request, seat, form, error=error)
    return _done(seat)


@router.post("/service")
def take_from_service(request: Request, seat: Member, form: Form) -> Response:
    """Sign documents with a key at a signing service from now on."""
    require(seat.actor, Role.ADMINISTER)
    state = state_of(request)
    access = services.Access(
        base=desk.text(form, "base", limit=400),
        client=desk.text(form, "client", limit=200),
        client_secret=_secret(form, "client_secret"),
        bearer=_secret(form, "bearer"),
        token_address=desk.text(form, "token_address", limit=400),
        loopback=state.settings.demo,
        services=state.workplace.services,
    )
    try:
        found = outside_keys.at_service(
            services.found(access), desk.text(form, "credential", limit=200), _secret(form, "pin")
        )
        with state.work() as work:
            outside_keys.take(work, seat.actor, found)
    except GakushoError as error:
        return _shown(request, seat, form, error=error)
    return _done(seat)


@router.get("/{part}")
def back(request: Request, seat: Member, part: str) -> Response:  # noqa: ARG001  # of the address
    """Lead from the address of a refused form back to the page."""
    return go(f"/console/{seat.institution.slug}/settings/document-key?{request.url.query}")


def _shown(
    request: Request, seat: Seat, form: Form | None = None, *, error: GakushoError | None = None
) -> Response:
    state = state_of(request)
    with state.work(read_only=True) as work:
        now = certification.in_use(work, seat.institution.id)
    said = certification.named(seat.institution)
    given = {"organization": said.organization, "organization_id": said.organization_id}
    if form is not None:
        given |= {name: desk.text(form, name) for name in _TYPED if name in form}
    administers = Role.ADMINISTER in seat.actor.roles
    tokens, trouble = _tokens(state.settings.pkcs11_modules if administers else ())
    context: dict[str, Any] = {
        "key": now,
        "ended": expiry.ENDED,
        "given": given,
        "by_did_key": seat.institution.did.startswith("did:key:"),
        "tokens": tokens,
        "token_trouble": error_words(request, trouble) if trouble else None,
        "made": hardware.MADE,
        "refused": request.url.path.rpartition("/")[2] if error else "",
    }
    return page(request, seat, "console/document_key.html", context, error=error)


def _tokens(modules: Sequence[str]) -> tuple[list[tuple[str, TokenView]], UnreachableError | None]:
    """Give the tokens there are, by the name a form gives them, and why one module tells none."""
    found: list[tuple[str, TokenView]] = []
    trouble = None
    for number, module in enumerate(modules):
        try:
            found += [(f"{number}:{one.serial}", one) for one in hardware.tokens(module)]
        except UnreachableError as error:
            trouble = error
    return found, trouble


def _secret(form: Form, name: str) -> str:
    """Give a secret as it was typed, spaces and all."""
    value = form.get(name, "")
    return value[:4_000] if isinstance(value, str) else ""


def _done(seat: Seat) -> Response:
    return go(f"/console/{seat.institution.slug}/settings/document-key?done=saved")
