# SPDX-License-Identifier: Apache-2.0
"""An issuer in a folder, from its first key to a revoked award, with no server and no network."""

from __future__ import annotations

import base64
import json
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
ROWS, ACHIEVEMENT = str(EXAMPLES / "graduates.csv"), str(EXAMPLES / "achievement.json")
Ask = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture(params=["did:web", "did:key"])
def issuer(request: pytest.FixtureRequest, tmp_path: Path, ask: Ask) -> Path:
    folder = tmp_path / "issuer"
    did = ("--did", "did:web:asanagi.example") if request.param == "did:web" else ()
    code, _ = ask("init", "--name", "朝凪大学", "--name-en", "Asanagi University", *did, "--dir", folder)
    assert code == 0
    return folder


def issued(ask: Ask, folder: Path, *more: str | Path, out: str = "out") -> tuple[int, dict[str, Any]]:
    code, told = ask(
        "issue", "--rows", ROWS, "--achievement", ACHIEVEMENT, "--dir", folder, "--out", folder / out, *more
    )
    return code, told[0]


def headlines(ask: Ask, folder: Path, *files: Path) -> tuple[int, list[str]]:
    code, told = ask("verify", *files, "--offline", "--documents", folder / "documents")
    return code, [each["headline"] for each in told]


def test_every_file_issued_verifies_offline(issuer: Path, ask: Ask) -> None:
    code, told = issued(ask, issuer)
    assert code == 0
    assert [each["issue_number"] for each in told["issued"]] == ["2026-0001", "2026-0002", "2026-0003"]
    files = sorted((issuer / "out").iterdir())
    assert [each.suffix for each in files] == [".json", ".pdf"] * 3
    assert headlines(ask, issuer, *files) == (0, ["Valid"] * 6)


def test_verify_json_has_the_documented_members(issuer: Path, ask: Ask) -> None:
    issued(ask, issuer, "--format", "open-badges-3")
    file = issuer / "out" / "2026-0001.json"
    _, (told,) = ask("verify", file, "--offline", "--documents", issuer / "documents")
    assert told["outcome"] == "valid"
    assert told["format"] == "open-badges-3"
    assert told["issuer"]["name"] == "朝凪大学 / Asanagi University"
    assert told["credential"]["learner"]["name"]["full"] == "青葉 みなと"
    assert told["input"]["name"] == str(file)
    assert all({"code", "outcome", "message"} <= set(check) for check in told["checks"])


def test_without_its_documents_it_could_not_be_checked(issuer: Path, ask: Ask) -> None:
    issued(ask, issuer, "--format", "open-badges-3")
    code, (told,) = ask("verify", issuer / "out" / "2026-0001.json", "--offline")
    assert (code, told["outcome"], told["headline"]) == (2, "unknown", "Could not be checked")


@pytest.mark.parametrize("suffix", ["json", "pdf"])
def test_one_changed_byte_is_not_genuine(issuer: Path, ask: Ask, suffix: str) -> None:
    issued(ask, issuer)
    file = issuer / "out" / f"2026-0001.{suffix}"
    data = file.read_bytes()
    place = data.index("学士".encode()) if suffix == "json" else len(data) // 3
    file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    code, (headline,) = headlines(ask, issuer, file)
    assert (code, headline) == (1, "Not genuine")


def test_the_worst_of_several_decides(issuer: Path, ask: Ask, tmp_path: Path) -> None:
    issued(ask, issuer, "--format", "open-badges-3")
    good, nothing = issuer / "out" / "2026-0001.json", tmp_path / "nothing"
    nothing.write_bytes(b"?")
    assert headlines(ask, issuer, good, nothing)[0] == 2
    forged = tmp_path / "forged.json"
    forged.write_bytes(good.read_bytes().replace(b"2026-0001", b"2026-0009"))
    assert headlines(ask, issuer, good, nothing, forged)[0] == 1


def test_suspended_reinstated_and_revoked_are_told_apart(issuer: Path, ask: Ask) -> None:
    issued(ask, issuer)
    pdf, badge = issuer / "out" / "2026-0002.pdf", issuer / "out" / "2026-0002.json"
    for command, headline, code in (
        ("suspend", "Suspended", 1),
        ("reinstate", "Valid", 0),
        ("revoke", "Revoked", 1),
    ):
        assert ask(command, "2026-0002", "--reason", "rehearsal", "--dir", issuer)[0] == 0
        assert headlines(ask, issuer, pdf, badge) == (code, [headline] * 2)
    assert headlines(ask, issuer, issuer / "out" / "2026-0001.pdf") == (0, ["Valid"])
    code, (told,) = ask("reinstate", "2026-0002", "--reason", "x", "--dir", issuer)
    assert (code, told["error"]["code"]) == (1, "conflict")


def test_the_same_rows_again_follow_the_policy(issuer: Path, ask: Ask) -> None:
    issued(ask, issuer)
    code, told = issued(ask, issuer, out="again")
    assert code == 1
    assert {each["code"] for each in told["error"]["problems"]} == {"duplicate-kept"}
    assert not (issuer / "again").exists()
    code, told = issued(ask, issuer, "--duplicates", "skip", out="again")
    assert (code, told["issued"], told["counts"]["skipped"]) == (0, [], 3)
    code, told = issued(ask, issuer, "--duplicates", "supersede", out="again")
    assert (code, len(told["issued"])) == (0, 3)
    assert headlines(ask, issuer, issuer / "out" / "2026-0001.pdf") == (1, ["Replaced by a newer one"])
    assert headlines(ask, issuer, issuer / "again" / "2026-0001.pdf") == (0, ["Valid"])


def test_the_dry_run_tells_every_problem_and_writes_nothing(issuer: Path, ask: Ask, tmp_path: Path) -> None:
    rows = tmp_path / "bad.csv"
    rows.write_text("氏名,学籍番号,授与年月日\n山田,22A1,2026-13-45\n,22A1,2026-03-01\n", "utf-8")
    before = sorted(issuer.rglob("*"))
    code, (told,) = ask(
        "issue", "--rows", rows, "--achievement", ACHIEVEMENT, "--dir", issuer, "--dry-run", "--lang", "en"
    )
    assert code == 1
    assert {(each["row"], each["column"]) for each in told["problems"]} >= {(2, "授与年月日"), (3, "氏名")}
    assert all(each["message"] and each["mend"] for each in told["problems"])
    assert told["counts"]["errors"] == 2
    assert sorted(issuer.rglob("*")) == before


def test_what_pages_and_papers_cannot_take_is_told_by_row_before_anything_is_signed(
    issuer: Path, ask: Ask, tmp_path: Path
) -> None:
    rows, papers = tmp_path / "rows.csv", tmp_path / "papers"
    rows.write_text(
        "氏名,授与年月日,発行番号,ファイル名\n見本 \U0001f600,2026-03-25,E-1,\n"
        "見本 花子,2026-03-25,E-2\U0001f600,\n見本 次郎,2026-03-25,E-3,b.pdf\n",
        "utf-8",
    )
    papers.mkdir()
    (papers / "b.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")
    given = ("--rows", rows, "--achievement", ACHIEVEMENT, "--out", issuer / "out", "--dir", issuer)
    code, (told,) = ask("issue", *given, "--pdf", papers, "--dry-run")
    found = [(p["row"], p["column"], p["code"]) for p in told["problems"] if p["code"] != "paper.missing"]
    assert code == 1
    assert found == [
        (2, "氏名", "missing-glyph"),
        (3, "発行番号", "missing-glyph"),
        (4, None, "paper.broken"),
    ]
    code, (told,) = ask("issue", *given)
    assert (code, {p["code"] for p in told["error"]["problems"]}) == (1, {"missing-glyph"})
    assert not (issuer / "out").exists()
    assert ask("issue", *given, "--format", "open-badges-3", "--map", "ファイル名=purpose")[0] == 0


def test_a_clean_dry_run_signs_nothing(issuer: Path, ask: Ask) -> None:
    code, told = issued(ask, issuer, "--dry-run")
    assert (code, told["counts"]["ready"], told["problems"]) == (0, 3, [])
    assert not (issuer / "out").exists()
    assert (issuer / "issued.jsonl").read_bytes() == b""


def test_a_paper_of_ones_own_is_certified_and_an_unmatched_one_is_told(
    issuer: Path, ask: Ask, tmp_path: Path
) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    issued(ask, issuer, "--format", "signed-pdf")
    import pikepdf

    for number in (1, 2, 3):
        with pikepdf.Pdf.new() as pdf:
            pdf.add_blank_page(page_size=(595, 842))
            pdf.save(papers / f"2026-000{number}_学位記.pdf")
    again = ("--duplicates", "supersede", "--pdf", papers)
    code, told = issued(ask, issuer, *again, out="own")
    assert (code, len(told["issued"])) == (0, 3)
    assert headlines(ask, issuer, issuer / "own" / "2026-0003.pdf") == (0, ["Valid"])
    (papers / "2026-0003_学位記.pdf").rename(papers / "2026-0009.pdf")
    code, told = issued(ask, issuer, *again, "--dry-run", out="own")
    assert code == 1
    assert (told["counts"]["unmatched_rows"], told["counts"]["unmatched_files"]) == (1, 1)


def test_the_badge_image_is_baked_and_verifies(issuer: Path, ask: Ask, tmp_path: Path) -> None:
    described = json.loads(Path(ACHIEVEMENT).read_text("utf-8"))
    circle = b'<circle cx="32" cy="32" r="30"/>'
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">' + circle + b"</svg>"
    described["image"] = {"media_type": "image/svg+xml", "data": base64.b64encode(picture).decode()}
    achievement = tmp_path / "achievement.json"
    achievement.write_text(json.dumps(described), "utf-8")
    chosen = ("--format", "open-badges-3", "--out", issuer / "out")
    assert ask("issue", "--rows", ROWS, "--achievement", achievement, "--dir", issuer, *chosen)[0] == 0
    assert headlines(ask, issuer, issuer / "out" / "2026-0001.svg") == (0, ["Valid"])


def test_doctor_finds_a_sound_issuer_sound_and_a_lost_secret_out(
    issuer: Path, ask: Ask, tmp_path: Path
) -> None:
    asked = ("doctor", "--dir", issuer, "--data", tmp_path / "none")
    code, (told,) = ask(*asked)
    assert (code, told["healthy"]) == (0, True)
    assert {"versions", "clock", "fonts", "formats", "issuer"} <= {
        each["subject"] for each in told["findings"]
    }
    assert not (tmp_path / "none").exists(), "looking makes nothing"
    (issuer / "keys" / "secret").unlink()
    code, (told,) = ask(*asked)
    assert (code, told["healthy"]) == (1, False)
    (failed,) = (each for each in told["findings"] if each["state"] == "failed")
    assert failed["subject"] == "issuer"
    assert failed["action"]


def test_doctor_tells_of_a_database_that_cannot_be_reached(tmp_path: Path, ask: Ask) -> None:
    code, (told,) = ask(
        "doctor",
        "--data",
        tmp_path,
        "--database",
        "postgresql://nobody@127.0.0.1:1/nothing",
        "--dir",
        tmp_path,
    )
    assert code == 1
    failed = {each["subject"]: each for each in told["findings"] if each["state"] == "failed"}
    assert {"database", "keys"} <= set(failed)
    assert all(each["action"] for each in failed.values())


def test_a_rotated_key_still_verifies_what_it_signed(tmp_path: Path, ask: Ask) -> None:
    ask("init", "--name", "朝凪大学", "--did", "did:web:asanagi.example", "--dir", tmp_path)
    issued(ask, tmp_path)
    for purpose in ("credential", "document"):
        assert ask("keys", "rotate", purpose, "--dir", tmp_path)[0] == 0
    _, (told,) = ask("keys", "list", "--dir", tmp_path)
    assert [bool(each["retired_at"]) for each in told["keys"]] == [True, True, False, False]
    assert issued(ask, tmp_path, "--duplicates", "supersede", out="new")[0] == 0
    old, new = tmp_path / "out" / "2026-0001.pdf", tmp_path / "new" / "2026-0001.pdf"
    assert headlines(ask, tmp_path, new) == (0, ["Valid"])
    assert headlines(ask, tmp_path, old) == (1, ["Replaced by a newer one"])


def test_a_did_key_cannot_change_its_key(tmp_path: Path, ask: Ask) -> None:
    ask("init", "--name", "x", "--dir", tmp_path)
    code, (told,) = ask("keys", "rotate", "--dir", tmp_path)
    assert (code, told["error"]["code"]) == (1, "did-key-rotation")


def test_the_secret_is_readable_by_its_owner_only_and_keys_need_it(tmp_path: Path, ask: Ask) -> None:
    ask("init", "--name", "x", "--dir", tmp_path)
    secret = tmp_path / "keys" / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    secret.write_text("A" * 43 + "=", "ascii")
    code, told = issued(ask, tmp_path)
    assert (code, told["error"]["code"]) == (1, "locked-key")
    secret.unlink()
    code, told = issued(ask, tmp_path)
    assert (code, told["error"]["code"]) == (1, "no-secret")


def test_with_a_passphrase_no_secret_is_stored(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAKUSHO_PASSPHRASE", "correct horse battery staple")
    ask("init", "--name", "x", "--dir", tmp_path)
    assert not (tmp_path / "keys" / "secret").exists()
    assert issued(ask, tmp_path, "--format", "open-badges-3")[0] == 0
    monkeypatch.setenv("GAKUSHO_PASSPHRASE", "wrong horse battery staple")
    code, told = issued(ask, tmp_path, "--duplicates", "supersede")
    assert (code, told["error"]["code"]) == (1, "locked-key")


def test_an_issuer_is_not_made_over_another_one(issuer: Path, ask: Ask) -> None:
    before = (issuer / "gakusho.json").read_bytes()
    code, (told,) = ask("init", "--name", "other", "--dir", issuer)
    assert (code, told["error"]["code"]) == (1, "conflict")
    assert (issuer / "gakusho.json").read_bytes() == before


@pytest.mark.parametrize(
    "did", ["did:web:127.0.0.1", "did:web:a.example%3A8443", "did:example:1", "asanagi.example"]
)
def test_a_did_that_cannot_be_published_is_refused_and_nothing_is_made(
    did: str, tmp_path: Path, ask: Ask
) -> None:
    assert ask("init", "--name", "x", "--did", did, "--dir", tmp_path / "issuer")[0] == 1
    assert not (tmp_path / "issuer").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_no_traceback() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from gakusho.cli.main import main; main()", "version"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr


def test_help_answers_at_once() -> None:
    best = min(_time_of_help() for _ in range(3))
    assert best < 0.6, "heavy imports must stand inside the commands"


def _time_of_help() -> float:
    """Give the processor's time in seconds: other work on the machine says nothing of the imports."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", "from gakusho.cli.main import main; main()", "--help"],
        check=True,
        capture_output=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_a_reader_that_has_enough_is_no_failure(issuer: Path, ask: Ask) -> None:
    issued(ask, issuer, "--format", "open-badges-3")
    file = issuer / "out" / "2026-0001.json"
    command = [
        sys.executable,
        "-c",
        "from gakusho.cli.main import main; main()",
        "verify",
        str(file),
        "--offline",
    ]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs file size limits")
def test_where_the_files_do_not_fit_nothing_is_issued(issuer: Path) -> None:
    # A limit on file size fails a write in the middle, as a full disk does; also that of a compiled module,
    # which Python would not notice and load the next time.
    program = (
        "import resource, sys\n"
        "from gakusho.cli.main import run\n"
        "sys.dont_write_bytecode = True\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.exit(run(sys.argv[1:]))"
    )
    options = [
        "--rows",
        ROWS,
        "--achievement",
        ACHIEVEMENT,
        "--dir",
        str(issuer),
        "--out",
        str(issuer / "out"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", program, "issue", *options, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "not-written"
    assert not (issuer / "out").exists()
    assert (issuer / "issued.jsonl").read_bytes() == b""
