"""The JSON Schema keywords that depend on patterns.

Patterns run in RE2, because jsonschema's own keywords use Python's `re`, which backtracks
exponentially. An unchecked pattern accepts every text. Under `not`, `oneOf`, `if`, `contains` and
`additionalProperties` that could reject valid values, so these keywords count unchecked patterns.
Source: JSON Schema Core §10 and §11, Validation §6.3.3, draft 2020-12; jsonschema 4.26
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from jsonschema import ValidationError
from jsonschema.protocols import Validator

from playground.schema.values import JSON, Schema

from .keywords import LOOSE
from .patterns import can_try, find_pattern

type Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]
type Errors = Iterator[ValidationError]

# Number of values that were accepted by an unchecked pattern.
_passed: ContextVar[int] = ContextVar("passed", default=0)


def _decide(pattern: str, text: str) -> bool | None:
    """Return whether a text matches; None, which is counted, if the pattern is unchecked."""
    found = find_pattern(pattern) if can_try() else None
    verdict = found.decide(text) if found else None
    if verdict is None:
        _passed.set(_passed.get() + 1)
    return verdict


def _is_valid(validator: Any, value: JSON, schema: Schema) -> bool | None:
    """Return whether a value is valid; None if only because of an unchecked pattern."""
    before = _passed.get()
    valid = bool(validator.evolve(schema=schema).is_valid(value))
    return None if valid and _passed.get() != before else valid


def _pattern(validator: Validator, text: str, value: JSON, _schema: Schema) -> Errors:
    if validator.is_type(value, "string") and _decide(text, value) is False:
        yield ValidationError(f"{value!r} does not match {text!r}")


def _pattern_properties(
    validator: Any, patterns: dict[str, Schema], value: JSON, _schema: Schema
) -> Errors:
    if not validator.is_type(value, "object"):
        return
    for text, schema in patterns.items():
        for key in value:
            if _decide(text, key):
                yield from validator.descend(value[key], schema, path=key, schema_path=text)
            elif not can_try():
                return


def _extra_keys(value: dict[str, JSON], schema: dict[str, Any]) -> Iterator[str]:
    """Yield the keys that certainly match neither `properties` nor `patternProperties`."""
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key in value:
        if key not in known and all(_decide(text, key) is False for text in patterns):
            yield key
        if patterns and not can_try():
            return


def _additional_properties(
    validator: Any, extra: Schema, value: JSON, schema: dict[str, Any]
) -> Errors:
    if not validator.is_type(value, "object"):
        return
    for key in _extra_keys(value, schema):
        if extra is False:
            yield ValidationError(f"{key!r} is not allowed", path=[key])
        else:
            yield from validator.descend(value[key], extra, path=key)


def _unevaluated_properties(
    validator: Any, extra: Schema, value: JSON, schema: dict[str, Any]
) -> Errors:
    if not validator.is_type(value, "object"):
        return
    evaluated = set(_evaluated_keys(validator, value, schema))
    for key in value:
        if key not in evaluated and not validator.evolve(schema=extra).is_valid(value[key]):
            yield ValidationError(f"{key!r} is not accepted")
            return


def _evaluated_keys(validator: Any, value: dict[str, JSON], schema: Schema) -> Iterator[str]:
    """Yield the keys that a schema, or one applied in place, has evaluated."""
    if isinstance(schema, bool):
        return
    yield from schema.get("properties", {})
    for text in schema.get("patternProperties", {}):
        yield from (key for key in value if _decide(text, key) is not False)
    if "additionalProperties" in schema:
        yield from _extra_keys(value, schema)
    if "unevaluatedProperties" in schema:
        inner = validator.evolve(schema=schema["unevaluatedProperties"])
        yield from (key for key in value if inner.is_valid(value[key]))
    if "$ref" in schema:
        target = validator._resolver.lookup(schema["$ref"])  # noqa: SLF001 - as its own keyword does
        there = validator.evolve(schema=target.contents, _resolver=target.resolver)
        yield from _evaluated_keys(there, value, target.contents)
    for part in _parts_that_hold(validator, value, schema):
        yield from _evaluated_keys(validator, value, part)


def _parts_that_hold(
    validator: Any, value: dict[str, JSON], schema: dict[str, Any]
) -> Iterator[Schema]:
    yield from (each for name, each in schema.get("dependentSchemas", {}).items() if name in value)
    for name in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(name, ()):
            if validator.evolve(schema=each).is_valid(value):
                yield each
    if "if" in schema:
        holds = _is_valid(validator, value, schema["if"])
        if holds is not False:
            yield from (schema["if"], schema.get("then", True))
        if holds is not True:
            yield schema.get("else", True)


def _not(validator: Validator, schema: Schema, value: JSON, _schema: Schema) -> Errors:
    if _is_valid(validator, value, schema):
        yield ValidationError(f"{value!r} should not be valid under {schema!r}")


def _one_of(validator: Any, branches: list[Schema], value: JSON, schema: dict[str, Any]) -> Errors:
    errors: list[ValidationError] = []
    sure, unsure = 0, 0
    for number, branch in enumerate(branches):
        before = _passed.get()
        found = list(validator.descend(value, branch, schema_path=number)) if not sure else []
        if found:
            errors += found
        elif sure:
            sure += _is_valid(validator, value, branch) is True
        elif _passed.get() != before:
            unsure += 1
        else:
            sure += 1
    if not sure and not unsure:
        yield ValidationError("it is valid under none of the schemas", context=errors)
    if sure > 1 and not schema.get(LOOSE):
        yield ValidationError("it is valid under several schemas")


def _if(validator: Any, condition: Schema, value: JSON, schema: dict[str, Any]) -> Errors:
    holds = _is_valid(validator, value, condition)
    if holds is None:
        return
    name = "then" if holds else "else"
    if name in schema:
        yield from validator.descend(value, schema[name], schema_path=name)


def _contains(validator: Any, wanted: Schema, value: JSON, schema: dict[str, Any]) -> Errors:
    if not validator.is_type(value, "array"):
        return
    verdicts = [_is_valid(validator, each, wanted) for each in value]
    least, most = schema.get("minContains", 1), schema.get("maxContains", len(value))
    if verdicts.count(True) > most:
        yield ValidationError("too many entries match", validator="maxContains")
    if len(verdicts) - verdicts.count(False) < least:
        yield ValidationError("too few entries match")


KEYWORDS: dict[str, Keyword] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "unevaluatedProperties": _unevaluated_properties,
    "not": _not,
    "oneOf": _one_of,
    "if": _if,
    "contains": _contains,
}
