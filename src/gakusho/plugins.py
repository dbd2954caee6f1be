# SPDX-License-Identifier: Apache-2.0
"""Finds the one-file implementations: a module that lies in a package is an implementation of it."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache, lru_cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any, TypeVar

from gakusho.errors import PluginError

T = TypeVar("T")


def implementations(package: ModuleType, protocol: type[T], name: str) -> dict[str, T]:
    """Give every implementation in ``package``, by its ``name`` attribute, in alphabetical order.

    Each module that does not start with an underscore must hold an object called ``name`` (such as
    ``FORMAT``) that satisfies the runtime-checkable ``protocol``. Packages of others add theirs by
    entry points of the group with the package's dotted name.

    Raises:
        PluginError: a module holds no such object, or two have the same name.
    """
    found: dict[str, T] = {}
    for module in _modules(package):
        candidate = getattr(module, name, None)
        if not isinstance(candidate, protocol):
            raise PluginError(
                f"{module.__name__} has no {name} that satisfies {protocol.__name__}: "
                f"got {type(candidate).__name__}."
            )
        key = str(candidate.name)  # type: ignore[attr-defined]  # every protocol here has a name
        if key in found:
            raise PluginError(f"Two implementations in {package.__name__} are called {key!r}.")
        found[key] = candidate
    return found


def able(implementation: object, protocol: type[T]) -> T | None:
    """Give the implementation itself when it satisfies the runtime-checkable ``protocol``, else None.

    Looking is slow (every member, through all bases), so each is looked at once.
    """
    satisfies: bool = _satisfies(implementation, protocol)  # type: ignore[arg-type]  # a class is hashable
    return implementation if satisfies else None  # type: ignore[return-value]  # it was looked at


@lru_cache(maxsize=1024)
def _satisfies(implementation: object, protocol: type[Any]) -> bool:
    return isinstance(implementation, protocol)


@cache
def _modules(package: ModuleType) -> tuple[ModuleType, ...]:
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))
    own = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    others = [e.load() for e in sorted(entry_points(group=package.__name__), key=lambda e: e.name)]
    return (*own, *others)
