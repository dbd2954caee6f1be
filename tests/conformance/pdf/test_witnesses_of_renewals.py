# SPDX-License-Identifier: Apache-2.0
"""Eight years and five renewals later poppler, qpdf, OpenSSL, pyHanko and our verifier still agree."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from tests.fakes.archive import SCHOOL, SIGNED, TIME, WEEK, authority, document_key, key
from tests.vectors.signed_pdf.making import asking, award, university

from gakusho.formats import Anchors, Level
from gakusho.formats._pdf.pades_lasting import Keeping
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.report import Outcome
from gakusho.proof.certificates import TIME_STAMPING, Subject, self_issued
from gakusho.proof.revocation import Evidence, revocation_list
from gakusho.proof.stand_in_tsa import StandInTsa

RENEWALS = tuple(SIGNED + timedelta(days=600) * number for number in range(6))
"""When the document was signed, and when it was extended; each time-stamp's certificate lives 700 days."""


@dataclass
class ListsOf:
    """The revocation lists of the two authorities, of that day."""

    day: datetime

    def evidence(self, chain: Sequence[bytes]) -> Evidence:
        above = next(one for one in map(authority, (SCHOOL, TIME)) if one.certificate == chain[-1])
        return Evidence(
            lists=(
                revocation_list(
                    above.signer, chain[-1], number=1, this_update=self.day, next_update=self.day + WEEK
                ),
            )
        )


def tsa_of(day: datetime) -> StandInTsa:
    """Give the authority as it is then, with a new key."""
    above, signer = authority(TIME), key("P-256", int(day.timestamp()))
    leaf = self_issued(
        signer,
        subject=Subject(organization=TIME, country="JP"),
        serial=int(day.timestamp()),
        not_before=day - timedelta(days=1),
        not_after=day + timedelta(days=700),
        issuer_signer=above.signer,
        issuer_certificate=above.certificate,
        purpose=TIME_STAMPING,
    )
    return StandInTsa(signer=signer, certificates=(leaf, above.certificate), now=lambda: day)


@cache
def document() -> bytes:
    first = replace(document_key(level=Level.B_LTA), timestamper=tsa_of(SIGNED), revocations=ListsOf(SIGNED))
    data = FORMAT.write([award()], university().sealing(document_key=first))[0].data
    for day in RENEWALS[1:]:
        extended = Keeping(tsa_of(day), ListsOf(day)).extended(data)
        assert extended.startswith(data)
        data = extended
    return data


@cache
def reader() -> PdfFileReader:
    return PdfFileReader(io.BytesIO(document()))


def test_our_verifier_knows_the_time_of_signing_by_the_chain_of_time_stamps() -> None:
    now = RENEWALS[-1] + timedelta(days=300)
    believed = Anchors(times=(authority(TIME).certificate,), signers=(authority(SCHOOL).certificate,))
    asked = replace(asking(now=now), anchors=believed)
    checks = {check.code: check for check in FORMAT.checks(document(), asked)}
    for code in ("pdf.coverage", "pdf.signature", "pdf.time", "pdf.revocation"):
        assert checks[code].outcome is Outcome.VALID, checks[code]
    assert "proven" in str(checks["pdf.time"].facts)
    assert SIGNED.isoformat() in str(checks["pdf.time"].facts)


def test_poppler_and_qpdf_find_a_valid_signature_in_a_clean_file(tmp_path: Path) -> None:
    made = tmp_path / "kept.pdf"
    made.write_bytes(document())
    said = subprocess.run(["pdfsig", "-nocert", made], capture_output=True, check=False, timeout=60).stdout
    assert said.count(b"Signature is Valid") == 1
    said = subprocess.run(["qpdf", "--check", made], capture_output=True, check=True, timeout=60).stdout
    assert b"No syntax or stream encoding errors found" in said


@pytest.mark.parametrize("number", range(6))
def test_openssl_and_pyhanko_trust_each_time_stamp_when_the_next_one_came(
    number: int, tmp_path: Path
) -> None:
    stamps = reader().embedded_timestamp_signatures
    assert len(stamps) == 6
    stamp, moment = stamps[number], RENEWALS[min(number + 1, 5)] + timedelta(minutes=1)
    _, length, second, rest = (int(part) for part in stamp.byte_range)
    (tmp_path / "data").write_bytes(document()[:length] + document()[second : second + rest])
    container = stamp.pkcs7_content
    (tmp_path / "token").write_bytes(container[: 4 + int.from_bytes(container[2:4], "big")])
    root = x509.load_der_x509_certificate(authority(TIME).certificate)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    at = str(int(moment.timestamp()))
    command: list[str | Path] = [
        "openssl",
        "ts",
        "-verify",
        "-token_in",
        "-attime",
        at,
        "-in",
        tmp_path / "token",
    ]
    command += ["-data", tmp_path / "data", "-CAfile", tmp_path / "root.pem"]
    said = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert b"Verification: OK" in said.stdout + said.stderr
    newest = number == 5
    context = DocumentSecurityStore.read_dss(reader()).as_validation_context(
        {
            "trust_roots": [asn1_x509.Certificate.load(authority(TIME).certificate)],
            "allow_fetching": False,
            "moment": moment,
            "revocation_mode": "soft-fail" if newest else "require",  # of the newest one a list comes later
        }
    )
    found = validate_pdf_timestamp(stamp, validation_context=context)
    assert found.valid
    assert found.intact
    assert found.trusted
    assert found.timestamp == RENEWALS[number]
