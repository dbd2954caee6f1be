# SPDX-License-Identifier: Apache-2.0
"""``ob3-…`` and ``clr…``: issuing and verifying one credential, beside the other implementations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bench.jobs import Job, Rate, run
from bench.measurement import Measurement, ratio

OURS, NODE, RAW = "gakusho", "@digitalbazaar/vc", "raw Ed25519 (cryptography)"

_HOW = {
    "ob3-issue": (
        "An Open Badges 3.0 credential (about 2.5 kB) signed with `eddsa-rdfc-2022`, JSON text out. Here: "
        "500 awards of one achievement through `open-badges-3`'s `write`, as a batch is issued, the first "
        "and a sample of each batch made again by the general engine. The others: JSON text in, `issue`, "
        "JSON text out. @digitalbazaar/vc and PyLD sign the same documents and must give the same "
        "`proofValue`; openbadgeslib writes a smaller credential of its own model."
    ),
    "ob3-verify": (
        "The same credentials verified: bytes in, report out, every check but the status list, which is on "
        "the network (its check is stubbed for @digitalbazaar/vc, no part of PyLD). All verify the same "
        "bytes but openbadgeslib, which verifies its own. Here each through `gakusho.verifier.verify.verify`."
    ),
    "ob3-verify-mixed": (
        "The same work where nothing recurs: each of 500 credentials is of another achievement and in "
        "another shape (some larger), all by one key, so that no template and nothing known of others "
        "like it is of use. `ob3-verify` is what a verifier gets who is shown the badges of one class; "
        "this is what it gets otherwise."
    ),
    "clr60-issue": (
        "A ClrCredential of 60 courses, JSON text in, signed JSON text out; the proof values are equal."
    ),
    "clr60-verify": (
        "The same transcripts verified, bytes in, report out. The courses inside carry no proof of their "
        "own; here each of them is read, looked at and reported as well. This is what a verifier gets who "
        "is shown the transcripts of one university; `clr60-verify-mixed` is what it gets otherwise."
    ),
    "clr60-verify-mixed": (
        "The same work where nothing recurs: each of 60 transcripts of 60 courses is written in another "
        "shape, so that nothing known of others like it is of use."
    ),
    "clr200-growth": (
        "Time to issue a transcript of 200 courses over the time for 60, by CPU time (value and ratio are "
        "that growth; 200 / 60 is 3.33)."
    ),
}

_FULL = {
    ("ob3", "issue"): {OURS: 20_000, NODE: 400, "PyLD": 200, "openbadgeslib": 100, RAW: 20_000},
    ("ob3", "verify"): {OURS: 5_000, NODE: 400, "PyLD": 200, "openbadgeslib": 100, RAW: 10_000},
    ("ob3mixed", "verify"): {OURS: 3_000, NODE: 400, RAW: 10_000},
    ("clr60", "issue"): {OURS: 200, NODE: 10, "PyLD": 10},
    ("clr60", "verify"): {OURS: 200, NODE: 10, "PyLD": 10},
    ("clr60mixed", "verify"): {OURS: 60, NODE: 10},
    ("clr200", "issue"): {OURS: 60},
}
_WARM_UP = {
    NODE: {"ob3": 200, "ob3mixed": 200, "clr60": 5, "clr60mixed": 5},
    OURS: {"ob3": 1_000, "ob3mixed": 500, "clr60": 20, "clr60mixed": 10, "clr200": 6},
}


@dataclass(frozen=True)
class _Wanted:
    fixture: str
    operation: str
    targets: dict[str, str]
    """Engine → what the ratio to it is to reach."""


_BENCHES = {
    "ob3-issue": _Wanted("ob3", "issue", {NODE: "≥ 70", RAW: "≥ 0.30", "PyLD": "", "openbadgeslib": ""}),
    "ob3-verify": _Wanted("ob3", "verify", {NODE: "≥ 40", RAW: "≥ 0.50", "PyLD": "", "openbadgeslib": ""}),
    "ob3-verify-mixed": _Wanted("ob3mixed", "verify", {NODE: "", RAW: ""}),
    "clr60-issue": _Wanted("clr60", "issue", {NODE: "≥ 90", "PyLD": ""}),
    "clr60-verify": _Wanted("clr60", "verify", {NODE: "≥ 90", "PyLD": ""}),
    "clr60-verify-mixed": _Wanted("clr60mixed", "verify", {NODE: ""}),
}
NAMES = (*_BENCHES, "clr200-growth")


def measure(wanted: Collection[str]) -> Iterator[Measurement]:
    """Give what is wanted of this module's names, all jobs of them in the same shuffled rounds."""
    work = {(bench.fixture, bench.operation) for name, bench in _BENCHES.items() if name in wanted}
    growth = "clr200-growth" in wanted
    if growth:
        work |= {("clr60", "issue"), ("clr200", "issue")}
    jobs = {
        (fixture, operation, engine): Job(
            engine=engine,
            fixture=fixture,
            operation=operation,
            count=count,
            warm_up=_WARM_UP.get(engine, {}).get(fixture, 5),
        )
        for fixture, operation in sorted(work)
        for engine, count in _FULL[fixture, operation].items()
        if engine == OURS or any(_compared(fixture, operation, name) for name in wanted)
    }
    rates = run(jobs.values())
    for name, bench in _BENCHES.items():
        if name in wanted:
            ours = rates[jobs[bench.fixture, bench.operation, OURS]]
            for engine, target in bench.targets.items():
                theirs = rates[jobs[bench.fixture, bench.operation, engine]]
                yield _beside(name, ours, engine, theirs, target)
    if growth:
        yield _growth(rates[jobs["clr60", "issue", OURS]], rates[jobs["clr200", "issue", OURS]])


def _compared(fixture: str, operation: str, name: str) -> bool:
    bench = _BENCHES.get(name)
    return bench is not None and (bench.fixture, bench.operation) == (fixture, operation)


def _beside(name: str, ours: Rate, engine: str, theirs: Rate, target: str) -> Measurement:
    return Measurement(
        name=name,
        value=round(ours.median, 1),
        unit="credentials/s",
        against=engine,
        against_value=round(theirs.median, 1),
        ratio=round(ratio(ours.wall, theirs.wall), 4),
        cpu_ratio=round(ratio(ours.cpu, theirs.cpu), 4),
        target=target,
        spread=f"{min(ours.wall):,.0f}–{max(ours.wall):,.0f}",
        how=_HOW[name],
    )


def _growth(small: Rate, large: Rate) -> Measurement:
    growth = ratio(small.cpu, large.cpu)
    return Measurement(
        name="clr200-growth",
        value=round(growth, 3),
        unit="times the time of 60 courses",
        against="60 courses (transcripts/CPU second)",
        against_value=round(small.median_cpu, 1),
        ratio=round(growth, 3),
        target="≤ 3.6",
        how=_HOW["clr200-growth"],
    )
