# SPDX-License-Identifier: Apache-2.0
"""Programs of others agree about every level with every kind of key: poppler, qpdf, OpenSSL and pyHanko."""

from __future__ import annotations

import io
import subprocess
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from tests.fakes.archive import SCHOOL, SIGNED, TIME, Lists, authority, document_key, tsa
from tests.vectors.signed_pdf.making import award, university

from gakusho.formats import Level
from gakusho.formats._pdf.pades_lasting import Keeping
from gakusho.formats.signed_pdf import FORMAT

KINDS = ("P-256", "P-384", "RSA-2048", "RSA-4096")
CASES = [
    *((kind, level) for kind in KINDS for level in Level),
    ("P-256", "extended"),
    ("P-256", "raised to B-T"),
    ("P-256", "raised to B-LTA"),
]
AT = str(int((SIGNED + timedelta(days=1)).timestamp()))


@cache
def document(kind: str, level: str) -> bytes:
    """Give a document of a level; ``extended``: of B-LTA, with a second and a third time-stamp.

    ``raised to``: signed at B-B, and raised to the level later.
    """
    if level.startswith("raised to "):
        keeping = Keeping(tsa("RSA-2048"), Lists())
        return keeping.raised(document(kind, Level.B_B), Level(level.removeprefix("raised to ")))
    if level == "extended":
        keeping = Keeping(tsa("RSA-2048"), Lists())
        return keeping.extended(keeping.extended(document(kind, Level.B_LTA)))
    key = document_key(kind, Level(level))
    return FORMAT.write([award()], university().sealing(document_key=key))[0].data


def ran(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, timeout=60, check=False)
    said = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
    assert done.returncode == 0, said
    return said


@cache
def reader(kind: str, level: str) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(document(kind, level)))


def der(container: bytes) -> bytes:
    return container[: 4 + int.from_bytes(container[2:4], "big")]


def covered(data: bytes, embedded: Any) -> bytes:
    _, length, second, rest = (int(number) for number in embedded.byte_range)
    return data[:length] + data[second : second + rest]


@pytest.fixture
def roots(tmp_path: Path) -> dict[str, Path]:
    made: dict[str, Path] = {}
    for name in (SCHOOL, TIME):
        certificate = x509.load_der_x509_certificate(authority(name).certificate)
        made[name] = tmp_path / f"{len(made)}.pem"
        made[name].write_bytes(certificate.public_bytes(Encoding.PEM))
    return made


@pytest.mark.parametrize(("kind", "level"), CASES)
def test_pdfsig_and_qpdf_find_a_valid_signature_in_a_clean_file(
    kind: str, level: str, tmp_path: Path
) -> None:
    made = tmp_path / "signed.pdf"
    made.write_bytes(document(kind, level))
    said = ran("pdfsig", "-nocert", made)
    assert said.count("Signature is Valid") == 1, "poppler here cannot check document time-stamps"
    assert "No syntax or stream encoding errors found" in ran("qpdf", "--check", made)


@pytest.mark.parametrize(("kind", "level"), CASES)
def test_openssl_verifies_the_signature(
    kind: str, level: str, tmp_path: Path, roots: dict[str, Path]
) -> None:
    embedded = reader(kind, level).embedded_regular_signatures[0]
    content, cms = tmp_path / "content", tmp_path / "cms.der"
    content.write_bytes(covered(document(kind, level), embedded))
    cms.write_bytes(der(embedded.pkcs7_content))
    said = ran(
        *("openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-purpose", "any"),
        *("-attime", AT, "-in", cms, "-content", content, "-CAfile", roots[SCHOOL], "-out", "/dev/null"),
    )
    assert "successful" in said.lower()


@pytest.mark.parametrize(("kind", "level"), [case for case in CASES if case[1] != "B-B"])
def test_openssl_verifies_every_time_stamp(
    kind: str, level: str, tmp_path: Path, roots: dict[str, Path]
) -> None:
    opened = reader(kind, level)
    signature = opened.embedded_regular_signatures[0]
    unsigned = signature.signer_info["unsigned_attrs"]
    stamped = [
        (bytes(signature.signer_info["signature"].native), attribute["values"][0].dump())
        for attribute in (unsigned if unsigned.native is not None else ())
        if attribute["type"].native == "signature_time_stamp_token"
    ]
    stamped += [
        (covered(document(kind, level), embedded), der(embedded.pkcs7_content))
        for embedded in opened.embedded_timestamp_signatures
    ]
    counts = {"B-T": 1, "B-LT": 1, "B-LTA": 2, "extended": 4, "raised to B-T": 1, "raised to B-LTA": 2}
    assert len(stamped) == counts[level]
    for data, token in stamped:
        (tmp_path / "data").write_bytes(data)
        (tmp_path / "token").write_bytes(token)
        command = ("openssl", "ts", "-verify", "-token_in", "-attime", AT)
        said = ran(*(*command, "-data", tmp_path / "data", "-in", tmp_path / "token"), "-CAfile", roots[TIME])
        assert "Verification: OK" in said


@pytest.mark.parametrize(("kind", "level"), CASES)
def test_pyhanko_trusts_the_signature_and_its_time(kind: str, level: str) -> None:
    opened = reader(kind, level)
    asked: dict[str, Any] = {
        "trust_roots": [asn1_x509.Certificate.load(authority(name).certificate) for name in (SCHOOL, TIME)],
        "allow_fetching": False,
        "moment": SIGNED + timedelta(days=1),
    }
    if level in {
        "B-LT",
        "B-LTA",
        "extended",
        "raised to B-LTA",
    }:  # from here on the document itself says who was revoked
        store = DocumentSecurityStore.read_dss(opened)
        context = store.as_validation_context({**asked, "revocation_mode": "require"})
    else:
        context = ValidationContext(**asked)
    [embedded] = opened.embedded_regular_signatures
    status = validate_pdf_signature(
        embedded,
        signer_validation_context=context,
        ts_validation_context=context,
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
    )
    assert status.bottom_line
    assert embedded.docmdp_level is MDPPerm.NO_CHANGES
    assert status.modification_level in {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}
    if level.startswith("raised"):
        assert opened.embedded_timestamp_signatures, "which prove the time in the place of one of its own"
    elif level != "B-B":
        assert status.timestamp_validity is not None
        assert status.timestamp_validity.valid
        assert status.timestamp_validity.trusted
        assert status.timestamp_validity.timestamp == SIGNED
    for stamp in opened.embedded_timestamp_signatures:
        found = validate_pdf_timestamp(stamp, validation_context=context)
        assert found.valid
        assert found.intact
        assert found.trusted
