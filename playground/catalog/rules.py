"""Rules across fields, in the Common Expression Language (https://cel.dev).

The only module that knows which CEL library is used. A rule reads like Kubernetes'
`x-kubernetes-validations`: an expression over `self`, the inputs, which must come out true.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

LONGEST = 2_000
_ENVIRONMENT = cel.NewEnv(variables={"self": cel.Type.DYN})
_PLACE = re.compile(r"^\w+: ERROR: <input>:(?P<line>-?\d+):(?P<column>-?\d+): (?P<words>[^\n]*)")


class RuleError(ValueError):
    """A rule cannot be read; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One condition that the inputs must meet beyond what their JSON Schema says.

    expression  CEL over `self`, the inputs as a map: "size(self.image_urls) + self.n <= 15"
    message     what a person is told where it does not hold
    fields      JSON Pointers of the fields it is told at
    Raises      RuleError where the expression cannot be read
    """

    expression: str
    message: str
    fields: tuple[str, ...]

    def __post_init__(self) -> None:
        _compile(self.expression)

    def check(self, value: Any) -> str | None:
        """Return the message where the rule does not hold for these inputs, else None.

        An expression that fails on a value (a missing key that it did not ask `has()` about) is
        the rule's fault, not the person's: it lets the value pass, and the service decides.
        """
        try:
            result = _compile(self.expression).eval(data={"self": value}).value()
        except (RuntimeError, TypeError, ValueError):  # beyond its budget, or a text it cannot hold
            return None
        return self.message if result is False else None


def read_rule(document: Any) -> Rule:
    """Make a rule of its stored form: {"rule": CEL, "message": text, "fields": [pointer, ...]}.

    Raises  RuleError
    """
    if not isinstance(document, dict):
        raise RuleError("A rule is an object with a rule, a message and fields.")
    expression, message = document.get("rule"), document.get("message")
    fields = document.get("fields", [])
    if not isinstance(expression, str) or not isinstance(message, str):
        raise RuleError("A rule needs a rule and a message, both of them texts.")
    if not isinstance(fields, list) or not all(isinstance(field, str) for field in fields):
        raise RuleError("The fields of a rule are a list of pointers like /size.")
    return Rule(expression=expression, message=message, fields=tuple(fields))


@lru_cache(maxsize=512)
def _compile(expression: str) -> Any:
    if len(expression) > LONGEST:
        raise RuleError(f"The expression is longer than {LONGEST:,} characters.")
    try:
        compiled = _ENVIRONMENT.compile(expression)
    except (RuntimeError, TypeError) as error:
        raise RuleError(_say(str(error))) from error
    kind = str(compiled.return_type())
    if kind not in {"BOOL", "DYN"}:  # DYN: known only when there are inputs
        raise RuleError(f"The expression comes out as {kind.lower()}, not as true or false.")
    return compiled


def _say(text: str) -> str:
    """Return what the compiler said, with the place in front."""
    found = _PLACE.match(text)
    if not found:
        return "The expression is nested too deeply." if "limit" in text else text[:200]
    words = found["words"].split(" expecting {")[0].removesuffix(" [INVALID_ARGUMENT]")
    words = words.replace("mismatched input '<EOF>'", "the expression ends too early")
    if int(found["line"]) < 1:
        return f"{words}."
    return f"Line {found['line']}, column {found['column']}: {words}."
