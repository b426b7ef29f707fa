"""The validator: jsonschema's draft 2020-12 with some keywords replaced.

Decimal `multipleOf`, patterns in linear time (pattern_keywords.py), linear `uniqueItems`,
validated formats, and OpenAPI's `nullable`.
Source: JSON Schema Validation, draft 2020-12; jsonschema 4.26
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

from playground.schema.values import JSON, Schema, key_of

from . import budget
from .budget import TooMuchError
from .formats import CHECKER
from .pattern_keywords import KEYWORDS, Keyword


def exact(number: float) -> Fraction:
    """Return the exact value of a number's decimal text: 0.1 is 1/10."""
    return Fraction(number) if isinstance(number, int) else Fraction(repr(number))


def is_multiple(number: float, step: float) -> bool:
    """Return whether a number is an integer multiple in decimal: 0.3 is one of 0.1."""
    try:
        return (exact(number) / exact(step)).denominator == 1
    except ValueError:  # infinity or NaN
        return False


def _multiple_of(
    validator: Validator, step: float, value: JSON, _schema: Schema
) -> Iterator[ValidationError]:
    if validator.is_type(value, "number") and not is_multiple(value, step):
        yield ValidationError(f"{value!r} is not a multiple of {step!r}")


def _unique_items(
    validator: Validator,
    wanted: object,
    value: JSON,
    _schema: Schema,
) -> Iterator[ValidationError]:
    is_list = wanted and validator.is_type(value, "array")
    if is_list and len(set(map(key_of, value))) < len(value):
        yield ValidationError("an entry is there twice")


def _unless_null(keyword: Keyword) -> Keyword:
    """Accept null if OpenAPI's `nullable` is true, whatever the keyword."""

    def check(
        validator: Any, argument: Any, value: JSON, schema: dict[str, Any]
    ) -> Iterator[ValidationError] | None:
        if value is None and schema.get("nullable") is True:
            return None
        return keyword(validator, argument, value, schema)

    return check


def _counted(keyword: Keyword) -> Keyword:
    """Count each evaluation in the budget, which bounds value size times schema size."""

    def check(
        validator: Any, argument: Any, value: JSON, schema: dict[str, Any]
    ) -> Iterator[ValidationError] | None:
        budget.spend_keyword()
        return keyword(validator, argument, value, schema)

    return check


_OWN: dict[str, Keyword] = {
    "multipleOf": _multiple_of,
    "uniqueItems": _unique_items,
    **KEYWORDS,
}
_extend: Any = extend  # jsonschema has no type for it
_KEYWORDS: dict[str, Keyword] = {**Draft202012Validator.VALIDATORS, **_OWN}
_Validator = _extend(
    Draft202012Validator,
    validators={name: _counted(check) for name, check in _KEYWORDS.items()},
)
_LenientValidator = _extend(
    _Validator,
    validators={name: _unless_null(check) for name, check in _Validator.VALIDATORS.items()},
)
_NOWHERE: Registry[Any] = Registry()  # retrieves nothing: a `$ref` never causes a request


class SchemaValidator:
    """Validates values against a normalised schema or parts of it."""

    def __init__(self, schema: Schema, *, nullable: bool) -> None:
        validator = _LenientValidator if nullable else _Validator
        self._validator: Any = validator(schema, registry=_NOWHERE, format_checker=CHECKER)

    def errors(self, value: JSON) -> list[ValidationError]:
        """Return the errors of a value for the whole schema.

        Raises  RecursionError for a value nested too deeply, TooMuchError for one too large
        """
        return list(self._validator.iter_errors(value))

    def accepts(self, value: JSON, schema: Schema) -> bool:
        """Return whether a part of the schema accepts a value."""
        try:
            return bool(self._validator.evolve(schema=schema).is_valid(value))
        except (RecursionError, TooMuchError):
            return False
