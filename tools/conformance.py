# SPDX-License-Identifier: Apache-2.0
"""Runs every test that names a requirement of a standard, and writes docs/conformance.md from the outcomes.

Usage: make conformance
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "conformance.md"
FOLDERS = ("tests/conformance", "tests/vectors", "tests/unit/fetch")

_HEAD = """# Conformance

What the standards of the field require, the test that holds Gakusho to it, and what the test answered.
Written by running the tests: `make conformance`. A test that runs once for each of several inputs counts
them. What no test here names is not claimed.
"""

Requirement = tuple[str, str, str]
"""Specification with section, sentence, and the file of the test."""


def stated() -> set[Requirement]:
    """Give every requirement that a test's mark names. Raises: ValueError for a mark not spelled out."""
    found: set[Requirement] = set()
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("test_*.py")):
            tree = ast.parse(file.read_text("utf-8"))
            for mark in _marks(tree):
                words = [part.value for part in mark.args if isinstance(part, ast.Constant)]
                if len(words) != 2 or not all(isinstance(word, str) for word in words):
                    raise ValueError(f"{file}:{mark.lineno}: a requirement is two plain strings")
                found.add((str(words[0]), str(words[1]), str(file.relative_to(ROOT))))
    return found


def shown(page: str) -> set[Requirement]:
    """Give every requirement that the page lists."""
    found: set[Requirement] = set()
    specification = ""
    for line in page.splitlines():
        if line.startswith("## "):
            specification = line.removeprefix("## ")
        elif row := re.fullmatch(r"\| (.*?) \| (.+) \| \[[^\]]+\]\(\.\./([^)]+)\) \| (.+) \|", line):
            section, sentence, file, _ = row.groups()
            found.add((f"{specification} {section}".strip(), sentence.replace("\\|", "|"), file))
    return found


def _marks(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "pytest.mark.requirement",
            "requirement",
        ):
            yield node


def split(named: str) -> tuple[str, str]:
    """Give specification and section of what a mark names: "EdDSA 3.2.2" is EdDSA, 3.2.2."""
    match = re.fullmatch(r"(.+?)(?: ([0-9A-Z][0-9.]*|[A-Z]\.[0-9.]+|[a-z]+))?", named)
    assert match is not None
    return match.group(1), match.group(2) or ""


def page(outcomes: dict[str, dict[str, object]]) -> str:
    """Give the page for the outcomes of a run, by test id."""
    counted: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for test, entry in outcomes.items():
        file, _, name = test.partition("::")
        requirements = entry["requirements"]
        assert isinstance(requirements, list)
        for named, sentence in requirements:
            key = (named, sentence, file, name.partition("[")[0].replace("::", "."))
            counted[key].append(str(entry["outcome"]))
    by_specification: dict[str, list[str]] = defaultdict(list)
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (named, sentence, file, name), results in sorted(counted.items(), key=lambda one: _order(one[0])):
        specification, section = split(named)
        passed = results.count("passed")
        totals[specification][0] += passed
        totals[specification][1] += len(results)
        told = sentence.replace("|", "\\|")
        by_specification[specification].append(
            f"| {section} | {told} | [{name}](../{file}) | {_result(passed, results)} |"
        )
    return "\n".join([_HEAD, *_summary(totals), *_tables(by_specification)])


def _summary(totals: dict[str, list[int]]) -> Iterator[str]:
    yield "| specification | tests | passed |"
    yield "| --- | ---: | ---: |"
    for specification, (passed, ran) in sorted(totals.items()):
        yield f"| {specification} | {ran} | {passed} |"
    yield ""


def _tables(by_specification: dict[str, list[str]]) -> Iterator[str]:
    for specification, rows in sorted(by_specification.items()):
        yield f"## {specification}"
        yield ""
        yield "| section | requirement | test | result |"
        yield "| --- | --- | --- | --- |"
        yield from rows
        yield ""


def _result(passed: int, results: list[str]) -> str:
    if passed == len(results):
        return "pass" if passed == 1 else f"pass ({passed} of {passed})"
    skipped = results.count("skipped")
    return f"**{len(results) - passed - skipped} fail, {skipped} skipped**, {passed} pass"


def _order(key: tuple[str, str, str, str]) -> tuple[object, ...]:
    specification, section = split(key[0])
    numbers = tuple(int(part) if part.isdigit() else 0 for part in section.split("."))
    return (specification, numbers, section, *key[1:])


def main() -> int:
    """Run the tests and write the page; 1 when one of them fails."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "requirements.json"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "requirement", f"--requirements-to={target}"]
        ran = subprocess.run([*command, *sys.argv[1:], *FOLDERS], cwd=ROOT, check=False)
        outcomes = json.loads(target.read_text("utf-8"))
    PAGE.write_text(page(outcomes), "utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(outcomes)} tests")
    return ran.returncode


if __name__ == "__main__":
    raise SystemExit(main())
