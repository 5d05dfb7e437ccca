"""Typed reading of a JSON object, field by field: nothing missing, unknown or of another type.

Use: `fields = Fields(obj, where="manifest", rule="BUNDLE-FORMAT")`, one `take_` per field, and
`fields.check_end()` when all are taken. Texts that people read go through `take_text`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from strongroom.core.errors import Violation
from strongroom.core.moment import parse_moment
from strongroom.core.text import JsonObject, JsonValue, check_text, render_visible

if TYPE_CHECKING:
    from datetime import datetime

_HEX = re.compile(r"(?:[0-9a-f]{2})*")


class Fields:
    """The fields of one JSON object, each of which can be taken once."""

    def __init__(
        self, value: JsonObject, *, where: str, rule: str, text_rule: str = "BUNDLE-TEXT"
    ) -> None:
        self._left = dict(value)
        self._where = where
        self._rule = rule
        self._text_rule = text_rule

    def _refuse(self, name: str, expected: str) -> Violation:
        return Violation(self._rule, f"{self._where}.{name} is not {expected}")

    def _take(self, name: str) -> JsonValue:
        if name not in self._left:
            raise Violation(self._rule, f"{self._where} has no field {name!r}")
        return self._left.pop(name)

    def _is_null(self, name: str) -> bool:
        if self._left.get(name, "") is not None:
            return False
        del self._left[name]
        return True

    def has(self, name: str) -> bool:
        """Whether the field is there and not taken: for the few that may be left out."""
        return name in self._left

    def check_end(self) -> None:
        """Nothing is left over."""
        if self._left:
            unknown = render_visible(min(self._left))
            raise Violation(self._rule, f"{self._where} has the unknown field {unknown!r}")

    def take_block(self, name: str) -> str:
        """Any string; its characters were checked when the JSON was parsed."""
        value = self._take(name)
        if not isinstance(value, str):
            raise self._refuse(name, "a string")
        return value

    def take_text(self, name: str, *, cap: int, empty: bool = False) -> str:
        """One line for people, of 1 (0 with `empty`) to `cap` characters."""
        where = f"{self._where}.{name}"
        return check_text(
            self.take_block(name), where=where, cap=cap, rule=self._text_rule, empty=empty
        )

    def take_match(self, name: str, pattern: re.Pattern[str], *, form: str) -> str:
        """A string that `pattern` matches in full; `form` says in words what that is."""
        value = self.take_block(name)
        if pattern.fullmatch(value) is None:
            raise self._refuse(name, f"{form}: {render_visible(value)!r}")
        return value

    def take_match_or_none(self, name: str, pattern: re.Pattern[str], *, form: str) -> str | None:
        """As `take_match`, or None for null."""
        return None if self._is_null(name) else self.take_match(name, pattern, form=form)

    def take_constant(self, name: str, expected: str | int) -> None:
        """Exactly `expected`."""
        value = self._take(name)
        if type(value) is not type(expected) or value != expected:
            raise self._refuse(name, repr(expected))

    def take_hex(self, name: str, *, size: int | None = None) -> bytes:
        """Bytes from lower-case hex digits; `size` of them, if it is given. Never quoted."""
        value = self.take_block(name)
        if _HEX.fullmatch(value) is None:
            raise self._refuse(name, "pairs of lower-case hex digits")
        if size is not None and len(value) != 2 * size:
            raise self._refuse(name, f"{size} bytes in hex")
        return bytes.fromhex(value)

    def take_int(self, name: str, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included; true and false are none."""
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._refuse(name, "a whole number")
        if not low <= value <= high:
            raise self._refuse(name, f"from {low} to {high}: {value}")
        return value

    def take_int_or_none(self, name: str, *, low: int, high: int) -> int | None:
        """As `take_int`, or None for null."""
        return None if self._is_null(name) else self.take_int(name, low=low, high=high)

    def take_bool(self, name: str) -> bool:
        """True or false; numbers are neither."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise self._refuse(name, "true or false")
        return value

    def take_moment(self, name: str) -> datetime:
        """A time in UTC of the form 2026-11-24T03:00:00Z."""
        value = self.take_block(name)
        try:
            return parse_moment(value)
        except ValueError:
            form = f"a time of the form 2026-11-24T03:00:00Z: {render_visible(value)!r}"
            raise self._refuse(name, form) from None

    def take_moment_or_none(self, name: str) -> datetime | None:
        """As `take_moment`, or None for null."""
        return None if self._is_null(name) else self.take_moment(name)

    def take_object(self, name: str) -> Fields:
        """The fields of an inner object."""
        return self._inner(self._take(name), name)

    def take_objects(self, name: str, *, cap: int, least: int = 0) -> tuple[Fields, ...]:
        """The fields of each object of an array with `least` to `cap` items."""
        items = enumerate(self._take_array(name, cap=cap, least=least), start=1)
        return tuple(self._inner(value, f"{name}[{place}]") for place, value in items)

    def take_texts(self, name: str, *, cap: int, text_cap: int, least: int = 0) -> tuple[str, ...]:
        """The lines for people of an array with `least` to `cap` items."""
        items = self._take_array(name, cap=cap, least=least)
        inner = Fields(
            {f"[{place}]": value for place, value in enumerate(items, start=1)},
            where=f"{self._where}.{name}",
            rule=self._rule,
            text_rule=self._text_rule,
        )
        return tuple(inner.take_text(f"[{n}]", cap=text_cap) for n in range(1, len(items) + 1))

    def _take_array(self, name: str, *, cap: int, least: int) -> list[JsonValue]:
        value = self._take(name)
        if not isinstance(value, list):
            raise self._refuse(name, "an array")
        if not least <= len(value) <= cap:
            raise self._refuse(name, f"an array of {least} to {cap} items: {len(value)}")
        return value

    def _inner(self, value: JsonValue, name: str) -> Fields:
        if not isinstance(value, dict):
            raise self._refuse(name, "an object")
        return Fields(
            value, where=f"{self._where}.{name}", rule=self._rule, text_rule=self._text_rule
        )
