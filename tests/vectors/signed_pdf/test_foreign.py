# SPDX-License-Identifier: Apache-2.0
"""Somebody else's signed PDF gets a verdict of its own: signed, locked or not; neither valid nor forged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyhanko.sign.fields import MDPPerm
from tests.fakes.archive import SCHOOL
from tests.vectors.signed_pdf.certificates import certificate, key, root
from tests.vectors.signed_pdf.containers import Container
from tests.vectors.signed_pdf.flaws_updates import catalog, update
from tests.vectors.signed_pdf.good import judged
from tests.vectors.signed_pdf.making import LINK, NOW, award
from tests.vectors.signed_pdf.others import (
    approved,
    by_pyhanko,
    contract,
    flipped,
    openssl,
    pkcs7_builder,
    stranger,
    with_container,
)

from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import typeset
from gakusho.model.report import Headline, Outcome


def _one(**metadata: Any) -> bytes:
    return by_pyhanko(contract(), *stranger(), **metadata)


def _three() -> bytes:
    made = _one()
    for number in (2, 3):
        made = by_pyhanko(made, *stranger(f"colleague {number}"), field=f"Signature{number}")
    return made


OPEN: dict[str, Callable[[], bytes]] = {
    "pyHanko, PKCS #7": _one,
    "pyHanko, PAdES": lambda: _one(pades=True),
    "pyHanko, three signatures": _three,
    "pyHanko, form filling permitted": lambda: _one(certify=True, docmdp_permissions=MDPPerm.FILL_FORMS),
    "OpenSSL": lambda: approved(contract(), openssl(*stranger())),
    "cryptography": lambda: approved(contract(), pkcs7_builder(*stranger())),
}
LOCKED: dict[str, Callable[[], bytes]] = {
    "pyHanko": lambda: _one(certify=True, docmdp_permissions=MDPPerm.NO_CHANGES),
    "OpenSSL": lambda: with_container(contract(), openssl(*stranger())),
}


@pytest.mark.parametrize("name", OPEN)
def test_a_strangers_signature_is_told_as_signed_and_not_locked(name: str) -> None:
    _told(OPEN[name](), Headline.NOT_LOCKED, "not-locked")


@pytest.mark.parametrize("name", LOCKED)
def test_a_strangers_certification_is_told_as_signed_and_locked(name: str) -> None:
    _told(LOCKED[name](), Headline.LOCKED, "locked")


def _told(data: bytes, headline: Headline, reason: str) -> None:
    report = judged(data)
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, headline), report.checks
    assert not [check for check in report.checks if check.outcome is Outcome.INVALID]
    [foreign] = [check for check in report.checks if check.code == "pdf.foreign"]
    assert foreign.facts["reason"] == reason
    assert "Kitakaze" in foreign.facts["signer"]
    assert report.issuer is None, "nobody vouches for a name in a certificate"
    assert report.credential is None


def test_a_stranger_who_calls_himself_the_university_is_nobody() -> None:
    above, holder = key("RSA-2048", "strange authority"), key("RSA-2048", "imitator")
    top = root(above, SCHOOL)
    chain = (certificate(holder, subject=SCHOOL, issuer=(above, top)), top)
    diploma = typeset("diploma", page_data(award("diploma"), link=LINK), at=NOW)
    plain = diploma.replace(b"gakusho-template", b"somebody-printed")
    report = judged(with_container(plain, openssl(holder, chain)))
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.LOCKED)
    [foreign] = [check for check in report.checks if check.code == "pdf.foreign"]
    assert (foreign.facts["signer"], foreign.facts["known"]) == (SCHOOL, "nobody")
    assert report.issuer is None
    ours = judged(with_container(diploma, openssl(holder, chain)))
    assert ours.outcome is not Outcome.VALID, "what says that it is ours is asked for what ours have"


def test_a_digest_of_the_last_century_is_doubted_not_called_a_forgery() -> None:
    holder, chain = stranger()
    old = approved(contract(), Container(key=holder, certificates=chain, digest="sha1", named=b""))
    report = judged(old)
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.NOT_LOCKED)
    weak = {check.code: check.outcome for check in report.checks}["pdf.signature"]
    assert weak is Outcome.UNKNOWN


_SCRIPT = update(catalog(b"/OpenAction<</S/JavaScript/JS(1)>>"))


@pytest.mark.parametrize(
    ("twin", "flaw", "code"),
    [
        (OPEN["OpenSSL"], flipped, "pdf.signature"),
        (OPEN["OpenSSL"], _SCRIPT, "pdf.coverage"),
        (LOCKED["OpenSSL"], flipped, "pdf.signature"),
        (LOCKED["OpenSSL"], _SCRIPT, "pdf.coverage"),
        (LOCKED["OpenSSL"], lambda good: good + b"% signed\n", "pdf.clean-start-and-end"),
    ],
    ids=[
        "bit in a signed one",
        "script in a signed one",
        "bit in a locked one",
        "script in a locked one",
        "bytes after",
    ],
)
def test_a_strangers_file_that_was_changed_is_refused(
    twin: Callable[[], bytes], flaw: Callable[[bytes], bytes], code: str
) -> None:
    report = judged(flaw(twin()))
    assert (report.outcome, report.headline) == (Outcome.INVALID, Headline.NOT_GENUINE)
    assert {check.code: check.outcome for check in report.checks}[code] is Outcome.INVALID
