# SPDX-License-Identifier: Apache-2.0
"""Signed PDFs of others are told apart: never a valid credential, never a forgery for being another's."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.sign.fields import MDPPerm
from tests.fakes.archive import document_key, key
from tests.unit.formats_pdf.test_paper import paper
from tests.vectors.signed_pdf.good import page, sign
from tests.vectors.signed_pdf.making import LATER, NOW

from gakusho.fetch import OfflineFetcher
from gakusho.formats import Anchors
from gakusho.formats._pdf.rules import take_apart
from gakusho.model.report import Check, Headline, Outcome, Report
from gakusho.verifier.sentences import explanation, next_step, sentence
from gakusho.verifier.verify import verify

SIGNER, CERTIFICATES = key("P-256", 2), document_key().certificates


@cache
def approved(times: int = 1) -> bytes:
    """Give a page that a library signed to approve, so many times."""
    data = paper()
    for number in range(times):
        data = sign(data + b"\n", SIGNER, CERTIFICATES, permission=None, field=f"Signature{number}")
    return data


@cache
def certified(permission: MDPPerm) -> bytes:
    return sign(paper() + b"\n", SIGNER, CERTIFICATES, permission=permission)


def judged(data: bytes, anchors: Anchors | None = None) -> Report:
    return verify(data, now=LATER, fetcher=OfflineFetcher(), anchors=anchors or Anchors())


def check(report: Report, code: str) -> Check:
    return next(one for one in report.checks if one.code == code)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_document_signed_to_approve_is_signed_but_not_locked(times: int) -> None:
    report = judged(approved(times))
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.NOT_LOCKED)
    assert not [one for one in report.checks if one.outcome is Outcome.INVALID], report.checks
    signatures = [one for one in report.checks if one.code == "pdf.signature"]
    assert [one.outcome for one in signatures] == [Outcome.VALID] * times, "every one judged by itself"
    said = check(report, "pdf.foreign")
    assert "東都学芸大学" in sentence(said, "en")
    assert report.credential is None


@pytest.mark.parametrize(
    ("permission", "headline"),
    [
        (MDPPerm.NO_CHANGES, Headline.LOCKED),
        (MDPPerm.FILL_FORMS, Headline.NOT_LOCKED),
        (MDPPerm.ANNOTATE, Headline.NOT_LOCKED),
    ],
)
def test_a_certified_document_is_locked_if_it_permits_no_change(
    permission: MDPPerm, headline: Headline
) -> None:
    report = judged(certified(permission))
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, headline)


def test_who_is_vouched_for_is_said_and_still_no_credential() -> None:
    report = judged(approved(), Anchors(signers=CERTIFICATES[1:]))
    assert report.outcome is Outcome.UNKNOWN
    assert check(report, "pdf.foreign").facts["known"] == "anchor"
    assert check(report, "pdf.signer-key").facts["reason"] == "anchored"
    assert check(judged(approved()), "pdf.foreign").facts["known"] == "nobody"


def test_changed_bytes_are_refused_whoever_signed_them() -> None:
    data = approved()
    place = data.index(b"stream\n") + 12
    assert judged(data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]).outcome is Outcome.INVALID


def _changed(data: bytes) -> bytes:
    from tests.vectors.signed_pdf.flaws_updates import catalog, update

    return update(catalog(b"/Lang(zz)"))(data)


def test_a_change_behind_the_last_signature_is_refused_and_one_before_it_is_said() -> None:
    changed = _changed(approved())
    report = judged(changed)
    assert check(report, "pdf.coverage").outcome is Outcome.INVALID
    assert report.headline is Headline.NOT_GENUINE
    again = judged(sign(changed, SIGNER, CERTIFICATES, permission=None, field="Last"))
    coverage = check(again, "pdf.coverage")
    assert (coverage.outcome, coverage.facts["reason"]) == (Outcome.UNKNOWN, "changed-between-signatures")
    assert again.headline is Headline.NOT_LOCKED


def test_a_page_without_a_signature_is_not_signed() -> None:
    assert check(judged(paper()), "pdf.certified").facts["reason"] == "unsigned"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")
@pytest.mark.parametrize(
    "options", [(), ("-noattr",), ("-md", "sha512")], ids=["plain", "no attributes", "512"]
)
def test_a_container_of_openssl_is_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    report = judged(_by_openssl(tmp_path, options))
    assert check(report, "pdf.signature").outcome is Outcome.VALID, report.checks
    assert report.headline is Headline.NOT_LOCKED


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")
def test_a_digest_too_weak_to_prove_anything_is_said(tmp_path: Path) -> None:
    report = judged(_by_openssl(tmp_path, ("-md", "sha1")))
    weak = check(report, "pdf.signature")
    assert (weak.outcome, weak.facts["reason"]) == (Outcome.UNKNOWN, "weak-algorithm")
    assert report.headline is Headline.NOT_LOCKED


def _by_openssl(folder: Path, options: tuple[str, ...]) -> bytes:
    """Give the approved page, whose container ``openssl cms`` made, as other programs name it."""
    template = approved().replace(b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.detached")
    signature = take_apart(template).certification
    assert signature is not None
    first, length, second, rest = signature.byte_range
    (folder / "content").write_bytes(template[first:length] + template[second : second + rest])
    (folder / "leaf.pem").write_bytes(_pem(CERTIFICATES[0]))
    (folder / "key.pem").write_bytes(
        SIGNER._key.private_bytes(  # the key as a program of somebody else's would have it
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    command = [
        "openssl",
        "cms",
        "-sign",
        "-binary",
        "-in",
        "content",
        "-signer",
        "leaf.pem",
        "-inkey",
        "key.pem",
    ]
    command += ["-outform", "DER", "-out", "cms", *options]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    made = (folder / "cms").read_bytes().hex().encode()
    return template[: length + 1] + made.ljust(second - length - 2, b"0") + template[second - 1 :]


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def test_an_invoice_with_its_data_inside_is_still_somebody_elses() -> None:
    with pikepdf.open(io.BytesIO(paper())) as document:
        document.attachments["factur-x.xml"] = b"<invoice/>"
        output = io.BytesIO()
        document.save(output)
    report = judged(sign(output.getvalue() + b"\n", SIGNER, CERTIFICATES))
    assert report.headline is Headline.LOCKED
    assert re.search("東都学芸大学", check(report, "pdf.foreign").facts["signer"])
    assert NOW.isoformat() == check(report, "pdf.time").facts["got"]


def test_a_scan_is_called_unsigned_and_a_credential_in_it_is_not_shown() -> None:
    for data in (paper(), page()):  # the second one carries a credential of ours, and no signature
        report = judged(data)
        assert (report.outcome, report.headline) == (Outcome.INVALID, Headline.UNSIGNED)
        assert report.credential is None
        assert not any(
            sentence(one, "ja").isascii() or "The PDF" in sentence(one, "ja") for one in report.checks
        )
        assert "scan" in explanation(report, "en")
        assert "確認番号" in next_step(report, "ja")
