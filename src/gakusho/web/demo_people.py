# SPDX-License-Identifier: Apache-2.0
"""The fictitious people of the demo, by the addresses they sign in with."""

from __future__ import annotations

REGISTRAR = "registrar@asanagi.example"
APPROVER = "approver@asanagi.example"
LEARNER = "learner@mail.example"
SIGN_INS = (("registrar", REGISTRAR), ("approver", APPROVER), ("learner", LEARNER))
"""What each does, and the address; as the doors of the demo stand side by side."""
