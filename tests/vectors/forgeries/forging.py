# SPDX-License-Identifier: Apache-2.0
"""What every table of forgeries shares: a world in which each question to the network is written down."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.fakes.university import NOW, MemorySigner, University

from gakusho.fetch import Fetched
from gakusho.formats import _jose
from gakusho.formats._contexts import contexts
from gakusho.model.report import Check, Headline, Outcome, Report
from gakusho.proof import ProofOptions, data_integrity, multibase
from gakusho.verifier.verify import verify

Json = dict[str, Any]
Change = Callable[[Json], object]
SUBJECT = "credentialSubject"


class Watched:
    """The university's documents, with every address that was asked for."""

    def __init__(self, university: University) -> None:
        self._world = university.fetcher()
        self.asked: list[str] = []

    def fetch(self, url: str, *, max_bytes: int = 1_048_576) -> Fetched:
        self.asked.append(url)
        return self._world.fetch(url, max_bytes=max_bytes)


def judged(university: University, data: bytes | Json, **options: Any) -> Report:
    """Give the report; nobody but the university was asked, and nothing came about by accident."""
    made = data if isinstance(data, bytes) else json.dumps(data).encode()
    watched = Watched(university)
    report = verify(made, now=options.pop("at", NOW), fetcher=watched, **options)
    strangers = [url for url in watched.asked if not url.startswith("https://aoba.example/")]
    assert strangers == [], "only the issuer whose key signed is asked"
    assert not [one for one in report.checks if one.facts.get("reason") == "failed"]
    return report


def believed(university: University, data: bytes | Json, **options: Any) -> Report:
    """Give the report on an untouched twin, which is valid."""
    report = judged(university, data, **options)
    assert report.headline is Headline.VALID, [one for one in report.checks if one.outcome != Outcome.VALID]
    return report


def refused(
    university: University, data: bytes | Json, codes: Iterable[str], *, reason: str | None = None
) -> list[Check]:
    """Give the failing checks of a forgery: it is invalid and not genuine, and one of ``codes`` says why."""
    report = judged(university, data)
    assert (report.outcome, report.headline) == (Outcome.INVALID, Headline.NOT_GENUINE)
    wrong = [one for one in report.checks if one.outcome is Outcome.INVALID]
    assert {one.code for one in wrong} & set(codes), wrong
    if reason is not None:
        assert reason in {one.facts.get("reason") for one in wrong}, wrong
    return wrong


def open_to_doubt(university: University, data: bytes | Json, code: str, reason: str | None = None) -> None:
    """Hold that nothing decides, and that the check says so: never valid."""
    report = judged(university, data)
    assert report.outcome is Outcome.UNKNOWN, report.checks
    unknown = [one for one in report.checks if one.outcome is Outcome.UNKNOWN]
    assert code in {one.code for one in unknown}
    if reason is not None:
        assert reason in {one.facts.get("reason") for one in unknown}, unknown


def codes(report: Report, outcome: Outcome) -> set[str]:
    """Give the codes of the checks with this outcome."""
    return {check.code for check in report.checks if check.outcome is outcome}


def badge(university: University) -> Json:
    """Give a fresh badge as JSON."""
    made: Json = json.loads(university.sealed())
    return made


def changed(document: Json, change: Change) -> Json:
    """Give a copy with the change made."""
    made = copy.deepcopy(document)
    change(made)
    return made


def put(*path: str | int, value: Any) -> Change:
    """Give the change that sets a member, or appends to a list."""

    def change(document: Json) -> None:
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        if isinstance(holder, list) and path[-1] == len(holder):
            holder.append(value)
        else:
            holder[path[-1]] = value

    return change


def unsigned(document: Json) -> Json:
    """Give the document without its proof."""
    return {name: value for name, value in document.items() if name != "proof"}


def token(
    university: University,
    claims: Json | str,
    header: Json | str | None = None,
    signer: MemorySigner | None = None,
) -> bytes:
    """Give a token signed by the university, or by another, over exactly this text."""
    head = {"alg": "EdDSA", "kid": university.key_id, "typ": "JWT"} if header is None else header
    parts = [one if isinstance(one, str) else json.dumps(one) for one in (head, claims)]
    body = b".".join(base64url(part.encode("utf-8", "surrogatepass")) for part in parts)
    return body + b"." + base64url((signer or university.signer).sign(body))


def base64url(data: bytes) -> bytes:
    """Give base64url without padding."""
    return multibase.base64url(data).encode("ascii")


def claims(university: University) -> Json:
    """Give the claims of a fresh token."""
    return dict(_jose.taken_apart(university.sealed(form="vc-jwt")).claims)


def proof(**changes: Any) -> Change:
    """Give the change of members of the proof."""
    return lambda document: document["proof"].update(changes)


def signed_again(university: University, document: Json, **options: Any) -> Json:
    """Give the document properly signed by the university, saying in its proof what is given."""
    made = ProofOptions(**{"verification_method": university.key_id, "created": NOW, **options})
    return data_integrity.add_proof(
        document, suite="eddsa-rdfc-2022", signer=university.signer, options=made, contexts=contexts()
    )
