# SPDX-License-Identifier: Apache-2.0
"""Which kind of credential is inside a token or message: a record, a badge, or any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gakusho.formats import Asking, Reading, _clr_read, _clr_rules, _generic_read, _ob_read, _vc, _vcdm
from gakusho.formats._clr_write import CLR_TYPE
from gakusho.model.award import Award
from gakusho.model.report import Check


def is_record(inside: Mapping[str, Any]) -> bool:
    """Tell whether a credential says that it is a CLR of version 2, and no badge."""
    types = _types(inside)
    return CLR_TYPE in types and not types & _vc.OPEN_BADGE_TYPES


def reading(inside: Mapping[str, Any]) -> Reading:
    """Give what a credential of any kind says. Raises: UnreadableError."""
    if is_record(inside):
        badges: dict[int, Award] = {}
        award = _clr_read.award(inside, badges)
        carried = _clr_read.carried(inside, badges)
    elif _types(inside) & _vc.OPEN_BADGE_TYPES:
        award, carried = _ob_read.award(inside), _ob_read.endorsements(inside)
    else:
        award, carried = _generic_read.award(inside), ()
    return Reading(award=award, status=award.status, claims=inside, carried=carried)


def content_checks(inside: Mapping[str, Any], asking: Asking) -> list[Check]:
    """Give the checks of what a credential of any kind says, by the rules of its kind."""
    if is_record(inside):
        return [*_clr_rules.content_checks(inside, asking), _clr_rules.learner_check(inside)]
    is_badge = bool(_types(inside) & _vc.OPEN_BADGE_TYPES)
    return _vcdm.content_checks(inside, asking, open_badge=is_badge)


def _types(inside: Mapping[str, Any]) -> set[str]:
    return {kind for kind in _vc.as_list(inside.get("type")) if isinstance(kind, str)}
