# SPDX-License-Identifier: Apache-2.0
"""The wallet's first page and the page of one credential."""

from __future__ import annotations

from importlib import resources
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from gakusho.errors import ConflictError, InputError
from gakusho.holder import archive, claim, linkedin, paper, parts, received, share, wallet
from gakusho.holder.records import CredentialView, all_sealed
from gakusho.issuer import printed_codes, publication
from gakusho.store.work import Work
from gakusho.web.auth.session import SignedInPerson, go
from gakusho.web.downloads import attachment
from gakusho.web.errors import error_words
from gakusho.web.pages import language_of, render, words_of
from gakusho.web.state import state_of
from gakusho.web.verify import clients
from gakusho.web.verify.judge import judge
from gakusho.web.verify.show import shown

router = APIRouter(include_in_schema=False)


@router.get("/wallet")
def wallet_page(request: Request, person: SignedInPerson, new: str = "") -> Response:
    """Show what the person holds, and what waits for them."""
    with state_of(request).work(read_only=True) as work:
        held = wallet.credentials(work, person.id)
        shown_with = {view.id for view in held}
        context = {
            # a copy is listed with what it is a copy of
            "credentials": [view for view in held if view.copy_of not in shown_with],
            "waiting": claim.waiting_for(work, person.id),
            "received": received.received(work, person.id),
            "new": bool(new),
        }
    return render(request, "wallet/wallet.html", context)


@router.post("/wallet/claim")
def take_waiting(request: Request, person: SignedInPerson) -> Response:
    """Claim everything that waits under the person's addresses."""
    with state_of(request).work() as work:
        taken = claim.take_waiting(work, person.id)
    return go("/wallet?new=1" if taken else "/wallet")


@router.get("/wallet/c/{award_id}")
def credential_page(
    request: Request, person: SignedInPerson, award_id: str, new: str = "", ticket: str = ""
) -> Response:
    """Show one credential, verified now."""
    return _credential(request, person.id, award_id, new=bool(new), ticket=ticket[:40])


def _credential(
    request: Request,
    person_id: str,
    award_id: str,
    *,
    new: bool = False,
    ticket: str = "",
    error: tuple[str, str] | None = None,
    message: str = "",
) -> Response:
    state, words = state_of(request), words_of(request)
    with state.work(read_only=True) as work:
        view = wallet.credential(work, person_id, award_id)
        newer = wallet.replacement(work, person_id, award_id)
        copies = wallet.copies(work, person_id, award_id)
        has_original = any(one.id == view.copy_of for one in wallet.credentials(work, person_id))
        log = share.log(work, person_id, award_id=award_id, limit=5)
        on_paper = paper.paper_link(work, person_id, award_id)
        files = all_sealed(work, award_id)
        has_code = printed_codes.has_code(work, award_id)
        first = wallet.to_verify(work, award_id)
    report = judge(state, first[0].data) if first else None
    context = {
        "view": view,
        "newer": newer,
        "copies": copies,
        "paper_link": on_paper,
        "public_url": state.settings.public_url,
        "has_original": has_original,
        "log": log,
        "files": [(f.format, f.extension, len(f.data)) for f in files],
        "has_code": has_code,
        "can_bake": wallet.can_bake(view),
        "divisible": parts.divisible(view) is not None,
        "shown": shown(report, words) if report else None,
        "link": f"{state.settings.public_url}/v/{view.verify_code}",
        "linkedin": _linkedin(view, words.language, state.settings.public_url),
        "new": new,
        "ticket": ticket,
        "error": error,
        "message": message,
        "max_message": wallet.MAX_MESSAGE,
    }
    return render(request, "wallet/credential.html", context, status=400 if error else 200)


def _linkedin(view: CredentialView, language: str, public_url: str) -> str:
    return linkedin.add_to_profile(
        title=view.title.best(language),
        organization=view.issuer_name.best(language),
        awarded_on=view.awarded_on,
        valid_until=view.valid_until,
        certificate_url=f"{public_url}/v/{view.verify_code}",
        certificate_id=view.issue_number or view.id,
    )


@router.post("/wallet/c/{award_id}/error")
def report_error(
    request: Request, person: SignedInPerson, award_id: str, message: Annotated[str, Form()] = ""
) -> Response:
    """Send the institution word of an error in the record."""
    state = state_of(request)
    try:
        with state.work() as work:
            ticket = wallet.report_error(work, person.id, award_id, message)
    except (InputError, ConflictError) as error:
        return _credential(
            request, person.id, award_id, error=error_words(request, error), message=message[:4000]
        )
    state.jobs.deliver()
    return go(f"/wallet/c/{award_id}?ticket={ticket}#correct")


@router.get("/wallet/c/{award_id}/download/{format_name}")
def download(request: Request, person: SignedInPerson, award_id: str, format_name: str) -> Response:
    """Give a credential in one format."""
    with state_of(request).work(read_only=True) as work:
        sealed = wallet.sealed(work, person.id, award_id, format_name)
        name = _name(wallet.credential(work, person.id, award_id), language_of(request))
    return attachment(sealed.data, sealed.media_type, name, sealed.extension)


@router.post("/wallet/c/{award_id}/without-code")
def without_code(request: Request, person: SignedInPerson, award_id: str) -> Response:
    """Make the document anew without the signed code, and give it."""
    clients.count(request, "verify")
    with state_of(request).work(read_only=True) as work:
        name = _name(wallet.credential(work, person.id, award_id), language_of(request))
        sealed = printed_codes.without_code(work, award_id)
    return attachment(sealed.data, sealed.media_type, name, sealed.extension)


@router.get("/wallet/c/{award_id}/badge")
def badge(request: Request, person: SignedInPerson, award_id: str) -> Response:
    """Give the badge image with the credential inside."""
    with state_of(request).work(read_only=True) as work:
        view = wallet.credential(work, person.id, award_id)
        data, media_type, extension = wallet.baked(work, award_id, _plain_badge())
    return attachment(data, media_type, _name(view, language_of(request)), extension)


@router.get("/wallet/archive")
def everything(request: Request, person: SignedInPerson, only: str | None = None) -> Response:
    """Give everything, or one credential, in one archive that verifies without this server."""
    language = language_of(request)
    with state_of(request).work() as work:  # a status list near its end is signed anew
        held = wallet.credentials(work, person.id)
        if only is not None:
            held = [wallet.credential(work, person.id, only)]
        packed = [_packed(work, view, language) for view in held]
        if only is None:
            packed += [
                archive.Packed(
                    name=view.title.best(language), sealed=(received.one(work, person.id, view.id)[1],)
                )
                for view in received.received(work, person.id)
            ]
        documents = publication.documents_of(work, [view.id for view in held])
    return attachment(archive.archive(packed, documents), "application/zip", "gakusho", "zip")


def _packed(work: Work, view: CredentialView, language: str) -> archive.Packed:
    badge = wallet.baked(work, view.id, _plain_badge()) if wallet.can_bake(view) else None
    return archive.Packed(
        name=_name(view, language),
        sealed=tuple(all_sealed(work, view.id)),
        badge=(badge[0], badge[2]) if badge else None,
    )


def _name(view: CredentialView, language: str) -> str:
    return f"{view.title.best(language)} {view.learner_name.full}"


def _plain_badge() -> bytes:
    """Give the image for achievements that have none."""
    return (resources.files("gakusho.web") / "static" / "img" / "seal.svg").read_bytes()
