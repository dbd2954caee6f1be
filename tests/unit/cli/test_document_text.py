# SPDX-License-Identifier: Apache-2.0
"""The words of a signed PDF on the command line: unasked where there is nothing else to show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.formats_pdf.test_foreign import CERTIFICATES, SIGNER
from tests.unit.formats_pdf.test_words import FULL, at, drawn, rewritten
from tests.vectors.signed_pdf.good import leveled, sign

from gakusho import verify
from gakusho.cli.main import run
from gakusho.formats import Level


def test_words_are_given_of_what_holds_no_credential_and_to_who_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = sign(
        drawn(FULL + b"1 g " + at(50, 680, "Secret")) + b"\n", SIGNER, CERTIFICATES, permission=None
    )
    foreign, own = tmp_path / "contract.pdf", tmp_path / "degree.pdf"
    foreign.write_bytes(rewritten(signed, at(50, 700, "Grade: S")))
    own.write_bytes(leveled("P-256", Level.B_B))

    def told(*arguments: str) -> str:
        run(["verify", "--offline", *arguments])
        return capsys.readouterr().out

    english = told(str(foreign), "--lang", "en")
    assert "\n  — Page 1 —\n  Grade: A\n" in english
    assert "The file was changed after signing" in english
    assert "Grade: S" not in english
    assert "Secret" not in english
    assert "\n  — 1ページ —\n  Grade: A\n" in told(str(foreign), "--lang", "ja")
    assert json.loads(told(str(foreign), "--json"))["document"]["text"] is None
    [page] = json.loads(told(str(foreign), "--json", "--text"))["document"]["text"]["pages"]
    assert page == {"page": 1, "words": "Grade: A", "whole": True}

    assert "学位授与証明書\n" not in told(str(own), "--lang", "ja")
    assert "\n  学位授与証明書\n" in told(str(own), "--lang", "ja", "--text")

    for asked in (False, True):
        document = verify(own, offline=True, text=asked).document
        assert document is not None
        assert (document.text is not None) is asked
