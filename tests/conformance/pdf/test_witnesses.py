# SPDX-License-Identifier: Apache-2.0
"""Programs of others agree: poppler, MuPDF, qpdf and OpenSSL. A missing program is a failure, not a skip."""

from __future__ import annotations

import io
import json
import re
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from tests.unit.formats_pdf.test_paper import paper
from tests.vectors.signed_pdf.attacks import ATTACKS
from tests.vectors.signed_pdf.making import LATER, LINK, award, issued, university

KINDS = ("P-256", "P-384", "RSA-3072")


def ran(*command: str | Path, check: bool = True) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, timeout=60, check=False)
    if check:
        assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")


@pytest.fixture(params=[*KINDS, "own paper"])
def signed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made = tmp_path / "signed.pdf"
    if request.param == "own paper":
        made.write_bytes(issued(paper=paper()))
    else:
        made.write_bytes(issued(school=university(kind=request.param)))
    return made


def test_pdfsig_finds_the_whole_document_validly_signed(signed: Path) -> None:
    said = ran("pdfsig", "-nocert", signed)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert said.count("Signature #") == 1


def test_mutool_finds_no_change(signed: Path) -> None:
    said = ran("mutool", "sign", "-v", signed, check=False)
    assert "The document is unchanged since signing" in said or "no changes" in said.lower(), said


def test_qpdf_finds_a_clean_structure(signed: Path) -> None:
    said = ran("qpdf", "--check", signed)
    assert "No syntax or stream encoding errors found" in said


def test_the_signature_certifies_and_permits_no_changes(signed: Path) -> None:
    said = json.loads(ran("qpdf", "--json=2", signed))
    objects = said["qpdf"][1]
    root = objects[f"obj:{objects['trailer']['value']['/Root']}"]["value"]
    permissions = root["/Perms"]
    permissions = objects[f"obj:{permissions}"]["value"] if isinstance(permissions, str) else permissions
    signature = objects[f"obj:{permissions['/DocMDP']}"]["value"]
    [reference] = signature["/Reference"]
    reference = objects[f"obj:{reference}"]["value"] if isinstance(reference, str) else reference
    assert reference["/TransformMethod"] == "/DocMDP"
    assert reference["/TransformParams"]["/P"] == 1


def test_openssl_verifies_the_cms_and_its_chain(signed: Path, tmp_path: Path) -> None:
    data = signed.read_bytes()
    found = re.search(rb"/ByteRange \[\s*0 (\d+) (\d+) (\d+)", data)
    assert found
    length, second, rest = (int(number) for number in found.groups())
    content, cms, root = tmp_path / "content", tmp_path / "cms.der", tmp_path / "root.pem"
    content.write_bytes(data[:length] + data[second : second + rest])
    container = bytes.fromhex(data[length + 1 : second - 1].decode())
    cms.write_bytes(container[: 4 + int.from_bytes(container[2:4], "big")])
    certificates = [school.certificates for school in (university(kind=kind) for kind in KINDS)]
    [authority] = [chain[1] for chain in certificates if chain[0] in container]
    root.write_bytes(x509.load_der_x509_certificate(authority).public_bytes(Encoding.PEM))
    said = ran(
        *("openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-purpose", "any"),
        *("-attime", "1775000000", "-in", cms, "-content", content, "-CAfile", root),
        *("-out", "/dev/null"),
    )
    assert "successful" in said.lower()


def test_the_credential_can_be_taken_out(signed: Path, tmp_path: Path) -> None:
    assert "1 embedded files" in ran("pdfdetach", "-list", signed)
    ran("pdfdetach", "-saveall", "-o", tmp_path, signed)
    credential = json.loads((tmp_path / "open-badges-3.json").read_bytes())
    assert credential["id"] == award().id
    assert "OpenBadgeCredential" in credential["type"]


def test_pdftotext_reads_the_name(tmp_path: Path) -> None:
    made = tmp_path / "signed.pdf"
    made.write_bytes(issued())
    assert "髙橋𠮷子" in "".join(ran("pdftotext", made, "-").split())


@pytest.mark.parametrize(
    "kind", ["degree-certificate", "diploma", "diploma-vertical", "transcript", "completion", "own paper"]
)
@pytest.mark.parametrize("dots", [100, 200])
def test_the_code_on_the_page_is_read_from_a_picture(kind: str, dots: int, tmp_path: Path) -> None:
    made = tmp_path / "signed.pdf"
    made.write_bytes(issued(paper=paper()) if kind == "own paper" else issued(award(kind)))
    ran("pdftoppm", "-r", str(dots), "-singlefile", "-png", made, tmp_path / "page")
    with Image.open(tmp_path / "page.png") as picture:
        [code] = zxingcpp.read_barcodes(picture)
    assert code.text == LINK


def test_nothing_that_broke_archival_quality_elsewhere_is_there() -> None:
    data = issued()
    assert not re.search(rb"%%EOF\d", data), "PDF/A, 6.1.9: a new line before the first added object"
    assert b"/NeedAppearances true" not in data


@pytest.mark.parametrize(
    "name", ["bit flipped in the signed bytes", "contents zero", "byte range zero", "signature stripped"]
)
def test_pdfsig_refuses_what_breaks_the_digest_too(name: str, tmp_path: Path) -> None:
    case = next(case for case in ATTACKS if case.name == name)
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(case.make(issued()))
    assert "Signature is Valid" not in ran("pdfsig", "-nocert", bad, check=False)


@pytest.mark.parametrize("kind", KINDS)
def test_pyhankos_own_validator_trusts_it_and_sees_a_certification(kind: str) -> None:
    school = university(kind=kind)
    root = asn1_x509.Certificate.load(school.certificates[1])
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=LATER)
    [embedded] = PdfFileReader(io.BytesIO(issued(school=school))).embedded_signatures
    status = validate_pdf_signature(
        embedded,
        signer_validation_context=context,
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
    )
    assert status.bottom_line, status
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert embedded.docmdp_level is MDPPerm.NO_CHANGES
    signed = {attribute["type"].native for attribute in embedded.signer_info["signed_attrs"]}
    assert signed == {"content_type", "message_digest", "signing_certificate_v2"}, (
        "PAdES forbids signing_time"
    )
