# SPDX-License-Identifier: Apache-2.0
"""The address that opens LinkedIn's "add licence or certification" form, filled in."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

ADD = "https://www.linkedin.com/profile/add"


def add_to_profile(
    *,
    title: str,
    organization: str,
    awarded_on: date,
    certificate_url: str,
    certificate_id: str,
    valid_until: datetime | None = None,
) -> str:
    """Give the address; nothing is sent to LinkedIn until the person saves the form there.

    Parameters as LinkedIn documents them for "Add to Profile": ``startTask=CERTIFICATION_NAME``, ``name``,
    ``organizationName``, ``issueYear`` and ``issueMonth``, ``expirationYear`` and ``expirationMonth``,
    ``certUrl`` and ``certId``.
    """
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": title,
        "organizationName": organization,
        "issueYear": str(awarded_on.year),
        "issueMonth": str(awarded_on.month),
    }
    if valid_until is not None:
        fields |= {"expirationYear": str(valid_until.year), "expirationMonth": str(valid_until.month)}
    fields |= {"certUrl": certificate_url, "certId": certificate_id}
    return f"{ADD}?{urlencode(fields)}"
