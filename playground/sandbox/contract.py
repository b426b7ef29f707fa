"""Validates requests: JSON, known model, inputs valid for its schema."""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any, cast

from playground.sandbox.any_model import FACTS, read_wish
from playground.sandbox.orders import MOST_PICTURES, Order, make_order
from playground.sandbox.refusal import Refusal
from playground.sandbox.wishes import Wish

# Formats are not validated, and importing this grammar takes a second at each start; jsonschema
# treats it as not installed.
sys.modules.setdefault("rfc3987_syntax", cast("Any", None))

from jsonschema import Draft202012Validator  # noqa: E402 - see above
from jsonschema.exceptions import ValidationError  # noqa: E402 - see above

SCHEMAS = Path(__file__).parent / "models"
MESSAGE_LENGTH = 300  # messages contain the value, which may be a data URI


def parse_body(body: bytes) -> dict[str, Any]:
    """Parse the JSON object in a request.

    Raises  Refusal (400)
    """
    try:
        document = json.loads(body, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "invalid_json", "The body is not JSON.") from error
    if not isinstance(document, dict):
        raise Refusal(400, "invalid_json", "The body is not a JSON object.")
    return document


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def is_own(model: str) -> bool:
    """Return whether schema and prices of a model are built in."""
    return model in schemas()


def read_order(document: dict[str, Any]) -> Order | Wish:
    """Validate a request by the built-in schema; described models accept any inputs.

    Raises  Refusal (400 without a model, 404 for an unknown one, 422 with the fields)
    """
    model = document.get("model")
    if not isinstance(model, str):
        raise Refusal(400, "invalid_request", "`model` is missing or not a string.")
    if FACTS in document:
        return read_wish(document)
    validator = schemas().get(model)
    if validator is None:
        raise Refusal(404, "model_not_found", f"There is no model {model[:100]!r}.")
    inputs = document.get("input")
    fields = wrong_fields(validator, inputs)
    if fields or not isinstance(inputs, dict):
        raise Refusal(422, "invalid_input", "The input does not fit the model.", fields)
    return make_order(document)


@cache
def schemas() -> dict[str, Draft202012Validator]:
    return {
        path.stem: Draft202012Validator(json.loads(path.read_text("utf-8")))
        for path in SCHEMAS.glob("*.json")
    }


def wrong_fields(validator: Draft202012Validator, inputs: Any) -> dict[str, str]:
    fields: dict[str, str] = {}
    for error in validator.iter_errors(inputs):
        fields.setdefault(pointer_of(error), error.message[:MESSAGE_LENGTH])
    if not fields:
        references, n = len(inputs.get("image_urls", ())), inputs.get("n", 1)
        if references + n > MOST_PICTURES:
            fields["/image_urls"] = (
                f"{references} references and {n:.0f} images are more than {MOST_PICTURES}."
            )
    return fields


def pointer_of(error: ValidationError) -> str:
    """Return the pointer of an error; for a missing property its own, not the parent's."""
    steps = [str(step) for step in error.absolute_path]
    if error.validator == "required":
        required = cast("list[str]", error.validator_value)
        present = cast("dict[str, Any]", error.instance)
        steps += [name for name in required if name not in present][:1]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
