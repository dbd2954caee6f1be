# SPDX-License-Identifier: Apache-2.0
"""This project: badges from awards as a batch is written, transcripts from JSON, reports from bytes."""

from __future__ import annotations

import json

from bench import fixtures
from bench.engines import _clock
from gakusho.fetch import OfflineFetcher
from gakusho.formats.open_badges_3 import FORMAT as OPEN_BADGES_3
from gakusho.formats.verifiable_credential import FORMAT as CREDENTIAL
from gakusho.model.report import Outcome
from gakusho.proof import json as strict_json
from gakusho.verifier.verify import verify

KEY = fixtures.key()
"""Read once, as the others read theirs."""


def main() -> None:
    """Do what is asked for."""
    folder, fixture, operation, count, warm_up = _clock.asked()
    if operation == "verify":
        signed = _clock.texts(folder, fixture, operation)
        _clock.measure(_verified, signed, count, warm_up)
    elif fixture == "ob3":
        _issue_badges(count, warm_up)
    else:
        _clock.measure(_issued, _clock.texts(folder, fixture, operation), count, warm_up)


def _issue_badges(count: int, warm_up: int) -> None:
    awards = [fixtures.badge_award(number) for number in range(fixtures.BADGES)]
    sealing = fixtures.sealing()

    def some(amount: int) -> None:
        for start in range(0, amount, len(awards)):
            OPEN_BADGES_3.write(awards[: amount - start], sealing)

    first = OPEN_BADGES_3.write(awards[:1], sealing)[0].data.decode()
    _clock.timed(lambda: some(warm_up), lambda: some(count), count, _clock.digest([first]))


def _issued(text: str) -> str:
    document = strict_json.loads(text)
    sealed = CREDENTIAL.seal(document, key=KEY, now=fixtures.CREATED)
    return strict_json.dumps(sealed).decode()


def _verified(text: str) -> str:
    report = verify(text.encode(), now=fixtures.NOW, fetcher=OfflineFetcher())
    # The status list is on the network, which is left out here as it is for the others. What a transcript
    # carries has no proof of its own here: each is looked at and reported so, which the others do not do.
    left_out = ("status.", "carried.")
    wrong = [
        each
        for each in report.checks
        if each.outcome is not Outcome.VALID and not each.code.startswith(left_out)
    ]
    if wrong or not any(each.code == "proof.signature" for each in report.checks):
        raise RuntimeError(f"a fixture does not verify: {wrong}")
    return json.dumps("verified")


if __name__ == "__main__":
    main()
