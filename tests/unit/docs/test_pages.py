# SPDX-License-Identifier: Apache-2.0
"""The pages lead somewhere, their commands exist, and what they say of the tree is so."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main

from gakusho.cli.main import app

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_REGISTRY_HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "yarnpkg" + ".com")


def ids(pages: list[Path]) -> list[str]:
    return [str(each.relative_to(ROOT)) for each in pages]


def anchors(text: str) -> set[str]:
    """Give the anchors that headings make, by the rule of the usual forges."""
    found = set()
    for title in re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE):
        kept = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).lower())
        found.add(kept.strip().replace(" ", "-"))
    return found


@pytest.mark.parametrize("file", PAGES, ids=ids(PAGES))
def test_every_relative_link_resolves(file: Path) -> None:
    text = _FENCE.sub("", file.read_text("utf-8"))
    broken = []
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        place = (file.parent / path).resolve() if path else file
        if not place.exists() or (
            anchor and place.suffix == ".md" and anchor not in anchors(place.read_text("utf-8"))
        ):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("file", PAGES, ids=ids(PAGES))
def test_every_command_shown_is_one_that_exists(file: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    group = typer.main.get_command(app)
    wrong = []
    for _, block in (fence for fence in _FENCE.findall(file.read_text("utf-8")) if not fence[0]):
        for line in block.splitlines():
            words = (
                shlex.split(line.split("#")[0], posix=True) if line.startswith(("make", "gakusho")) else []
            )
            if words[:1] == ["make"] and len(words) > 1 and words[1] not in targets:
                wrong.append(line)
            if words[:1] == ["gakusho"] and not _is_command(group, words[1:]):
                wrong.append(line)
    assert not wrong


def _is_command(group: object, words: list[str]) -> bool:
    command = group
    while words and (inner := getattr(command, "commands", None)) is not None:
        if words[0] not in inner:
            return words[0].isupper()  # a placeholder
        command, words = inner[words[0]], words[1:]
    known = {option for parameter in getattr(command, "params", ()) for option in parameter.opts}
    return all(word.partition("=")[0] in known | {"--help"} for word in words if word.startswith("--"))


def test_make_alone_prints_every_target() -> None:
    help_text = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[0].split()
    assert [name for name in targets if f"make {name}" not in help_text] == ["debian"]


def test_every_decision_has_the_five_parts_and_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text("utf-8")
    for file in sorted(folder.glob("[0-9]*.md")):
        text = file.read_text("utf-8")
        for part in ("Context", "Decision", "Consequences", "Alternatives", "Where to see it"):
            assert re.search(rf"^## {part}", text, re.MULTILINE | re.IGNORECASE), f"{file.name}: {part}"
        assert f"({file.name})" in listed, f"{file.name} is not in the list"


def test_no_file_names_a_package_registry() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    naming = []
    for name in filter(None, tracked):
        file = ROOT / name
        if file.is_file():
            data = file.read_bytes()
            naming += [name for host in _REGISTRY_HOSTS if host.encode() in data]
    assert not naming


def test_lock_files_hold_a_hash_for_everything() -> None:
    for name in ("run", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        entries = re.split(r"\n(?=\S)", text.strip())
        assert len(entries) > 30
        assert all("--hash=sha256:" in entry for entry in entries if not entry.startswith("#"))


def test_the_glossary_says_every_word_in_both_languages_in_order() -> None:
    lines = (ROOT / "docs/glossary.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    words = [row[0].casefold() for row in rows[2:]]
    assert words == sorted(set(words))
    assert [row for row in rows if len(row) != 3 or not row[1]] == []
    assert {"cwt, cose", "docmdp", "level", "pades", "time-stamp", "verification code"} <= set(words)
