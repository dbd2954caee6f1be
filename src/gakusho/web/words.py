# SPDX-License-Identifier: Apache-2.0
"""The words of the pages: gettext catalogs (``locale/<language>/*.po``) with named messages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.plural import to_python

from gakusho.verifier.format_names import format_name

LANGUAGES = ("ja", "en")
_JAPAN = timedelta(hours=9)


class MissingMessageError(LookupError):
    """A catalog lacks a message: a fault of the program, found by the tests."""


@cache
def catalog(language: str) -> dict[str, str | tuple[str, ...]]:
    """Give every message of a language: the words, or one form per plural category."""
    messages: dict[str, str | tuple[str, ...]] = {}
    folder = resources.files("gakusho.web") / "locale" / language
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".po"):
            continue
        with file.open("rb") as handle:
            part: Catalog = read_po(handle, locale=language, abort_invalid=True)
        for message in part:
            if not message.id:
                continue
            key = message.id[0] if isinstance(message.id, tuple | list) else str(message.id)
            if key in messages:
                raise MissingMessageError(f"{language}: {key} stands in two catalogs")
            text = message.string
            messages[key] = tuple(text) if isinstance(text, tuple | list) else str(text)
    return messages


class Words:
    """One language, bound to a time zone: messages, dates and numbers as its readers write them."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language
        self._zone = zone
        self._messages = catalog(language)
        self._locale = Locale.parse(language)
        self._plural = to_python(self._locale.plural_form)

    def __call__(self, key: str, /, **values: object) -> str:
        """Give a message with ``%(name)s`` filled in; ``n`` chooses the plural form."""
        words = self._messages.get(key)
        if not words:
            raise MissingMessageError(f"{self.language}: {key}")
        if isinstance(words, tuple):
            n = int(str(values.get("n", 0)))
            one = len(words) > 1 and self._plural(n) == "one"
            words = words[0] if one or len(words) == 1 else words[-1]
        return words % values if values else words

    def has(self, key: str) -> bool:
        """Tell whether there is such a message."""
        return bool(self._messages.get(key))

    def format_name(self, name: str) -> str:
        """Give what people call a format."""
        return format_name(name, self.language)

    def day(self, value: date | datetime | None) -> str:
        """Give a day: 2026年3月25日, 25 March 2026."""
        if value is None:
            return "–"
        if isinstance(value, datetime):
            value = value.astimezone(self._zone).date()
        return format_date(value, "y年M月d日" if self.language == "ja" else "d MMMM y", locale=self._locale)

    def moment(self, value: datetime | None) -> str:
        """Give a day and time in the server's time zone."""
        if value is None:
            return "–"
        pattern = "y年M月d日 H:mm" if self.language == "ja" else "d MMM y, HH:mm"
        return format_datetime(value.astimezone(self._zone), pattern, locale=self._locale)

    def instant(self, value: datetime | None) -> str:
        """Give the same with its zone, for readers anywhere: 25 Mar 2026, 10:30 (GMT+09:00).

        In Japanese the time of Japan goes without saying.
        """
        if value is None:
            return "–"
        at = value.astimezone(self._zone)
        if self.language == "ja" and at.utcoffset() == _JAPAN:
            return self.moment(value)
        return f"{self.moment(value)} ({format_datetime(at, 'ZZZZ', locale='en')})"

    def number(self, value: float) -> str:
        """Give a number with the language's grouping."""
        return format_decimal(value, locale=self._locale)
