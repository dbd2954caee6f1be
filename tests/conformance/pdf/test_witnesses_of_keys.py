# SPDX-License-Identifier: Apache-2.0
"""Programs of others agree about documents whose key is in a token or at a signing service."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fakes import signing_service as services
from tests.fakes import token as tokens
from tests.fakes.authority import Authority
from tests.vectors.signed_pdf.making import award, university

from gakusho.formats import DocumentKey
from gakusho.formats._pdf.pades import examine
from gakusho.formats.signed_pdf import FORMAT
from gakusho.issuer import hardware, outside_keys, signing_service
from gakusho.proof.outside import OutsideSigner

CASES = [
    *(("token", kind) for kind in ("P-256", "P-384", "RSA-3072")),
    ("service 1", "P-256"),
    ("service 2", "RSA-3072"),
]


@pytest.fixture(scope="module")
def token() -> tokens.Token:
    return tokens.set_up("Witnessed")


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, services.SigningService]]:
    with services.serve(version=1) as first, services.serve(version=2, binds_hashes=False) as second:
        yield {"service 1": first, "service 2": second}


def key_in(
    place: str, kind: str, token: tokens.Token, running: dict[str, services.SigningService]
) -> tuple[DocumentKey, list[x509.Certificate]]:
    if place == "token":
        found = outside_keys.in_token(
            token.module, token.serial, tokens.PIN, allowed=[token.module], make=kind
        )
        key = found.public_key.cryptography_key()
        chain = [Authority().certify(key, "さくら大学 電子印"), *Authority().chain]
        signer = OutsideSigner(found.public_key, hardware.custodian(found.place))
    else:
        service = running[place]
        found = outside_keys.at_service(signing_service.found(service.access()), kind, services.PIN)
        chain = [x509.load_der_x509_certificate(one) for one in found.certificates]
        signer = OutsideSigner(found.public_key, signing_service.custodian(found.place))
    certificates = tuple(one.public_bytes(Encoding.DER) for one in chain)
    return DocumentKey(signer=signer, certificates=certificates), chain


def ran(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, timeout=60, check=False)
    said = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
    assert done.returncode == 0, said
    return said


@pytest.mark.parametrize(("place", "kind"), CASES)
def test_poppler_and_openssl_find_the_signature_good(
    tmp_path: Path, token: tokens.Token, running: dict[str, services.SigningService], place: str, kind: str
) -> None:
    key, chain = key_in(place, kind, token, running)
    [sealed] = FORMAT.write([award()], university().sealing(document_key=key))
    file, roots = tmp_path / "document.pdf", tmp_path / "roots.pem"
    file.write_bytes(sealed.data)
    roots.write_bytes(chain[-1].public_bytes(Encoding.PEM))
    said = ran("pdfsig", "-nocert", file)
    assert "Signature is Valid" in said
    assert "Total document signed" in said

    [signature] = examine(sealed.data).signatures
    assert signature.genuine
    start = sealed.data.index(b"/Contents <") + len(b"/Contents <")
    end = sealed.data.index(b">", start)
    container = bytes.fromhex(sealed.data[start:end].decode())
    container = container[: 4 + int.from_bytes(container[2:4], "big")]
    cms, covered = tmp_path / "signature.der", tmp_path / "covered.bin"
    cms.write_bytes(container)
    covered.write_bytes(sealed.data[: start - 1] + sealed.data[end + 1 :])
    check = (
        "openssl",
        "cms",
        "-verify",
        "-binary",
        "-cades",
        "-inform",
        "DER",
        "-in",
        cms,
        "-content",
        covered,
    )
    assert "successful" in ran(*check, "-CAfile", roots, "-purpose", "any", "-out", "/dev/null")
    covered.write_bytes(covered.read_bytes()[:-1] + b" ")
    with pytest.raises(AssertionError):
        ran(*check, "-CAfile", roots, "-purpose", "any", "-out", "/dev/null")
