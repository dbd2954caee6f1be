# SPDX-License-Identifier: Apache-2.0
"""A table too large for memory is issued piece by piece, by the same rules: all of it, or nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gakusho.cli import large, published
from gakusho.issuer import pieces
from gakusho.proof.signers import encrypted_key

HEADER = ["氏名", "学籍番号", "文書発行番号", "授与年月日"]
Ask = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large begins at three rows, and a piece has four."""
    monkeypatch.setattr(pieces, "MOST_AT_ONCE", 3)
    true = pieces.pieces
    monkeypatch.setattr(large, "pieces", lambda file: true(file, records=4))


@pytest.fixture
def issuer(tmp_path: Path, ask: Ask) -> Path:
    folder = tmp_path / "issuer"
    assert ask("init", "--name", "朝凪大学", "--did", "did:web:asanagi.example", "--dir", folder)[0] == 0
    return folder


def rows(count: int, *, start: int = 0) -> list[list[str]]:
    return [["青葉 みなと", f"S{n}", f"N{n}", "2026-03-25"] for n in range(start, start + count)]


def issued(ask: Ask, folder: Path, table: list[list[str]], *more: str) -> tuple[int, dict[str, Any]]:
    file = folder / "rows.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([HEADER, *table])
    achievement = Path(__file__).parents[3] / "docs" / "examples" / "achievement.json"
    code, told = ask(
        *("issue", "--rows", file, "--achievement", achievement, "--format", "open-badges-3"),
        *("--dir", folder, "--out", folder / "out", *more),
    )
    return code, told[0] if told else {}


def ledger(folder: Path) -> list[dict[str, Any]]:
    file = folder / "issued.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def untouched(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in ("rows.csv", ".lock")
    }


def test_every_row_becomes_a_file_that_verifies_and_a_line_of_the_ledger(issuer: Path, ask: Ask) -> None:
    code, told = issued(ask, issuer, rows(11))
    assert code == 0
    assert (told["issued"], told["counts"]) == (11, {"rows": 11, "ready": 11, "skipped": 0})
    files = sorted(Path(told["folder"]).rglob("*.json"))
    assert {file.name for file in files} == {f"N{n}.json" for n in range(11)}
    code, reports = ask("verify", *files, "--offline", "--documents", issuer / "documents")
    assert (code, {each["headline"] for each in reports}) == (0, {"Valid"})
    lines = ledger(issuer)
    assert [line["issue_number"] for line in lines] == [f"N{n}" for n in range(11)]
    assert len({line["index"] for line in lines}) == 11
    assert all((issuer / "out" / file).exists() for line in lines for file in line["files"])


def test_one_of_them_is_revoked_like_any_other(issuer: Path, ask: Ask) -> None:
    _, told = issued(ask, issuer, rows(5))
    assert ask("revoke", "N4", "--dir", issuer, "--reason", "test")[0] == 0
    (file,) = Path(told["folder"]).rglob("N4.json")
    _, (report,) = ask("verify", file, "--offline", "--documents", issuer / "documents")
    assert report["headline"] == "Revoked"


def test_the_next_table_goes_on_and_skips_what_was_issued(issuer: Path, ask: Ask) -> None:
    issued(ask, issuer, rows(6))
    code, told = issued(ask, issuer, rows(8), "--duplicates", "skip")
    assert (code, told["issued"], told["counts"]["skipped"]) == (0, 2, 6)
    assert len({(line["list"], line["index"]) for line in ledger(issuer)}) == 8


def test_awards_go_to_the_next_list_when_one_is_full(
    issuer: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = published.next_index

    def nearly_full(*given: Any) -> Any:
        profile, lists, _ = true(*given)
        return profile, lists, set(range(lists.length * 9 // 10 - 5))

    monkeypatch.setattr(large, "next_index", nearly_full)
    code, told = issued(ask, issuer, rows(9))
    assert code == 0
    assert [line["list"] for line in ledger(issuer)] == [1] * 5 + [2] * 4
    files = list(Path(told["folder"]).rglob("*.json"))
    assert ask("verify", *files, "--offline", "--documents", issuer / "documents")[0] == 0


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda table: table[9].__setitem__(0, ""), "missing"),
        (lambda table: table[9].__setitem__(2, table[1][2]), "duplicate-issue-number"),
        (lambda table: table[0].__setitem__(1, "S8"), "duplicate-student-number"),
        (lambda table: table[5].__setitem__(3, "never"), "date"),
    ],
)
def test_one_faulty_row_and_nothing_is_issued(
    change: Callable[[list[list[str]]], None], problem: str, issuer: Path, ask: Ask
) -> None:
    table = rows(10)
    change(table)
    before = untouched(issuer)
    code, told = issued(ask, issuer, table)
    assert code not in (0, 70)
    assert problem in json.dumps(told)
    assert untouched(issuer) == before
    code, _ = issued(ask, issuer, rows(10))  # the untouched twin
    assert code == 0


def test_what_does_not_verify_leaves_nothing_behind(
    issuer: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = untouched(issuer)
    monkeypatch.setattr(encrypted_key.KeptSigner, "sign", lambda *_: bytes(64))
    assert issued(ask, issuer, rows(9))[0] != 0
    assert untouched(issuer) == before
    assert not list((issuer / "out").iterdir())


def test_a_table_that_changes_meanwhile_leaves_nothing_behind(
    issuer: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = large.check

    def then_changed(request: Any, *given: Any, **named: Any) -> Any:
        found = true(request, *given, **named)
        lines = request.rows.read_text().splitlines(keepends=True)
        request.rows.write_text("".join(lines[:-1]))
        return found

    monkeypatch.setattr(large, "check", then_changed)
    before = untouched(issuer)
    assert issued(ask, issuer, rows(9))[0] != 0
    assert untouched(issuer) == before


def test_the_dry_run_tells_and_leaves_everything_as_it_was(issuer: Path, ask: Ask) -> None:
    before = untouched(issuer)
    code, told = issued(ask, issuer, rows(9), "--dry-run")
    assert (code, told["counts"]["ready"], told["problems"]) == (0, 9, [])
    assert untouched(issuer) == before
    assert not (issuer / "out").exists()


@pytest.mark.parametrize("more", [("--format", "signed-pdf"), ("--duplicates", "supersede")])
def test_what_needs_the_whole_table_in_memory_is_refused(
    more: tuple[str, ...], issuer: Path, ask: Ask
) -> None:
    assert issued(ask, issuer, rows(9), *more)[0] == 64


def test_what_can_be_shown_in_part_gets_its_key_with_the_first_files(issuer: Path, ask: Ask) -> None:
    code, told = issued(ask, issuer, rows(6), "--format", "sd-jwt-vc")
    assert (code, told["issued"]) == (0, 6)
    files = sorted((issuer / "out").rglob("*.sdjwtvc"))
    assert len(files) == 6
    code, reports = ask("verify", *files, "--offline", "--documents", issuer / "documents")
    assert (code, {each["headline"] for each in reports}) == (0, {"Valid"})
    _, (keys,) = ask("keys", "list", "--dir", issuer)
    assert [each["purpose"] for each in keys["keys"]].count("disclosure") == 1


def test_what_needs_a_host_is_not_streamed(issuer: Path, ask: Ask) -> None:
    before = untouched(issuer)
    code, told = issued(ask, issuer, rows(6), "--format", "open-badges-2-signed")
    assert (code, told["error"]["code"]) == (64, "usage")
    assert {name: data for name, data in untouched(issuer).items() if name != "rows.csv"} == before
