# SPDX-License-Identifier: Apache-2.0
"""The W3C VC-API: issue and verify, without sign-in; served only when ``GAKUSHO_VC_API`` is on.

It signs what it is given with a ``did:key`` of its own, which is no institution's key.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from gakusho.errors import InputError, LimitError, UnreadableError
from gakusho.formats import CredentialKey
from gakusho.formats.verifiable_credential import FORMAT
from gakusho.model.report import Check, Outcome, Report
from gakusho.proof import json
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.verifier.presentation import verify_presentation
from gakusho.verifier.report_json import as_json
from gakusho.verifier.verify import verify, verify_proof
from gakusho.web.state import state_of

router = APIRouter(prefix="/vc-api", tags=["vc-api"])

MAX_BODY = 1_048_576
SUITES = {("eddsa-rdfc-2022", "Ed25519")}


class _Open(BaseModel):
    """VC-API leaves room for members of others."""

    model_config = ConfigDict(extra="allow")


Options = TypeVar("Options", bound=_Open)


class IssueOptions(_Open):
    """How to issue."""

    cryptosuite: str = "eddsa-rdfc-2022"
    key_type: Annotated[str, Field(alias="keyType")] = "Ed25519"


class VerifyOptions(_Open):
    """What to check, and against which challenge."""

    checks: list[str] = []
    challenge: str | None = None
    domain: str | list[str] | None = None


@lru_cache(maxsize=8)
def _key(secret: bytes) -> CredentialKey:
    seed = HKDF(hashes.SHA256(), 32, b"", b"gakusho vc-api Ed25519").derive(secret)
    signer = KeptSigner(Ed25519PrivateKey.from_private_bytes(seed))
    multikey = signer.public_key.multikey()
    return CredentialKey(signer=signer, verification_method=f"did:key:{multikey}#{multikey}")


@router.get("/issuers", summary="The did:key this endpoint signs with")
def issuers(request: Request) -> list[dict[str, str]]:
    """List what can be chosen by ``options``, with the issuer id to put into the credential."""
    key = _key(state_of(request).settings.secret)
    did = key.verification_method.partition("#")[0]
    return [{"id": did, "cryptosuite": suite, "keyType": kind} for suite, kind in sorted(SUITES)]


@router.post("/credentials/issue", status_code=201, summary="Issue a credential")
async def issue(request: Request) -> JSONResponse:
    """Sign a credential: 201 with ``verifiableCredential``, 400 when it breaks a rule."""
    body = await _body(request)
    state = state_of(request)
    credential = _object(body, "credential")
    options = _options(IssueOptions, body)
    if (options.cryptosuite, options.key_type) not in SUITES:
        raise InputError(
            "This endpoint does not sign with that suite and kind of key.",
            code="suite",
            facts={"got": f"{options.cryptosuite} {options.key_type}", "expected": "eddsa-rdfc-2022 Ed25519"},
        )
    key = _key(state.settings.secret)
    sealed = await run_in_threadpool(FORMAT.seal, credential, key=key, now=state.clock())
    return JSONResponse({"verifiableCredential": sealed}, status_code=201)


@router.post("/credentials/verify", summary="Verify a credential")
async def verify_credential(request: Request) -> JSONResponse:
    """Verify a credential: 200 when verified, 400 with what was found when not."""
    body = await _body(request)
    state = state_of(request)
    options = _options(VerifyOptions, body)
    data = json.dumps(_object(body, "verifiableCredential"))
    proof_alone = set(options.checks) == {"proof"}
    report = await run_in_threadpool(
        verify_proof if proof_alone else verify, data, now=state.clock(), fetcher=state.fetcher
    )
    return _answer(report)


@router.post("/presentations/verify", summary="Verify a presentation")
async def verify_vp(request: Request) -> JSONResponse:
    """Verify a presentation, signed or not, and every credential in it."""
    body = await _body(request)
    state = state_of(request)
    options = _options(VerifyOptions, body)
    data = json.dumps(_object(body, "verifiablePresentation"))
    domain = options.domain[0] if isinstance(options.domain, list) and options.domain else options.domain
    report = await run_in_threadpool(
        verify_presentation,
        data,
        now=state.clock(),
        fetcher=state.fetcher,
        challenge=options.challenge,
        domain=domain if isinstance(domain, str) else None,
        only_proof=set(options.checks) == {"proof"},
    )
    return _answer(report)


async def _body(request: Request) -> dict[str, Any]:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            raise LimitError(f"The body is larger than {MAX_BODY} bytes.")
    body = json.loads(bytes(data), max_bytes=MAX_BODY)
    if not isinstance(body, dict):
        raise UnreadableError("The body is not a JSON object.")
    return body


def _options(kind: type[Options], body: dict[str, Any]) -> Options:
    try:
        return kind.model_validate(body.get("options") or {})
    except ValidationError as error:
        raise InputError(f"The options cannot be read: {error.errors()[0]['msg']}.") from error


def _object(body: dict[str, Any], member: str) -> dict[str, Any]:
    value = body.get(member)
    if not isinstance(value, dict):
        raise InputError(
            f"The member {member} is missing or no object.",
            facts={"got": type(value).__name__, "expected": "object"},
        )
    return value


def _answer(report: Report) -> JSONResponse:
    verified = report.outcome is Outcome.VALID
    found = as_json(report)
    body: dict[str, Any] = {"verified": verified, "checks": found["checks"], "report": found}
    if not verified:
        body["problemDetails"] = [
            _problem(check) for check in _all(report) if check.outcome is not Outcome.VALID
        ]
        body["errors"] = [problem["detail"] for problem in body["problemDetails"]]
    return JSONResponse(body, status_code=200 if verified else 400)


def _all(report: Report) -> list[Check]:
    return [*report.checks, *(check for inner in report.carried for check in _all(inner))]


def _problem(check: Check) -> dict[str, Any]:
    from gakusho.verifier.sentences import sentence

    return {
        "type": f"urn:gakusho:check:{check.code}",
        "title": check.code,
        "status": 400,
        "detail": sentence(check, "en"),
    }
