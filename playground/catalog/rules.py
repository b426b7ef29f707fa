"""Rules across fields: CEL conditions that the inputs must meet.

A rule is like Kubernetes' `x-kubernetes-validations`: an expression over `self`, the inputs, which
must be true.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.cel import CONDITIONS, ExpressionError
from playground.catalog.translations import find_message


class RuleError(ValueError):
    """A rule is invalid; the message has the position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A validation rule for the inputs, beyond JSON Schema.

    expression  CEL over `self`, the inputs as a map: "size(self.image_urls) + self.n <= 15"
    message     error message if it does not hold
    fields      JSON Pointers of the fields where it is shown
    schema      schema of all inputs, which may have translations of the message
    Raises      RuleError if the expression is invalid
    """

    expression: str
    message: str
    fields: tuple[str, ...]
    schema: Any = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        try:
            CONDITIONS.check(self.expression)
        except ExpressionError as error:
            raise RuleError(str(error)) from error

    def check(self, value: Any) -> str | None:
        """Return the error message if the inputs violate the rule, else None.

        An expression that fails on a value (a missing key without `has()`) accepts it, because the
        rule is at fault; the provider decides.
        """
        try:
            if CONDITIONS.evaluate(self.expression, self_=value):
                return None
            message = find_message(self.schema, self.message)
            return message or _("These values do not fit together.")
        except ExpressionError:
            return None


def read_rule(document: Any, schema: Any = None) -> Rule:
    """Read a stored rule: {"rule": CEL, "message": text, "fields": [pointer, ...]}.

    schema  schema of all inputs
    Raises  RuleError
    """
    if not isinstance(document, dict):
        raise RuleError(_("A rule is an object with a rule, a message and fields."))
    expression, message = document.get("rule"), document.get("message")
    fields = document.get("fields", [])
    if not isinstance(expression, str) or not isinstance(message, str):
        raise RuleError(_("A rule needs a rule and a message, both of them texts."))
    if not isinstance(fields, list) or not all(isinstance(field, str) for field in fields):
        raise RuleError(_("The fields of a rule are a list of pointers like /size."))
    return Rule(expression=expression, message=message, fields=tuple(fields), schema=schema)
