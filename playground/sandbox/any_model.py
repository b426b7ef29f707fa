"""Reads a request to any model, recognising inputs by their names.

A request to a model other than the built-in one describes it in "model_facts":
{"title", "makes", "schema", "likely", "most"}. `makes` is "pictures", "videos", "sounds", "texts"
or "results"; `likely` and `most` are what this run costs, as decimal numbers in text, or null. The
sandbox stores all but the costs, so that later requests can omit the description.

The schema has the defaults of absent inputs, and in "x-sandbox" the style and the pace:
{"style": "pencil", "pace": 0.3}.
"""

import re
import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from playground.sandbox.answers import MICRO
from playground.sandbox.orders import MOST_PICTURES, Bill
from playground.sandbox.refusal import Refusal
from playground.sandbox.shapes import PICTURE, VIDEO, read_size
from playground.sandbox.wishes import Wish

FACTS = "model_facts"
LASTING = ("title", "makes", "schema")
DRAWN = ("pictures", "videos", "results")
STYLES = ("poster", "duotone")  # of models without a style
ALL_STYLES = (*STYLES, "pencil", "painting")

PROMPTS = ("prompt", "text_prompt", "positive_prompt", "text", "description", "caption", "query")
NO_PROMPT = re.compile(r"negative|model|webhook|callback|format|_id$|^id$")
COUNTS = re.compile(
    r"n|count|quantity|batch_size|(?:num|number_of|max)_(?:images|outputs|videos|samples|results"
    r"|variations|generations)|number_results|(?:image|images|video|sample)_count"
)
SECONDS = re.compile(r"duration|seconds|duration_seconds|video_length|length_seconds")
NUMBER = re.compile(r"\s*(\d{1,4}(?:\.\d+)?)\s*(?:s|sec|seconds)?\s*", re.IGNORECASE)
FORMATS = re.compile(r"(?:\w+_)?format|output_type")
PICTURES = re.compile(r"image|img|picture|photo|frame|reference|mask|face|sketch|style|files?\b")
ADDRESS = re.compile(r"(?:https?://|data:)\S+", re.IGNORECASE)
HUMP = re.compile(r"(?<=[a-z0-9])[A-Z]")
SPELLINGS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}

USUAL_SECONDS, MOST_SECONDS = 4.0, 10.0
DEEPEST, MOST_LEAVES, MOST_PARTS = 12, 500, 200
SLOWEST = 10.0

type Leaf = tuple[str, str | int | float | bool]


def read_lasting(document: dict[str, Any]) -> dict[str, Any]:
    """Return the model's description in a request, without costs.

    Raises  Refusal (400)
    """
    facts = document[FACTS]
    if not isinstance(facts, dict) or not isinstance(facts.get("makes"), str):
        raise Refusal(400, "invalid_request", f"`{FACTS}` is no object that says what it `makes`.")
    return {name: facts.get(name) for name in LASTING}


def read_wish(document: dict[str, Any]) -> Wish:
    """Return the parsed inputs of a request.

    Raises  Refusal (422 for a model that makes neither pictures nor videos)
    """
    facts, model = document[FACTS], document["model"]
    if facts["makes"] not in DRAWN:
        words = "The sandbox draws pictures and makes short videos; this model makes others."
        raise Refusal(422, "not_imitated", words)
    schema, is_video = facts.get("schema"), facts["makes"] == "videos"
    leaves = list(list_leaves(fill_defaults(schema, schema, document.get("input"))))
    width, height = read_size(leaves, VIDEO if is_video else PICTURE)
    hints = read_hints(schema)
    return Wish(
        model=model,
        style=read_style(hints, model),
        prompt=find_prompt(leaves) or str(facts.get("title") or model),
        width=width,
        height=height,
        image_format=find_format(leaves),
        watermark=any(value is True for name, value in leaves if "watermark" in name),
        references=tuple(find_references(leaves)),
        variant=find_seed(leaves),
        count=min(max(int(find_number(COUNTS, leaves) or 1), 1), MOST_PICTURES),
        seconds=find_seconds(leaves) if is_video else 0,
        bill=read_bill(facts, hints),
    )


def fill_defaults(document: Any, schema: Any, value: Any, depth: int = 0) -> Any:
    """Return inputs with the schema's defaults for absent properties."""
    if depth > DEEPEST or not (isinstance(value, dict) or value is None):
        return value
    filled = dict(value or {})
    for name, part in find_properties(document, schema, set()).items():
        part = {**as_object(follow(document, as_object(part).get("$ref"))), **as_object(part)}  # noqa: PLW2901 - the same property, its reference followed
        if name not in filled and "default" in part:
            filled[name] = part["default"]
        elif isinstance(filled.get(name), dict):
            filled[name] = fill_defaults(document, part, filled[name], depth + 1)
    return filled


def find_properties(document: Any, schema: Any, seen: set[int]) -> dict[str, Any]:
    """Return the properties of an object, including those of `$ref` and `allOf`."""
    if not isinstance(schema, dict) or id(schema) in seen or len(seen) > MOST_PARTS:
        return {}
    seen.add(id(schema))
    parts = [follow(document, schema.get("$ref")), *as_list(schema.get("allOf"))]
    found: dict[str, Any] = {}
    for part in parts:
        found |= find_properties(document, part, seen)
    own = schema.get("properties")
    return found | (own if isinstance(own, dict) else {})


def follow(document: Any, reference: Any) -> Any:
    """Return the target of a local reference, or None."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    part = document
    for step in reference.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        part = part.get(name) if isinstance(part, dict) else None
    return part


def as_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def list_leaves(value: Any, name: str = "", depth: int = 0) -> Iterator[Leaf]:
    """Yield (name in snake case, value) of all scalars; array elements have the array's name."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for key, part in value.items():
            yield from list_leaves(
                part, HUMP.sub(lambda hump: f"_{hump[0]}", key).lower(), depth + 1
            )
    elif isinstance(value, list):
        for part in value[:MOST_LEAVES]:
            yield from list_leaves(part, name, depth + 1)
    elif isinstance(value, str | int | float):
        yield name, value


def find_prompt(leaves: list[Leaf]) -> str:
    """Return the prompt: by its name, else the longest text."""
    texts = [
        (name, value)
        for name, value in leaves
        if isinstance(value, str) and value.strip() and not ADDRESS.fullmatch(value.strip())
    ]
    for wanted in PROMPTS:
        if found := next((value for name, value in texts if name == wanted), ""):
            return found
    written = [value for name, value in texts if not NO_PROMPT.search(name)]
    return max(written, key=len, default="")


def find_references(leaves: list[Leaf]) -> Iterator[str]:
    """Yield the URLs of reference pictures, by the names of their fields."""
    for name, value in leaves:
        text = value.strip() if isinstance(value, str) else ""
        is_picture = text[:11].lower() == "data:image/" or PICTURES.search(name)
        if is_picture and ADDRESS.fullmatch(text):
            yield text


def find_number(names: re.Pattern[str], leaves: list[Leaf]) -> float | None:
    for name, value in leaves:
        number = NUMBER.fullmatch(str(value)) if names.fullmatch(name) else None
        if number:
            return float(number[1])
    return None


def find_seconds(leaves: list[Leaf]) -> float:
    return min(max(find_number(SECONDS, leaves) or USUAL_SECONDS, 1.0), MOST_SECONDS)


def find_seed(leaves: list[Leaf]) -> int:
    seed = next((value for name, value in leaves if name.endswith("seed")), 0)
    return zlib.crc32(str(seed).encode()) if seed else 0


def find_format(leaves: list[Leaf]) -> str:
    named = [
        str(value).lower().rpartition("/")[2] for name, value in leaves if FORMATS.fullmatch(name)
    ]
    return next((SPELLINGS[each] for each in named if each in SPELLINGS), "jpeg")


def read_hints(schema: Any) -> dict[str, Any]:
    hints = schema.get("x-sandbox") if isinstance(schema, dict) else None
    return hints if isinstance(hints, dict) else {}


def read_style(hints: dict[str, Any], model: str) -> str:
    """Return the style in the schema, else a constant one for each model."""
    named = hints.get("style")
    return named if named in ALL_STYLES else STYLES[zlib.crc32(model.encode()) % len(STYLES)]


def read_bill(facts: dict[str, Any], hints: dict[str, Any]) -> Bill:
    """Return the costs in the request; zero if it has none."""
    likely, most = read_amount(facts.get("likely")), read_amount(facts.get("most"))
    return Bill(estimate=max(likely, most), charge=likely, pace=read_pace(hints.get("pace")))


def read_pace(pace: Any) -> float:
    return pace if isinstance(pace, int | float) and 0 < pace <= SLOWEST else 1.0


def read_amount(text: Any) -> int:
    """Parse an amount; return millionths, 0 if invalid."""
    try:
        amount = Decimal(text) if isinstance(text, str) else Decimal()
    except InvalidOperation:
        return 0
    return round(amount * MICRO) if amount.is_finite() and 0 <= amount < MICRO else 0
