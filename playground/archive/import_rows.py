"""One row of an export, with validated access to its untrusted values."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST = 2**31 - 1
MOST_ITEMS = 10_000
LONGEST_TEXT = 1_000_000
HASH = re.compile(r"[0-9a-f]{64}\Z")


class RowError(ValueError):
    """The document is invalid; the message says where and why."""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A JSON object with typed getters, which raise RowError."""

    value: dict[str, Any]
    where: str = ""

    def get(self, name: str) -> Any:
        if name not in self.value:
            raise self.wrong(name, "is missing")
        return self.value[name]

    def wrong(self, name: str, words: str) -> RowError:
        return RowError(f"{self.where}“{name}” {words}")

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        value = self.get(name)
        if not isinstance(value, str):
            raise self.wrong(name, "is no text")
        if len(value) > longest:
            raise self.wrong(name, f"has more than {longest:,} characters")
        return value

    def word(self, name: str, longest: int) -> str:
        """Return a text that is not blank."""
        if not (value := self.text(name, longest)).strip():
            raise self.wrong(name, "is blank")
        return value

    def choice(self, name: str, words: Any) -> str:
        value = self.get(name)
        if not isinstance(value, str) or value not in words:
            raise self.wrong(name, f"is none of {', '.join(words)}")
        return value

    def flag(self, name: str) -> bool:
        value = self.get(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "is neither true nor false")
        return value

    def number(self, name: str, least: int = 0, most: int = LARGEST) -> int:
        value = self.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(name, f"is no whole number from {least} to {most:,}")
        return value

    def amount(self, name: str) -> Decimal | None:
        value = self.get(name)
        if value is None:
            return None
        try:
            amount = Decimal(value) if isinstance(value, str) and len(value) < 40 else None  # noqa: PLR2004 - longer than any amount
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or not 0 <= amount < 10**9:
            raise self.wrong(name, "is no amount")
        return round(amount, 10)

    def id(self, name: str) -> uuid.UUID:
        value = self.get(name)
        try:
            return uuid.UUID(value) if isinstance(value, str) else self.no_id(name)
        except ValueError as error:
            raise self.wrong(name, "is no id") from error

    def no_id(self, name: str) -> uuid.UUID:
        raise self.wrong(name, "is no id")

    def moment(self, name: str) -> datetime:
        moment = self.moment_or_none(name)
        if moment is None:
            raise self.wrong(name, "is no time")
        return moment

    def moment_or_none(self, name: str) -> datetime | None:
        value = self.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if 1970 <= moment.year < 9000 else self.no_time(name)  # noqa: PLR2004 - years of people
        except (TypeError, ValueError, OverflowError) as error:
            raise self.wrong(name, "is no time") from error

    def no_time(self, name: str) -> datetime:
        raise self.wrong(name, "is no time of ours")

    def hash_or_none(self, name: str) -> str | None:
        value = self.get(name)
        if value is not None and not (isinstance(value, str) and HASH.match(value)):
            raise self.wrong(name, "is no SHA-256")
        return value

    def object(self, name: str) -> dict[str, Any]:
        value = self.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "is no object")
        return value

    def texts_by_name(self, name: str) -> dict[str, str]:
        value = self.object(name)
        if not all(isinstance(each, str) for each in value.values()):
            raise self.wrong(name, "holds something else than texts")
        return value

    def items(self, name: str) -> list[Any]:
        value = self.get(name)
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise self.wrong(name, f"is no list of at most {MOST_ITEMS:,}")
        return value

    def texts(self, name: str, longest: int) -> Iterator[str]:
        for value in self.items(name):
            if not isinstance(value, str) or not value.strip() or len(value) > longest:
                raise self.wrong(name, "holds something else than names")
            yield value

    def ids(self, name: str) -> set[uuid.UUID]:
        return {ImportRow({name: value}, self.where).id(name) for value in self.items(name)}

    def rows(self, name: str) -> Iterator["ImportRow"]:
        for number, value in enumerate(self.items(name), 1):
            if not isinstance(value, dict):
                raise self.wrong(name, "holds something else than objects")
            yield ImportRow(value, f"{self.where}{name} {number}: ")
