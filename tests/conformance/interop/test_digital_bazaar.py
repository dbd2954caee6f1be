# SPDX-License-Identifier: Apache-2.0
"""What is sealed here verifies in Digital Bazaar's implementation, and the other way round.

Needs Node; without it these tests fail rather than skip, for nothing else shows that others can read us.
"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gakusho.formats import _contexts
from gakusho.model.report import Outcome, combined
from gakusho.proof import ProofOptions, VerificationMethod
from gakusho.proof.data_integrity import add_proof, proof_checks
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers.encrypted_key import SIGNER

FOLDER = Path(__file__).parent
VECTORS = FOLDER.parents[1] / "vectors" / "json_ld"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
SECRET = bytes(range(150, 182))
CONTROLLER = "did:web:u.example"
METHOD = CONTROLLER + "#key-1"
Document = dict[str, Any]

MINIMAL: Document = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": CONTROLLER,
    "credentialSubject": {"id": "did:example:abc"},
}


def vector(name: str) -> Document:
    loaded: Document = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


CREDENTIALS = {
    "minimal": MINIMAL,
    "open badge": vector("open_badge_3"),
    "transcript": vector("clr_2"),
    "languages": vector("languages"),
    "status list": vector("status_list"),
    "endorsement": vector("endorsement"),
}


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    npm = shutil.which("npm")
    assert found is not None, "Node is needed: install it, then run `make node`."
    assert npm is not None, "npm is needed: install it, then run `make node`."
    if not (FOLDER / "node_modules").is_dir():
        subprocess.run([npm, "ci", "--silent"], cwd=FOLDER, check=True, timeout=300)
    return found


def run(node: str, script: str, given: Document) -> Document:
    done = subprocess.run(
        [node, str(FOLDER / script)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer: Document = json.loads(done.stdout)
    return answer


def documents(key: PublicKey) -> Document:
    pinned = {url: json.loads(_contexts.document(url)) for url in _contexts.contexts().urls}
    method = {
        "id": METHOD,
        "type": "Multikey",
        "controller": CONTROLLER,
        "publicKeyMultibase": key.multikey(),
    }
    did = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": CONTROLLER,
        "verificationMethod": [method],
        "assertionMethod": [METHOD],
    }
    return {**pinned, CONTROLLER: did}


def sealed(credential: Document) -> tuple[Document, PublicKey]:
    signer = SIGNER.open(SIGNER.create("Ed25519", SECRET), SECRET)
    options = ProofOptions(verification_method=METHOD, created=NOW)
    signed = add_proof(
        credential,
        suite="eddsa-rdfc-2022",
        signer=signer,
        options=options,
        contexts=_contexts.contexts(),
    )
    return signed, signer.public_key


def given(signed: Document, key: PublicKey) -> Document:
    return {"credential": signed, "documents": documents(key), "now": "2026-04-01T00:00:00Z"}


@pytest.mark.parametrize("credential", CREDENTIALS.values(), ids=CREDENTIALS.keys())
def test_what_is_sealed_here_verifies_there(node: str, credential: Document) -> None:
    signed, key = sealed(credential)
    assert run(node, "verify.mjs", given(signed, key)) == {"verified": True}


def test_what_was_changed_verifies_neither_here_nor_there(node: str) -> None:
    signed, key = sealed(CREDENTIALS["open badge"])
    changed = copy.deepcopy(signed)
    changed["credentialSubject"]["achievement"]["name"] = "Doctor"
    answer = run(node, "verify.mjs", given(changed, key))
    assert answer["verified"] is False
    assert "Invalid signature" in json.dumps(answer)


@pytest.mark.parametrize("credential", CREDENTIALS.values(), ids=CREDENTIALS.keys())
def test_what_is_sealed_there_verifies_here(node: str, credential: Document) -> None:
    placeholder = SIGNER.open(SIGNER.create("Ed25519", SECRET), SECRET).public_key
    answer = run(
        node,
        "issue.mjs",
        {**given(credential, placeholder), "controller": CONTROLLER},
    )
    key = PublicKey.from_multikey(answer["method"]["publicKeyMultibase"])
    method = VerificationMethod(
        id=METHOD, controller=CONTROLLER, key=key, purposes=frozenset({"assertionMethod"})
    )
    for change, expected in (({}, Outcome.VALID), ({"name": "Changed"}, Outcome.INVALID)):
        checks = proof_checks(
            {**answer["credential"], **change},
            now=NOW,
            lookup=lambda _: method,
            contexts=_contexts.contexts(),
        )
        assert combined(check.outcome for check in checks) is expected
