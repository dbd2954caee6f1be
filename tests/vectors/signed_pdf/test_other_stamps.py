# SPDX-License-Identifier: Apache-2.0
"""A time-stamp that another program adds to a document of ours is what it is, and no harm."""

from __future__ import annotations

import io

import pytest
import time_machine
from asn1crypto import tsp
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from tests.fakes.archive import tsa
from tests.vectors.signed_pdf.good import judged, twin
from tests.vectors.signed_pdf.making import NOW

from gakusho.model.report import Outcome


class _Stamper(TimeStamper):
    """The stand-in authority, as pyHanko asks one."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(tsa().answer(req.dump()))


@pytest.mark.parametrize("name", ["B-B", "B-T", "B-LT", "B-LTA"])
def test_a_time_stamp_that_another_program_adds_does_no_harm(name: str) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(twin(name)))
    with time_machine.travel(NOW, tick=False):  # it writes the clock's time
        stamper = PdfTimeStamper(_Stamper())  # type: ignore[no-untyped-call]
        out = stamper.timestamp_pdf(writer, md_algorithm="sha256")
    report = judged(out.getvalue())
    assert report.outcome is Outcome.VALID, [one for one in report.checks if one.outcome != Outcome.VALID]
    facts = {check.code: check.facts for check in report.checks}
    assert facts["pdf.time"]["assurance"] == "proven"
    assert facts["pdf.archive"]["stamps"] == ("2" if name == "B-LTA" else "1")
