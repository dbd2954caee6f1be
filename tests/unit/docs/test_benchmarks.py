# SPDX-License-Identifier: Apache-2.0
"""What `make bench` measures has the names that were agreed, and its peers come from any registry."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from bench import __main__ as bench
from bench import fixtures
from bench.measurement import Measurement

from gakusho.formats.open_badges_3 import FORMAT

ROOT = Path(__file__).parents[3]


def test_every_agreed_measurement_is_there_under_its_name() -> None:
    assert {name for module in bench.modules() for name in module.NAMES} == {
        *("ob3-issue", "ob3-verify", "ob3-verify-mixed", "clr60-issue", "clr60-verify"),
        *("clr60-verify-mixed", "clr200-growth"),
        *("vcapi-verify", "million-rss", "desk-rows", "desk-batch"),
        *("pdf-sign", "pdf-typeset", "pdf-pipeline", "pdf-lta", "pdf-validate", "pdf-batch"),
    }


def test_a_name_that_is_none_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "ob4-issue"])
    assert bench.main() == 64
    assert "ob4-issue" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["bench/peers/package-lock.json", "requirements/bench.txt"])
def test_lock_files_of_the_peers_name_hashes_and_no_hosts(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    assert not re.search(r"https?://|resolved|^--", text, re.MULTILINE)
    assert text.count("sha512-") + text.count("sha256:") > 20


def test_the_badge_measured_has_the_size_that_is_told_and_its_parts() -> None:
    (sealed,) = FORMAT.write([fixtures.badge_award(1)], fixtures.sealing())
    assert 2_400 < len(sealed.data) < 3_000
    subject = json.loads(sealed.data)["credentialSubject"]
    assert {"achievement", "identifier", "result"} <= set(subject)


def test_a_transcript_measured_has_a_credential_and_an_association_for_each_course() -> None:
    subject = fixtures.transcript(60, 1)["credentialSubject"]
    assert len(subject["verifiableCredential"]) == len(subject["association"]) == 60


def test_of_the_mixed_transcripts_each_has_a_shape_of_its_own() -> None:
    shapes = set()
    for number in range(fixtures.MIXED):
        text = json.dumps(fixtures.mixed_transcript(number))
        shapes.add('"'.join(text.split('"')[::2]))
    assert len(shapes) == fixtures.MIXED


def test_a_part_measured_again_replaces_its_own_lines_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "peers", lambda: ["Node v20"])
    monkeypatch.setattr(bench, "KEPT", tmp_path / "results.json")
    monkeypatch.setattr(bench, "PAGE", tmp_path / "page.md")
    first = Measurement(
        name="b", value=1.0, unit="u", against="other", ratio=1.0, against_value=1.0, how="How b."
    )
    bench.keep([first, replace(first, name="a", how="How a.")], ["a", "b"])
    bench.keep([replace(first, value=2.0), replace(first, value=3.0)], ["a", "b"])
    lines = [
        line for line in (tmp_path / "page.md").read_text("utf-8").splitlines() if line.startswith("| `")
    ]
    assert [line.split(" | ")[:2] for line in lines] == [["| `a`", "1.0"], ["| `b`", "2.0"], ["| `b`", "3.0"]]


def test_the_page_shows_every_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "peers", lambda: ["Node v20"])
    one = Measurement(
        name="ob3-issue",
        value=12_345.0,
        unit="credentials/s",
        against="another",
        against_value=100.0,
        ratio=123.45,
        cpu_ratio=110.0,
        target="≥ 70",
        how="It is measured.",
        measured="03-25 01:02, load 0.1",
    )
    page = bench.page([one])
    line = "| `ob3-issue` | 12,345.0 | credentials/s | another | 100.0 | "
    line += "123.5 | 110 | ≥ 70 | 03-25 01:02, load 0.1 |"
    assert line in page
    assert "**`ob3-issue`.** It is measured." in page
