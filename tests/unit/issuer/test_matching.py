# SPDX-License-Identifier: Apache-2.0
"""Papers find their rows, and whatever finds no partner is told."""

from __future__ import annotations

import random

from gakusho.issuer.matching import Matches, match
from gakusho.issuer.rows import Row


def row(line: int, issue_number: str = "", file: str = "") -> Row:
    fields = {"issue_number": issue_number, "file": file}
    return Row(line=line, fields={name: value for name, value in fields.items() if value})


def told(matches: Matches) -> list[tuple[str, int | None, str | None]]:
    return [(p.code, p.row, p.file) for p in matches.problems]


def test_an_issue_number_is_found_in_the_name_as_a_whole() -> None:
    rows = [row(2, "2026-0012"), row(3, "2026-00123"), row(4, "第2026-0013号"), row(5, "ア12")]
    names = ["2026-0012_山田.pdf", "卒業証明書2026-00123.PDF", "dir/第2026-0013号 佐藤.pdf", "ア12.pdf"]
    found = match(rows, names)
    assert found.papers == {2: names[0], 3: names[1], 4: names[2], 5: names[3]}
    assert found.problems == ()


def test_width_and_case_do_not_count() -> None:
    assert match([row(2, "ab-１２")], ["AB-12.pdf"]).papers == {2: "AB-12.pdf"}


def test_a_copy_is_not_taken_for_a_longer_number() -> None:
    found = match([row(2, "2026-0012"), row(3, "2026-00122")], ["2026-0012 2.pdf"])
    assert found.papers == {2: "2026-0012 2.pdf"}


def test_spaces_within_a_number_are_found() -> None:
    assert match([row(2, "第 12 号"), row(3, "A 7")], ["第12号.pdf", "A  7.pdf"]).papers == {
        2: "第12号.pdf",
        3: "A  7.pdf",
    }


def test_the_longest_number_wins() -> None:
    found = match([row(2, "2026"), row(3, "2026-0001")], ["2026-0001.pdf"])
    assert found.papers == {3: "2026-0001.pdf"}
    assert told(found) == [("paper.missing", 2, None)]


def test_a_file_name_in_the_row_goes_before_the_number() -> None:
    rows = [row(2, "1", file="b.pdf"), row(3, "2", file="C")]
    found = match(rows, ["1.pdf", "b.pdf", "sub/c.PDF"])
    assert found.papers == {2: "b.pdf", 3: "sub/c.PDF"}
    assert told(found) == [("paper.unmatched", None, "1.pdf")]


def test_doubt_matches_nothing() -> None:
    rows = [row(2, "1"), row(3, "7", file="x.pdf"), row(4, "8", file="x.pdf"), row(5, "a1"), row(6, "b1")]
    found = match(rows, ["1.pdf", "1_copy.pdf", "x.pdf", "a1 b1.pdf"])
    assert found.papers == {}
    assert told(found) == [
        ("paper.ambiguous", 2, None),
        ("paper.shared", 3, None),
        ("paper.shared", 4, None),
        ("paper.shared", 5, None),
        ("paper.shared", 6, None),
    ]


def test_a_thousand_pairs_with_seven_planted_faults() -> None:
    numbers = [f"第2026-{i:04}号" for i in range(1, 1001)]
    rows = [row(line, number) for line, number in enumerate(numbers, start=2)]
    names = {number: f"卒業生/{number}_見本{i}.pdf" for i, number in enumerate(numbers)}
    del names[numbers[10]], names[numbers[500]]  # 1, 2: papers that are missing
    names["x"] = "第2026-1001号.pdf"  # 3: a paper of nobody
    names["y"] = "メモ.pdf"  # 4: another
    names["z"] = f"{numbers[20]}_再.pdf"  # 5: a second paper for one row
    rows[30] = row(32, file=names[numbers[31]])  # 6: a row that names another's paper (whose row loses it)
    names[numbers[40]] = "2026-00041.pdf"  # 7: a slip in the number
    shuffled = list(names.values())
    random.Random(7).shuffle(shuffled)
    found = match(rows, shuffled)
    assert sorted(told(found), key=str) == sorted(
        [
            ("paper.missing", 12, None),
            ("paper.missing", 502, None),
            ("paper.ambiguous", 22, None),
            ("paper.missing", 33, None),
            ("paper.missing", 42, None),
            ("paper.unmatched", None, "第2026-1001号.pdf"),
            ("paper.unmatched", None, "メモ.pdf"),
            ("paper.unmatched", None, names[numbers[30]]),
            ("paper.unmatched", None, "2026-00041.pdf"),
        ],
        key=str,
    )
    assert len(found.papers) == 1000 - 5
    assert all(
        found.papers[r.line] == names[r.fields["issue_number"]]
        for r in rows
        if r.line in found.papers and r.line != 32
    )
    assert (len(found.unmatched_rows), len(found.unmatched_files)) == (5, 4)


def test_ten_thousand_files_are_matched_quickly() -> None:
    rows = [row(line, f"2026-{line:06}") for line in range(2, 10_002)]
    names = [f"証明書-2026-{line:06}-見本-花子-工学部-情報工学科.pdf" for line in range(2, 10_002)]
    assert len(match(rows, names).papers) == 10_000
