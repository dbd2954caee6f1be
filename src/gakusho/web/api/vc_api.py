# SPDX-License-Identifier: Apache-2.0
"""The W3C VC-API: issue, derive and verify, without sign-in; served only when ``GAKUSHO_VC_API`` is on.

It signs what it is given with ``did:key``s of its own, which are no institution's keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gakusho.errors import InputError, LimitError, UnreachableError, UnreadableError
from gakusho.fetch import Fetched, Fetcher
from gakusho.formats import _vc
from gakusho.formats.verifiable_credential import FORMAT
from gakusho.model.report import Check, Outcome, Report
from gakusho.proof import ProofOptions, json
from gakusho.proof._options import read_time
from gakusho.verifier.own_words import may_write_contexts
from gakusho.verifier.sentences import sentence
from gakusho.verifier.verify import verify_familiar
from gakusho.web.api import vc_api_keys, vc_api_status
from gakusho.web.state import State, state_of
from gakusho.web.verify.aside import Asked, answer
from gakusho.web.verify.judge import judge_stranger

router = APIRouter(prefix="/vc-api", tags=["vc-api"])

MAX_BODY = 1_048_576
MAX_POINTERS = 1_000
_ISSUING = "assertionMethod"
"""The purpose of every credential's proof."""
VERIFY = "/vc-api/credentials/verify"
_SMALL = 16_384
"""Bytes of a body that is verified at once, without waiting for a thread; all larger ones aside."""
_BEGINNING, _ENDINGS = b'{"verifiableCredential":', (b',"options":{}}', b"}")

Json = dict[str, Any]


@router.get("/issuers", summary="The did:keys this endpoint signs with")
def issuers(request: Request) -> list[dict[str, str]]:
    """List what can be chosen by ``options``, with the issuer id to put into the credential."""
    secret = state_of(request).settings.secret
    return [
        {
            "id": vc_api_keys.key_for(one, secret).verification_method.partition("#")[0],
            **one.as_json(),
        }
        for one in vc_api_keys.offers()
    ]


@router.post("/credentials/issue", status_code=201, summary="Issue a credential")
async def issue(request: Request) -> Response:
    """Sign a credential: 201 with ``verifiableCredential``, 400 when it breaks a rule.

    ``options``: ``cryptosuite``, ``keyType``, ``mandatoryPointers``, ``created``, ``expires``,
    ``challenge``, ``domain``, ``previousProof``, ``credentialId``, ``credentialStatus``: whether it gets
    places in the endpoint's status lists, as it does by itself when signed by ``eddsa-rdfc-2022``.
    """
    body = await _body(request)
    credential, options = _object(body, "credential"), _options(body)
    offer = vc_api_keys.chosen(options)
    state = state_of(request)
    issued = await run_in_threadpool(_issued, state, offer, credential, options)
    return _answered({"verifiableCredential": issued}, 201)


def _issued(state: State, offer: vc_api_keys.Offer, credential: Json, options: Json) -> Json:
    now = state.clock()
    key = vc_api_keys.key_for(offer, state.settings.secret)
    vc_api_status.check_status(credential)
    if "credentialId" in options and "id" not in credential:
        credential = {**credential, "id": options["credentialId"]}
    credential = _dated(credential, now)
    asked = _proof_options(options, now)

    def secured(credential: Json) -> Json:
        if offer.cryptosuite == vc_api_keys.ENVELOPED:
            return FORMAT.envelop(credential, key=key)
        return FORMAT.seal(credential, key=key, now=now, options=asked)

    # A status none asked for fails those who check a bare proof, as the W3C's ECDSA suite does.
    wanted = options.get("credentialStatus", offer == vc_api_keys.USUAL)
    if not isinstance(wanted, bool):
        raise _unusable("options.credentialStatus", wanted, "true or false")
    if not wanted:
        return secured(credential)
    with state.work() as work:
        listed = vc_api_status.with_status(work, credential, key)
        if "credentialStatus" in options and "credentialStatus" not in listed:
            raise InputError(
                "This endpoint gives no status to what is of another data model or of another issuer.",
                code="status-entry",
                facts={
                    "got": str(_vc.issuer_id(credential))[:300],
                    "expected": "its own issuer, and version 2.0",
                },
            )
        return secured(listed)


def _dated(credential: Json, now: datetime) -> Json:
    """Give what comes without the date that data model 1.1 requires that of its signing.

    The VC-API does not ask who sends a credential for it. What already has a proof stays as it was signed.
    """
    contexts = credential.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [_vc.VC_V1]:
        return credential
    if "issuanceDate" in credential or "proof" in credential:
        return credential
    return {**credential, "issuanceDate": _vc.written_time(now.replace(microsecond=0))}


def _proof_options(options: Json, now: datetime) -> ProofOptions:
    previous = options.get("previousProof")
    return ProofOptions(
        verification_method="",
        created=read_time(options["created"]) if "created" in options else now,
        expires=read_time(options["expires"]) if "expires" in options else None,
        challenge=_text(options, "challenge"),
        domain=_text(options, "domain"),
        previous_proof=tuple(_texts(options, "previousProof")) if isinstance(previous, list) else previous,
        mandatory_pointers=tuple(_texts(options, "mandatoryPointers")),
    )


@router.post("/credentials/derive", status_code=201, summary="Derive a credential that says less")
async def derive(request: Request) -> Response:
    """Give a credential with only its mandatory parts and those that ``options.selectivePointers`` name."""
    body = await _body(request)
    credential, options = _object(body, "verifiableCredential"), _options(body)
    pointers = _texts(options, "selectivePointers")
    derived = await run_in_threadpool(FORMAT.derive, credential, pointers)
    return _answered({"verifiableCredential": derived}, 201)


@router.post("/credentials/verify", summary="Verify a credential")
async def verify_credential(request: Request) -> Response:
    """Verify a credential: 200 when verified, 400 with what was found when not.

    ``options.checks`` of ``["proof"]`` asks for form and proof alone. Without ``checks`` all is checked; of
    an issuer that is no DID, whose keys nobody publishes, that the proof is not of its own key is then told
    among ``warnings``, as the W3C's suites expect. A key that is not the DID's own is never let pass.
    That a document says itself what some of its words mean is told so as well.
    """
    sent, state = await _sent(request), state_of(request)
    if len(sent) <= _SMALL and (report := _familiar(sent, state)) is not None:
        return _answer(report)
    body = _read(sent)
    data, options = _shown(body, "verifiableCredential"), _options(body)
    purpose = _text(options, "expectedProofPurpose")
    if purpose not in (None, _ISSUING):
        return _refused(Check(code="proof.purpose", outcome=Outcome.INVALID, facts=_purposes(purpose)))
    return await _reported(
        state,
        data,
        Asked(only_proof=_proof_alone(options)),
        only_told=() if "checks" in options else ("issuer.binding", "context.inline"),
    )


def _purposes(expected: str | None) -> dict[str, str]:
    return {"reason": "proofPurpose", "got": _ISSUING, "expected": (expected or "")[:200]}


@router.post("/presentations/verify", summary="Verify a presentation")
async def verify_vp(request: Request) -> Response:
    """Verify a presentation, signed or not, and every credential in it."""
    body = await _body(request)
    data, options = _shown(body, "verifiablePresentation"), _options(body)
    state = state_of(request)
    domain = options.get("domain")
    asked = Asked(
        presentation=True,
        only_proof=_proof_alone(options),
        challenge=_text(options, "challenge"),
        domain=domain[0] if isinstance(domain, list) and domain else _text(options, "domain"),
    )
    return await _reported(state, data, asked)


# --- what comes in ---------------------------------------------------------------------------------


async def _sent(request: Request) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            raise LimitError(f"The body is larger than {MAX_BODY} bytes.")
    return bytes(data)


async def _body(request: Request) -> Json:
    return _read(await _sent(request))


def _read(data: bytes) -> Json:
    body = json.loads(data, max_bytes=MAX_BODY)
    if not isinstance(body, dict):
        raise UnreadableError("The body is not a JSON object.")
    return body


def _options(body: Json) -> Json:
    options = body.get("options")
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise _unusable("options", options, "an object")
    return options


def _proof_alone(options: Json) -> bool:
    checks = options.get("checks", [])
    if not isinstance(checks, list):
        raise _unusable("options.checks", checks, "a list")
    return checks == ["proof"]


def _object(body: Json, member: str) -> Json:
    value = body.get(member)
    if not isinstance(value, dict):
        raise _unusable(member, value, "an object")
    return value


def _shown(body: Json, member: str) -> bytes:
    """Give what is to be verified as bytes: an object, or a token as text."""
    value = body.get(member)
    if isinstance(value, str) and value:
        return value.encode()
    return json.dumps(_object(body, member))


def _text(options: Json, member: str) -> str | None:
    value = options.get(member)
    if value is None or isinstance(value, str):
        return value
    raise _unusable(f"options.{member}", value, "text")


def _texts(options: Json, member: str) -> list[str]:
    value = options.get(member, [])
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        if len(value) > MAX_POINTERS:
            raise LimitError(f"The member {member} has more than {MAX_POINTERS} entries.")
        return list(value)
    raise _unusable(f"options.{member}", value, "a list of texts")


def _unusable(member: str, got: object, expected: str) -> InputError:
    return InputError(
        f"The member {member} is missing or no {expected.removeprefix('an ').removeprefix('a ')}.",
        facts={"got": type(got).__name__, "expected": expected},
    )


# --- what goes out ---------------------------------------------------------------------------------


class _NobodyAsked(Fetcher):
    """Says at the first question that there is something to ask for, so that it is asked in a thread."""

    def __init__(self) -> None:
        self.wanted = False

    def fetch(self, url: str, *, max_bytes: int = 0) -> Fetched:  # noqa: ARG002  # protocol
        self.wanted = True
        raise UnreachableError("Nobody was asked yet.")


def _familiar(sent: bytes, state: State) -> Report | None:
    """Give the report on a body with nothing but a credential like many before it that asks nobody.

    That it is known again says that it is one JSON object, so the body need not be read to know the rest.
    """
    for ending in _ENDINGS:
        if sent.startswith(_BEGINNING) and sent.endswith(ending):
            nobody = _NobodyAsked()
            data = sent[len(_BEGINNING) : -len(ending)]
            report = verify_familiar(data, now=state.clock(), fetcher=nobody)
            return None if nobody.wanted else report
    return None


async def _reported(state: State, data: bytes, asked: Asked, *, only_told: tuple[str, ...] = ()) -> Response:
    """Verify at once what is small, plain and asks nobody; what is large, where it can be stopped."""
    if len(data) > _SMALL:
        return _answer(await run_in_threadpool(judge_stranger, state, data, asked=asked), only_told)
    now = state.clock()
    if not may_write_contexts(data):
        nobody = _NobodyAsked()
        report = answer(data, asked, now=now, fetcher=nobody)
        if not nobody.wanted:
            return _answer(report, only_told)
    waiting = partial(answer, data, asked, now=now, fetcher=state.fetcher)
    return _answer(await run_in_threadpool(waiting), only_told)


def _answer(report: Report, only_told: tuple[str, ...] = ()) -> Response:
    failing = [one for one in _all(report) if one.outcome is not Outcome.VALID]
    of_others = {"issuer.binding"} if _by_did(report) else set()
    told = bool(failing) and all(one.code in only_told and one.code not in of_others for one in failing)
    if report.outcome is Outcome.VALID or told:
        body = {"verified": True, "checks": _checks(report), "report": _summary(report)}
        return _answered({**body, "warnings": [_problem(one) for one in failing]} if told else body, 200)
    problems = [_problem(one) for one in failing]
    body = {
        "verified": False,
        "checks": _checks(report),
        "report": _summary(report),
        "problemDetails": problems,
        "errors": [problem["detail"] for problem in problems],
    }
    return _answered(body, 400)


def _by_did(report: Report) -> bool:
    return report.credential is None or report.credential.issuer.id.startswith("did:")


def _refused(check: Check) -> Response:
    problem = _problem(check)
    found = [{"code": check.code, "outcome": check.outcome.value}]
    body = {"verified": False, "checks": found, "problemDetails": [problem], "errors": [problem["detail"]]}
    return _answered(body, 400)


def _checks(report: Report) -> list[Json]:
    return [
        # What a list says in the issuer's words is an answer of its own; the rest is for those who ask why.
        {"code": one.code, "outcome": one.outcome.value, "facts": dict(one.facts)}
        if one.code == "status.message"
        else {"code": one.code, "outcome": one.outcome.value}
        for one in _all(report)
    ]


def _summary(report: Report) -> Json:
    return {
        "outcome": report.outcome.value,
        "headline": report.headline.value,
        "format": report.format,
        "issuer": None if report.issuer is None else report.issuer.id,
    }


def _all(report: Report) -> list[Check]:
    return [*report.checks, *(check for inner in report.carried for check in _all(inner))]


def _problem(check: Check) -> Json:
    return {
        "type": vc_api_status.problem_type(check) or f"urn:gakusho:check:{check.code}",
        "title": check.code,
        "status": 400,
        "detail": sentence(check, "en"),
        "facts": dict(check.facts),
    }


def _answered(body: Mapping[str, Any], status: int) -> Response:
    return Response(json.dumps(body), status_code=status, media_type="application/json")
