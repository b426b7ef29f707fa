"""What a request must look like, what it costs, and how large its pictures are."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

SCHEMAS = Path(__file__).parent / "models"
MOST_PICTURES = 15  # references and results together
USUAL_GROUP = 4  # a grouped request that names no limit
MESSAGE_LENGTH = 300  # a message repeats the value, which may be a data URI

PRICES = {"2k": 31_500, "3k": 45_000, "4k": 63_000}  # millionths of a dollar for one picture
SIZES_2K = {
    "1:1": (2048, 2048),
    "4:3": (2304, 1728),
    "3:4": (1728, 2304),
    "16:9": (2560, 1440),
    "9:16": (1440, 2560),
    "3:2": (2496, 1664),
    "2:3": (1664, 2496),
    "21:9": (3024, 1296),
}
HALVES = {"2k": 2, "3k": 3, "4k": 4}


class Refusal(Exception):  # noqa: N818 - it is an answer, not a mishap
    """A request that is answered with a 4xx.

    fields  JSON Pointer of a field -> what is wrong with it
    """

    def __init__(
        self, status: int, code: str, message: str, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields = fields or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A valid request, with the defaults of the schema filled in.

    limit  the most pictures that may come of it; only a grouped one may bring fewer
    """

    model: str
    prompt: str
    size: str
    resolution: str
    image_format: str
    watermark: bool
    references: tuple[str, ...]
    grouped: bool
    limit: int

    @property
    def picture_price(self) -> int:
        return PRICES[self.resolution]

    @property
    def estimate(self) -> int:
        return self.picture_price * self.limit


def parse_body(body: bytes) -> dict[str, Any]:
    """The JSON object in a request.

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


def fingerprint(document: dict[str, Any]) -> str:
    """The same for the same payload, whatever the order of its members."""
    payload = {name: document.get(name) for name in ("model", "input")}
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def read_order(document: dict[str, Any]) -> Order:
    """Check a request against the model's schema.

    Raises  Refusal (400 without a model, 404 for an unknown one, 422 with the fields)
    """
    model = document.get("model")
    if not isinstance(model, str):
        raise Refusal(400, "invalid_request", "`model` is missing or not a string.")
    validator = schemas().get(model)
    if validator is None:
        raise Refusal(404, "model_not_found", f"There is no model {model[:100]!r}.")
    inputs = document.get("input")
    fields = wrong_fields(validator, inputs)
    if fields or not isinstance(inputs, dict):
        raise Refusal(422, "invalid_input", "The input does not fit the model.", fields)
    return fill_in(model, inputs)


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
    """Where the error is; a missing member is named itself, not its parent."""
    steps = [str(step) for step in error.absolute_path]
    if error.validator == "required":
        required = cast("list[str]", error.validator_value)
        present = cast("dict[str, Any]", error.instance)
        steps += [name for name in required if name not in present][:1]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def fill_in(model: str, inputs: dict[str, Any]) -> Order:
    references = tuple(inputs.get("image_urls", ()))
    grouped = inputs.get("sequential_image_generation", "disabled") == "auto"
    wanted = int(inputs.get("n", 1))
    if grouped:
        options = inputs.get("sequential_image_generation_options", {})
        usual = wanted if wanted > 1 else USUAL_GROUP
        wanted = min(int(options.get("max_images", usual)), MOST_PICTURES - len(references))
    return Order(
        model=model,
        prompt=inputs["prompt"],
        size=inputs.get("size", "1:1"),
        resolution=inputs.get("resolution", "2k"),
        image_format=inputs.get("output_format", "jpeg"),
        watermark=inputs.get("watermark", False),
        references=references,
        grouped=grouped,
        limit=wanted,
    )


def size_of(ratio: str, resolution: str) -> tuple[int, int]:
    """Width and height in pixels."""
    width, height = SIZES_2K[ratio]
    halves = HALVES[resolution]
    return width * halves // 2, height * halves // 2


def nearest_ratio(width: int, height: int) -> str:
    """The offered shape that is nearest to a picture's own."""

    def distance(ratio: str) -> float:
        offered_width, offered_height = SIZES_2K[ratio]
        shape = (offered_width * height) / (offered_height * width)
        return max(shape, 1 / shape)

    return min(SIZES_2K, key=distance)
