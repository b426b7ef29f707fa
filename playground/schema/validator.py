"""The judge: jsonschema's draft 2020-12 validator with the traps taken out.

Own `multipleOf` (floats are decimals here), `pattern` (only those that are safe to run),
`uniqueItems` (linear), formats that are checked, and OpenAPI's `nullable`.
Source: JSON Schema Validation, draft 2020-12; jsonschema 4.26
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

from .formats import CHECKER
from .patterns import find_pattern
from .values import JSON, Schema, key_of

type Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


def _exact(number: float) -> Fraction:
    return Fraction(number) if isinstance(number, int) else Fraction(repr(number))


def is_multiple(number: float, step: float) -> bool:
    """Tell whether a number is a whole multiple as people write them: 0.3 is one of 0.1."""
    try:
        return (_exact(number) / _exact(step)).denominator == 1
    except ValueError:  # infinite, or no number
        return False


def _multiple_of(
    validator: Validator, step: float, value: JSON, _schema: Schema
) -> Iterator[ValidationError]:
    if validator.is_type(value, "number") and not is_multiple(value, step):
        yield ValidationError(f"{value!r} is not a multiple of {step!r}")


def _pattern(
    validator: Validator, text: str, value: JSON, _schema: Schema
) -> Iterator[ValidationError]:
    if validator.is_type(value, "string"):
        pattern = find_pattern(text)
        if pattern and not pattern.accepts(value):
            yield ValidationError(f"{value!r} does not match {text!r}")


def _pattern_properties(
    validator: Any, patterns: dict[str, Schema], value: JSON, _schema: Schema
) -> Iterator[ValidationError]:
    if not validator.is_type(value, "object"):
        return
    for text, schema in patterns.items():
        pattern = find_pattern(text)
        for key in value if pattern else ():
            if pattern and pattern.accepts(key):
                yield from validator.descend(value[key], schema, path=key, schema_path=text)


def extra_keys(value: dict[str, JSON], schema: dict[str, Any]) -> list[str]:
    """Return the keys that neither `properties` nor `patternProperties` names."""
    known = schema.get("properties", {})
    patterns = [found for found in map(find_pattern, schema.get("patternProperties", ())) if found]
    return [
        key
        for key in value
        if key not in known and not any(pattern.accepts(key) for pattern in patterns)
    ]


def _additional_properties(
    validator: Any, extra: Schema, value: JSON, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    if not validator.is_type(value, "object"):
        return
    for key in extra_keys(value, schema):
        if extra is False:
            yield ValidationError(f"{key!r} is not allowed", path=[key])
        else:
            yield from validator.descend(value[key], extra, path=key)


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
    """Let null pass where OpenAPI says `nullable`, whatever else the schema asks."""

    def check(
        validator: Any, argument: Any, value: JSON, schema: dict[str, Any]
    ) -> Iterator[ValidationError] | None:
        if value is None and schema.get("nullable") is True:
            return None
        return keyword(validator, argument, value, schema)

    return check


_OWN: dict[str, Keyword] = {
    "multipleOf": _multiple_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
}
_extend: Any = extend  # untyped upstream
_Judge = _extend(Draft202012Validator, validators=_OWN)
_LenientJudge = _extend(
    _Judge,
    validators={name: _unless_null(check) for name, check in _Judge.VALIDATORS.items()},
)
_NOWHERE: Registry[Any] = Registry()  # retrieves nothing: no schema makes us fetch


class Judge:
    """Decides about values, by a whole cleaned schema or by parts of it."""

    def __init__(self, schema: Schema, *, nullable: bool) -> None:
        judge = _LenientJudge if nullable else _Judge
        self._validator: Any = judge(schema, registry=_NOWHERE, format_checker=CHECKER)

    def errors(self, value: JSON) -> list[ValidationError]:
        """Return what the whole schema says against a value.

        Raises  RecursionError for a value nested beyond reason
        """
        return list(self._validator.iter_errors(value))

    def accepts(self, value: JSON, schema: Schema) -> bool:
        """Tell whether one part of the schema takes a value."""
        try:
            return bool(self._validator.evolve(schema=schema).is_valid(value))
        except RecursionError:
            return False
