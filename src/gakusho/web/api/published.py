# SPDX-License-Identifier: Apache-2.0
"""What an institution publishes at stable addresses, cacheable: DID document, status lists, hosted badges."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import Response

from gakusho.errors import NotFoundError
from gakusho.issuer import certificate_lists, hosted_badges, institutions, publication
from gakusho.web.state import state_of

router = APIRouter(tags=["published"])

Slug = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
IfNoneMatch = Annotated[str | None, Header()]


def _answer(data: bytes, media_type: str, known: str | None, *, seconds: int, status: int = 200) -> Response:
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={seconds}",
        "Access-Control-Allow-Origin": "*",
    }
    if known is not None and tag in {part.strip() for part in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type, headers=headers, status_code=status)


@router.get("/i/{slug}/did.json", summary="The DID document of an institution")
def did_document(request: Request, slug: Slug, if_none_match: IfNoneMatch = None) -> Response:
    """Give the DID document: every key there is or was. Controlled Identifiers 1.0."""
    with state_of(request).work(read_only=True) as work:
        data = publication.did_document(work, institutions.by_slug(work, slug).id)
    return _answer(data, "application/did+json", if_none_match, seconds=300)


@router.get("/.well-known/did.json", summary="The DID document of the institution whose host this is")
def did_document_of_host(request: Request, if_none_match: IfNoneMatch = None) -> Response:
    """Give the DID document of a ``did:web`` without a path, chosen by the Host header."""
    host = request.headers.get("host", "").lower()
    did = "did:web:" + host.replace(":", "%3A")
    with state_of(request).work(read_only=True) as work:
        data = publication.did_document(work, institutions.by_did(work, did).id)
    return _answer(data, "application/did+json", if_none_match, seconds=300)


@router.get("/i/{slug}/status/{number}/{purpose}", summary="A status list of an institution")
def status_list(
    request: Request, slug: Slug, number: int, purpose: str, if_none_match: IfNoneMatch = None
) -> Response:
    """Give a signed status list: Bitstring Status List 1.0, or (``token``) Token Status List."""
    with state_of(request).work() as work:
        view = institutions.by_slug(work, slug)
        data = publication.document(work, f"{view.base_url}/i/{slug}/status/{number}/{purpose}")
    if data is None:
        raise NotFoundError("There is no such status list.", facts={"got": f"{number}/{purpose}"})
    media_type = "application/statuslist+jwt" if purpose == "token" else "application/vc"
    return _answer(data, media_type, if_none_match, seconds=60)


@router.get("/i/{slug}/crl/{authority}.crl", summary="What an institution's certificate authority revoked")
def certificate_list(
    request: Request, slug: Slug, authority: str, if_none_match: IfNoneMatch = None
) -> Response:
    """Give the certificate revocation list, DER. RFC 5280, section 5; RFC 2585, section 3."""
    with state_of(request).work() as work:
        view = institutions.by_slug(work, slug)
        data = certificate_lists.certificate_list(work, view.id, authority)
    return _answer(data, "application/pkix-crl", if_none_match, seconds=3600)


Rest = Annotated[str, Path(pattern=r"^[A-Za-z0-9/._~-]{1,300}$")]


@router.get("/i/{slug}/ob2/{rest:path}", summary="A document of an institution's Open Badges 2.0")
def open_badge_2(request: Request, slug: Slug, rest: Rest, if_none_match: IfNoneMatch = None) -> Response:
    """Give an assertion, a class, the issuer, a key or the revocation list; what is revoked with 410.

    Open Badges 2.0, section 4.
    """
    with state_of(request).work(read_only=True) as work:
        view = institutions.by_slug(work, slug)
        found = hosted_badges.found(work, f"{view.base_url}/i/{slug}/ob2/{rest}")
    if found is None:
        raise NotFoundError("There is no such badge.", facts={"got": rest[:100]})
    status = 410 if found.gone else 200
    known = None if found.gone else if_none_match
    return _answer(found.data, "application/ld+json", known, seconds=60, status=status)
