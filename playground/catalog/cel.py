"""Expressions in the Common Expression Language (https://cel.dev).

The only module that uses the CEL library. Evaluation terminates: loops are bounded, and the library
has a budget of steps.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_math, ext_optional
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.schema.kept import Kept

LONGEST = 2_000  # characters
_ERRORS = {"ERROR", "UNKNOWN"}
_PLACE = re.compile(r"^\w+: ERROR: <input>:(?P<line>-?\d+):(?P<column>-?\d+): (?P<words>[^\n]*)")


# Results by expression and values. Each takes milliseconds, and every page of a form needs the
# price of the untouched form. Long values are not cached.
_results: Kept[Any] = Kept(most=1_000)
LONGEST_KEPT = 4_000  # characters


class ExpressionError(ValueError):
    """An expression is invalid or fails; the message has the reason and the position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """CEL with a set of variables and result types.

    variables  {name: CEL type}
    results    the allowed CEL types of results; DYN, which is known only with inputs, is always
            allowed
    wanted     the result types in words: "true or false"
    """

    variables: tuple[tuple[str, str], ...]
    results: frozenset[str]
    wanted: Promise

    def _refuse(self, kind: str) -> str:
        words = _("The result of the expression is %(kind)s, but it has to be %(wanted)s.")
        return words % {"kind": kind.lower(), "wanted": self.wanted}

    def check(self, text: str) -> None:
        """Check that an expression is valid and has the wanted type. Raises ExpressionError."""
        kind = str(_compile(self.variables, text).return_type())
        if kind != "DYN" and kind not in self.results:
            raise ExpressionError(self._refuse(kind))

    def evaluate(self, text: str, **values: Any) -> Any:
        """Return the result of an expression as a Python value.

        values  plain JSON, by the names of the variables; `self_` for the variable `self`
        Raises  ExpressionError if it is invalid, fails on these values, or takes too long
        """
        data = {name.removesuffix("_"): value for name, value in values.items()}
        written = _write(data)
        if not written or len(written) > LONGEST_KEPT:
            return self._evaluate(text, data)
        key = (self.variables, self.results, text, written)
        return _results.find_or_make(key, lambda: self._evaluate(text, data))

    def _evaluate(self, text: str, data: dict[str, Any]) -> Any:
        try:
            result = _compile(self.variables, text).eval(data=data)
        except (RuntimeError, TypeError, ValueError) as error:
            raise ExpressionError(_describe(str(error))) from error
        kind = str(result.type())
        if kind in _ERRORS:
            raise ExpressionError(_describe(str(result.value())))
        if kind not in self.results:
            raise ExpressionError(self._refuse(kind))
        return result.value()


CONDITIONS = Language(
    variables=(("self", "DYN"),),
    results=frozenset({"BOOL"}),
    wanted=gettext_lazy("true or false"),
)
AMOUNTS = Language(
    variables=(("self", "DYN"), ("amount", "DOUBLE")),
    results=frozenset({"INT", "UINT", "DOUBLE"}),
    wanted=gettext_lazy("a number"),
)


def _write(data: dict[str, Any]) -> str:
    """Return values as a cache key; "" if they cannot be one."""
    try:
        return json.dumps(data)
    except (TypeError, ValueError, RecursionError):
        return ""


@lru_cache(maxsize=8)
def _environment(variables: tuple[tuple[str, str], ...]) -> Any:
    types = {name: getattr(cel.Type, kind) for name, kind in variables}
    extensions = [ext_math.ExtMath(), ext_optional.ExtOptional()]
    return cel.NewEnv(variables=types, extensions=extensions)


@lru_cache(maxsize=512)
def _compile(variables: tuple[tuple[str, str], ...], text: str) -> Any:
    if len(text) > LONGEST:
        words = _("The expression is longer than %(most)s characters.")
        raise ExpressionError(words % {"most": f"{LONGEST:,}"})
    try:
        return _environment(variables).compile(text)
    except (RuntimeError, TypeError) as error:
        raise ExpressionError(_describe(str(error))) from error


def _describe(text: str) -> str:
    """Return the library's error in plain words, with the position first."""
    found = _PLACE.match(text)
    if not found:
        return _("The expression is nested too deeply.") if "limit" in text else text[:200]
    words = found["words"].split(" expecting {")[0].removesuffix(" [INVALID_ARGUMENT]")
    words = words.replace("mismatched input '<EOF>'", _("the expression ends too early"))
    if int(found["line"]) < 1:
        return f"{words}."
    where = {"line": found["line"], "column": found["column"], "problem": words}
    return _("Line %(line)s, column %(column)s: %(problem)s.") % where
