# SPDX-License-Identifier: Apache-2.0
"""The status of what the VC-API signs: places in lists, setting it, and the lists themselves.

Bitstring Status List 1.0; VC-API, "Update Status". Only for the endpoint's own ``did:key``s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gakusho.errors import InputError, NotFoundError
from gakusho.formats import CredentialKey, _vc
from gakusho.formats.verifiable_credential import FORMAT
from gakusho.issuer import api_status
from gakusho.model.award import StatusEntry
from gakusho.model.report import Check
from gakusho.proof import json
from gakusho.status.bitstring import STATUS, check_messages
from gakusho.store.ids import new_id
from gakusho.store.work import Work
from gakusho.web.api import vc_api_keys
from gakusho.web.state import state_of

router = APIRouter(prefix="/vc-api", tags=["vc-api"])

VALIDITY = timedelta(days=1)
MESSAGES = ((0, "no remark"), (1, "remark"))
"""As many as ``statusSize`` has bits, as the official test suite counts them; see decision 0014."""
_OF_LISTS = "https://www.w3.org/ns/credentials/status-list#"
_OF_THE_MODEL = "https://www.w3.org/TR/vc-data-model#"
_PROBLEMS = {
    **dict.fromkeys(("list-unreachable", "not-asked", "limit"), f"{_OF_LISTS}STATUS_RETRIEVAL_ERROR"),
    **dict.fromkeys(
        (
            "list-id",
            "list-issuer",
            "list-not-genuine",
            "list-stale",
            "list-unreadable",
            "status-verification",
        ),
        f"{_OF_LISTS}STATUS_VERIFICATION_ERROR",
    ),
    "status-length": f"{_OF_LISTS}STATUS_LIST_LENGTH_ERROR",
    "status-range": f"{_OF_THE_MODEL}RANGE_ERROR",
    **dict.fromkeys(("status-encoding", "status-entry"), f"{_OF_THE_MODEL}MALFORMED_VALUE_ERROR"),
}
"""What the Recommendations call why a status is not known: section 3.5, and 7.2 of the data model."""
_PATH = re.compile(r"/vc-api/status-lists/(z[1-9A-HJ-NP-Za-km-z]{40,100})/([1-9][0-9]{0,6})/([a-z]{1,20})\Z")


class Entry(BaseModel):
    """Which list, and what it is to say."""

    model_config = ConfigDict(extra="allow")
    status_purpose: str = Field(alias="statusPurpose", max_length=60)
    status: bool | int = True


class Update(BaseModel):
    """A change of status of one credential."""

    model_config = ConfigDict(extra="allow")
    credential_id: str = Field(alias="credentialId", max_length=2_000)
    credential_status: Entry | list[Entry] = Field(alias="credentialStatus")
    status: bool | int | None = None


def check_status(credential: Mapping[str, Any]) -> None:
    """Refuse status entries that are malformed, before anything is signed. Section 2.1.

    Raises: InputError.
    """
    for entry in _vc.status_entries(credential):
        if entry.kind == STATUS.name:
            check_messages(entry)
    for stated in _vc.as_list(credential.get("credentialStatus")):
        index = stated.get("statusListIndex", "")
        if not isinstance(index, str):
            raise _vc.unreadable("statusListIndex", index, "a whole number from 0, as text")


def problem_type(check: Check) -> str | None:
    """Give the URL by which the Recommendations name why a status is not known, or None. Section 3.5."""
    return _PROBLEMS.get(check.facts.get("reason", "")) if check.code.startswith("status.") else None


def with_status(work: Work, credential: Mapping[str, Any], key: CredentialKey) -> dict[str, Any]:
    """Give the credential with entries in the endpoint's own lists, unless it brings a status or is too old.

    Version 1.1 of the data model does not define the terms.
    """
    contexts = credential.get("@context")
    if "credentialStatus" in credential or not isinstance(contexts, list) or contexts[:1] != [_vc.VC_V2]:
        return dict(credential)
    did = key.verification_method.partition("#")[0]
    if _vc.issuer_id(credential) != did:
        return dict(credential)  # a list of ours says nothing about what somebody else issues
    identifier = credential.get("id")
    number, index = api_status.place(work, did, identifier if isinstance(identifier, str) else new_id())
    entries = [_entry(work, did, number, index, purpose) for purpose in api_status.SIZES]
    return {**credential, "credentialStatus": _vc.written_status(entries)}


def _entry(work: Work, did: str, number: int, index: int, purpose: str) -> StatusEntry:
    address = _address(work, did, number, purpose)
    size = api_status.SIZES[purpose]
    return StatusEntry(
        id=f"{address}#{index}",
        kind=STATUS.name,
        purpose=purpose,
        list_id=address,
        index=index,
        size=size,
        messages=MESSAGES if size > 1 else (),
        references=(f"{work.public_url}/docs",) if size > 1 else (),
    )


def _address(work: Work, did: str, number: int, purpose: str) -> str:
    return f"{work.public_url}/vc-api/status-lists/{did.removeprefix('did:key:')}/{number}/{purpose}"


def document(work: Work, url: str) -> bytes | None:
    """Give the signed list at an address of this server's, or None where there is none."""
    parts = urlsplit(url)
    match = _PATH.match(parts.path)
    if (
        match is None
        or f"{parts.scheme}://{parts.netloc}" != work.public_url
        or parts.query
        or parts.fragment
    ):
        return None
    did, number, purpose = f"did:key:{match[1]}", int(match[2]), match[3]
    key = _own_key(work, did)
    if key is None:
        return None
    try:
        values = api_status.values(work, did, number, purpose)
    except NotFoundError:
        return None
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    return _signed(url, did, purpose, tuple(sorted(values.items())), hour, _Held(key))


class _Held:
    """A key that is no part of what a list is remembered by: the DID says which it is."""

    def __init__(self, key: CredentialKey) -> None:
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.key.verification_method == self.key.verification_method

    def __hash__(self) -> int:
        return hash(self.key.verification_method)


@lru_cache(maxsize=16)
def _signed(
    url: str, did: str, purpose: str, values: tuple[tuple[int, int], ...], hour: datetime, held: _Held
) -> bytes:
    """Give a list signed in this hour; the same list is not signed twice."""
    unsigned = STATUS.write(
        list_id=url,
        issuer_id=did,
        purpose=purpose,
        length=api_status.LENGTH,
        values=dict(values),
        size=api_status.SIZES[purpose],
    )
    dated = {
        **unsigned,
        "validFrom": _vc.written_time(hour),
        "validUntil": _vc.written_time(hour + VALIDITY),
    }
    return json.dumps(FORMAT.seal(dated, key=held.key, now=hour))


def _own_key(work: Work, did: str) -> CredentialKey | None:
    for offer in vc_api_keys.offers():
        key = vc_api_keys.key_for(offer, work.secret)
        if key.verification_method.startswith(f"{did}#"):
            return CredentialKey(signer=key.signer, verification_method=key.verification_method)
    return None


@router.post("/credentials/status", summary="Change the status of a credential")
def change(request: Request, update: Update) -> dict[str, Any]:
    """Set what the lists say: ``revocation`` true or false, ``message`` 0 to 3."""
    listed = update.credential_status
    entries = listed if isinstance(listed, list) else [listed]
    if not 1 <= len(entries) <= len(api_status.SIZES):
        raise InputError("One status at least is to be changed, and none twice.", code="status-entry")
    with state_of(request).work() as work:
        for entry in entries:
            value = entry.status if update.status is None else update.status
            api_status.set_value(work, update.credential_id, entry.status_purpose, int(value))
    return {"credentialId": update.credential_id}


@router.get(
    "/status-lists/{multikey}/{number}/{purpose}", summary="A status list of what this endpoint signs"
)
async def status_list(request: Request, multikey: str, number: int, purpose: str) -> Response:
    """Give a signed status list credential. Bitstring Status List 1.0."""
    state = state_of(request)

    def found() -> bytes | None:
        with state.work(read_only=True) as work:
            return document(work, _address(work, f"did:key:{multikey}", number, purpose))

    data = await run_in_threadpool(found)
    if data is None:
        raise NotFoundError("There is no such status list.", facts={"got": f"{number}/{purpose}"[:80]})
    headers = {"Cache-Control": "public, max-age=10", "Access-Control-Allow-Origin": "*"}
    return Response(data, media_type="application/json", headers=headers)
