# SPDX-License-Identifier: Apache-2.0
"""What is fuzzed, guided by coverage: every reader of strangers' bytes, and the verifier itself.

A finding is any exception that is not the library's own, a report that came about by accident, a verdict of
valid on something that nobody signed, two ways to the canonical form that differ, or more than two seconds.

Usage: python -m tools.fuzz.targets NAME [FOLDER] [options of libFuzzer]
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["gakusho"], enable_loader_override=False):
    from tests.fakes.scans import seen, sheet
    from tests.fakes.transcripts import transcript
    from tests.fakes.university import NOW, University
    from tests.unit.verifier.test_hostile import spoiled

    from gakusho.errors import GakushoError
    from gakusho.fetch import MemoryFetcher
    from gakusho.formats import Bakes, _cose, _jose, _paper_base45, _png, _sd_jwt, _svg, format_named, formats
    from gakusho.formats._contexts import contexts
    from gakusho.formats._paper_tables import PREFIX, WORDS
    from gakusho.formats.paper_code import FORMAT as PAPER
    from gakusho.model.report import Outcome, Report
    from gakusho.proof import json as strict_json
    from gakusho.proof import multibase
    from gakusho.proof.canonical_form import canonical_form, plain_form
    from gakusho.status import bitstring
    from gakusho.verifier.directory import Directory
    from gakusho.verifier.presentation import verify_presentation
    from gakusho.verifier.report_json import as_json
    from gakusho.verifier.verify import verify

    formats()  # what is found by where it lies is instrumented too

SECONDS = 2.0
Target = Callable[[bytes], None]


class Found(Exception):  # noqa: N818  # it is a finding
    """What must not be."""


UNIVERSITY = University.with_document_key()
DID_URL = "https://aoba.example/.well-known/did.json"
BADGE = UNIVERSITY.sealed()
PLAIN = {name: value for name, value in json.loads(BADGE).items() if name != "proof"}
TOKENS = [UNIVERSITY.sealed(form=name) for name in ("vc-jwt", "vc-sd-jwt", "sd-jwt-vc", "vc-cose")]
TRANSCRIPTS = [
    format_named(name).write([transcript(UNIVERSITY)], UNIVERSITY.sealing)[0].data
    for name in ("clr-2", "clr-2-jwt")
]
PAPER_CODE = UNIVERSITY.sealed(form="paper-code")
OTHERS = [UNIVERSITY.sealed(form=name) for name in ("open-badges-2-signed", "verifiable-credential")]
SIGNED = [BADGE, PAPER_CODE, *TOKENS, *TRANSCRIPTS, *OTHERS]
_BAKER: object = format_named("open-badges-3")
assert isinstance(_BAKER, Bakes)
IMAGES = [
    _BAKER.bake(BADGE, b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>'),
    _BAKER.bake(
        BADGE,
        _png.SIGNATURE
        + b"".join(
            _png._written(kind, body)  # noqa: SLF001
            for kind, body in ((b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0])), (b"IEND", b""))
        ),
    ),
]
LISTS = [UNIVERSITY.status_list("revocation")]
PRESENTED = json.dumps(
    {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [json.loads(BADGE)],
        "proof": json.loads(BADGE)["proof"],
    }
).encode()
_SAID = {repr(UNIVERSITY.verify(data).credential) for data in SIGNED}


def _sound(report: Report) -> None:
    for one in report.checks:
        if one.facts.get("reason") == "failed":
            raise Found(f"{one.code}: {dict(one.facts)}")
    json.dumps(as_json(report))
    for inner in report.carried:
        _sound(inner)


def any_file(data: bytes) -> None:
    """Verify bytes of any kind; what is valid says what somebody signed."""
    report = UNIVERSITY.verify(data)
    _sound(report)
    if report.outcome is Outcome.VALID and not report.carried and repr(report.credential) not in _SAID:
        raise Found(f"valid, but nobody signed it: {report.credential}")


def signed_anew(data: bytes) -> None:
    """Sign what can be signed, and verify it."""
    document = strict_json.loads(data)
    if isinstance(document, dict):
        _sound(UNIVERSITY.verify(UNIVERSITY.signed(document)))


def presentation(data: bytes) -> None:
    """Verify a presentation."""
    _sound(verify_presentation(data, now=NOW, fetcher=UNIVERSITY.fetcher()))


def json_text(data: bytes) -> None:
    """Read JSON strictly; what is read is what the standard library reads."""
    value = strict_json.loads(data)
    if value != json.loads(data):
        raise Found("read in two ways")
    if strict_json.loads(strict_json.dumps(value)) != value:
        raise Found("not what was written")


def token(data: bytes) -> None:
    """Take a token apart."""
    _jose.looks_like(data)
    _jose.taken_apart(data)


def sd_jwt(data: bytes) -> None:
    """Take an SD-JWT apart and put in place what it shows."""
    _sd_jwt.looks_like(data)
    _sd_jwt.claims(_sd_jwt.taken_apart(data))


def cose(data: bytes) -> None:
    """Take a COSE message apart."""
    _cose.looks_like(data)
    message = _cose.taken_apart(data)
    _cose.header_problem(message, frozenset(), frozenset())
    _cose.key_name(message)


def status_list(data: bytes) -> None:
    """Verify a badge whose status list is this."""
    documents = {**UNIVERSITY.documents, UNIVERSITY.list_id("revocation"): data}
    _sound(verify(BADGE, now=NOW, fetcher=MemoryFetcher(documents, now=lambda: NOW, source="fuzz")))


def paper_code(data: bytes) -> None:
    """Read the text of a code; of all spellings of a message one is read."""
    text = data.decode("latin-1")
    if text.startswith(PREFIX):
        inside = text.removeprefix(PREFIX)
        if inside != _paper_base45.encoded(_paper_base45.decoded(inside)):
            raise Found("two spellings")
    PAPER.read(data)


def paper_message(data: bytes) -> None:
    """Read the message in a code, whatever it is."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
    PAPER.read((PREFIX + _paper_base45.encoded(packer.compress(data) + packer.flush())).encode())


def picture(data: bytes) -> None:
    """Look for a code in a picture."""
    if PAPER.is_picture(data):
        PAPER.in_picture(data)


def encoded_list(data: bytes) -> None:
    """Expand a packed list."""
    bitstring.decoded(data.decode("latin-1"))


def did_document(data: bytes) -> None:
    """Look for a key in a DID document."""
    fetcher = MemoryFetcher({DID_URL: data}, now=lambda: NOW, source="fuzz")
    Directory(fetcher=fetcher, now=NOW).method(UNIVERSITY.key_id)


def did(data: bytes) -> None:
    """Resolve a DID of any method, and find its key."""
    name = data.decode("latin-1")
    directory = Directory(fetcher=UNIVERSITY.fetcher(), now=NOW)
    directory.method(name if "#" in name else f"{name}#{name.partition(':')[2].partition(':')[2]}")


def multibase_text(data: bytes) -> None:
    """Read multibase; of all spellings of bytes one is read."""
    text = data.decode("latin-1")
    found = multibase.decode(text)
    if text.startswith("z") and multibase.encode(found) != text:
        raise Found("two spellings")


def png(data: bytes) -> None:
    """Take a credential out of a PNG."""
    _png.get(data)


def svg(data: bytes) -> None:
    """Take a credential out of an SVG, and judge whether it is a picture."""
    _svg.looks_like(data)
    _svg.get(data)
    _svg.check(data)


def canonical(data: bytes) -> None:
    """Two ways to the canonical form give the same bytes, or both refuse."""
    document = strict_json.loads(data)
    if not isinstance(document, dict):
        return
    found: list[str | None] = []
    for way in (canonical_form, plain_form):
        try:
            found.append(way(document, contexts()))
        except GakushoError:
            found.append(None)
    if found[0] != found[1]:
        raise Found("two canonical forms")


TARGETS: dict[str, tuple[Target, Sequence[bytes], bool]] = {
    # the target, what it begins with, and whether its members are changed as well as its bytes
    "any-file": (any_file, [*SIGNED, *IMAGES], True),
    "signed-anew": (signed_anew, [json.dumps(PLAIN).encode()], True),
    "presentation": (presentation, [PRESENTED], True),
    "canonical": (canonical, [json.dumps(PLAIN).encode(), BADGE], True),
    "status-list": (status_list, LISTS, True),
    "did-document": (did_document, [UNIVERSITY.documents[DID_URL]], True),
    "did": (did, [UNIVERSITY.key_id.encode(), University.by_key().did.encode(), b"did:jwk:eyJ9"], False),
    "json": (json_text, [BADGE, b'{"a":[1,-0.5e3,"\\u00e9\\ud83d\\ude00",true,null]}'], True),
    "token": (token, TOKENS[:1], False),
    "sd-jwt": (sd_jwt, TOKENS[1:3], False),
    "cose": (cose, TOKENS[3:], False),
    "paper-code": (paper_code, [PAPER_CODE], False),
    "paper-message": (
        paper_message,
        [zlib.decompressobj(-15, zdict=WORDS).decompress(_paper_base45.decoded(PAPER_CODE[4:].decode()))],
        False,
    ),
    "picture": (picture, [seen(sheet([PAPER_CODE.decode()]))], False),
    "encoded-list": (
        encoded_list,
        [json.loads(LISTS[0])["credentialSubject"]["encodedList"].encode()],
        False,
    ),
    "multibase": (multibase_text, [University.by_key().signer.public_key.multikey().encode()], False),
    "png": (png, IMAGES[1:], False),
    "svg": (svg, IMAGES[:1], False),
}


def guarded(target: Target) -> Target:
    """Give the target with everything let pass that is the library's own, and time held to its bound."""

    def run(data: bytes) -> None:
        before = time.process_time()
        with contextlib.suppress(GakushoError):
            target(data)
        if time.process_time() - before > SECONDS:
            raise Found(f"more than {SECONDS} seconds")

    return run


def mutated(data: bytes, max_size: int, seed: int) -> bytes:
    """Give JSON with members changed, or bytes changed as libFuzzer changes them."""
    dice = random.Random(seed)
    if dice.random() < 0.6:
        try:
            document: Any = json.loads(data)
        except ValueError:
            document = None
        if isinstance(document, dict) and document:
            try:
                return json.dumps(spoiled(document, dice)).encode()[:max_size]
            except (ValueError, TypeError, KeyError, IndexError, RecursionError):
                pass
    return bytes(atheris.Mutate(data, max_size))


def main(arguments: Sequence[str]) -> None:
    """Fuzz one target until libFuzzer's options end it."""
    name, *rest = arguments
    target, seeds, structured = TARGETS[name]
    folder = Path(rest[0]) if rest and not rest[0].startswith("-") else None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds):
            (folder / f"seed-{number}").write_bytes(seed)
    options = {"custom_mutator": mutated} if structured else {}
    atheris.Setup([sys.argv[0], *rest], guarded(target), **options)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
