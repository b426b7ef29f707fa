"""Reads the name, the price and the examples of a model from a pasted text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from playground.catalog.candidate import Candidate
from playground.schema.values import is_same

_MOST_EXAMPLES = 10
_LONGEST = 2_000
_SENTENCE = re.compile(
    r"^\W{0,3}(?P<title>[A-Z][\w .+-]{1,60}?)"
    r" (?:is|can|supports|generates|turns|creates|lets|makes)\b"
)
_OUTPUTS = {"images": "picture", "videos": "video", "audios": "audio", "image": "picture",
            "video": "video", "audio": "audio"}  # fmt: skip
_INSIDE = ("latest_version", "openapi_schema", "data")
_ACCESS = re.compile(
    r"api[ -]?(?:key|token)|access token|authenti|authoriz|bearer|sign up", re.IGNORECASE
)
_MOST_PROSE = 2_000_000  # characters; a longer text is a document, not prose
_CATEGORIES = {"picture": "image"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The found metadata; "" or () for none.

    slug      the name for URLs
    name      the name in the text: "google/veo-3.1"
    amount    the price of one of `per`, in the provider's currency: "0.0315"
    examples  examples of inputs in the text
    rules     conditions in their stored form
    """

    slug: str = ""
    name: str = ""
    title: str = ""
    description: str = ""
    category: str = ""
    amount: str = ""
    per: str = ""
    examples: tuple[dict[str, Any], ...] = ()
    rules: tuple[dict[str, Any], ...] = ()


def read_metadata(text: str, documents: Iterable[Any], chosen: Candidate) -> Metadata:
    """Return the metadata of a model in a text.

    documents  the JSON objects in the text
    chosen     the model's input schema, whose title and description have the lowest precedence
    """
    documents = list(documents)
    holders = [part for document in documents for part in _holders(document)]
    infos = [part for document in documents for part in _infos(document)]
    parts = [*holders, *infos]
    name = (
        _first(parts, "slug", "endpointId")
        or chosen.model
        or _first(holders, "model", "model_name", "name")
    )
    slug = make_slug(name)
    title, description = _find_sentence(text, slug) if len(text) <= _MOST_PROSE else ("", "")
    titles = (title, *_titles(name, holders, infos, chosen))
    descriptions = (
        description,
        _first(holders, "description"),
        chosen.description,
        _first([chosen.raw], "description"),
        "" if chosen.title else _of_api(infos),
    )
    per = next((word for part in parts for word in _outputs(part)), "")
    amount = next((each for part in parts if (each := _amount(part))), "")
    return Metadata(
        slug=slug,
        name=name,
        title=next(filter(None, titles), "")[:200],
        description=next(filter(None, descriptions), "")[:_LONGEST],
        category=(_first(parts, "category") or _CATEGORIES.get(per, per))[:40],
        amount=amount,
        per=(per or "run") if amount else "",
        examples=tuple(_unlike(example for part in parts for example in _examples(part))),
        rules=tuple(rule for part in parts for rule in _objects(part.get("rules"))),
    )


def _titles(name: str, holders: list[Any], infos: list[Any], chosen: Candidate) -> tuple[str, ...]:
    return (
        _first(holders, "title", "name"),
        chosen.title,
        _title_of(chosen.raw),
        title_from_slug(name.replace("/", "-")),
        _first(infos, "title"),
    )


def make_slug(text: str) -> str:
    """Return a name as a slug, with as few changes as possible."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)[:120].strip("-")


def title_from_slug(slug: str) -> str:
    words = slug.replace("_", "-").split("-")
    return " ".join(word[:1].upper() + word[1:] for word in words if word)


def _title_of(schema: dict[str, Any]) -> str:
    """Return a schema's title as a model's: "Veo 31 Text To Video" of "Veo31TextToVideoInput"."""
    title = _first([schema], "title")[:_LONGEST]  # bounds the quadratic time of the pattern below
    title = re.sub(r"(Input|Request|Params|Body|Schema)+$", "", title)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", " ", title).strip()


def _holders(document: Any) -> Iterator[dict[str, Any]]:
    """Yield a document and its parts with metadata of the model, without OpenAPI's `info`."""
    if not isinstance(document, dict) or "properties" in document:
        return
    yield document
    for key in _INSIDE:
        yield from _holders(document.get(key))


def _infos(document: Any) -> Iterator[dict[str, Any]]:
    """Yield OpenAPI's `info`: of the API, and fal's of the model."""
    for part in _holders(document):
        info = part.get("info")
        for each in (info, info.get("x-fal-metadata") if isinstance(info, dict) else None):
            if isinstance(each, dict):
                yield each


def _of_api(infos: Iterable[dict[str, Any]]) -> str:
    """Return the description of an API, unless it only explains how to log in."""
    text = _first(infos, "description")
    return "" if _ACCESS.search(text) else text


def _first(holders: Iterable[dict[str, Any]], *keys: str) -> str:
    holders = list(holders)
    texts = (part.get(key) for key in keys for part in holders)
    return next((each.strip() for each in texts if isinstance(each, str) and each.strip()), "")


def _find_sentence(text: str, slug: str) -> tuple[str, str]:
    """Return the model's name and the line of prose that begins with it."""
    words = set(re.split(r"[-_.]+", slug.lower()))
    for line in text.splitlines():
        found = _SENTENCE.match(line)
        if found and set(re.split(r"[ .-]+", found["title"].lower())) <= words:
            return found["title"], line.strip()
    return "", ""


def _amount(part: dict[str, Any]) -> str:
    price = part.get("price")
    stated = price.get("amount") if isinstance(price, dict) else None
    for value in (stated, part.get("cost_estimate")):
        if isinstance(value, str) and re.fullmatch(r"\d{1,6}(\.\d{1,8})?", value):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6:  # noqa: PLR2004 - more is no price
            return f"{Decimal(repr(value)):f}"
    return ""


def _outputs(part: dict[str, Any]) -> Iterator[str]:
    price, output = part.get("price"), part.get("output")
    if isinstance(price, dict) and isinstance(price.get("per"), str):
        yield price["per"]
    for key in output if isinstance(output, dict) else ():
        if key in _OUTPUTS:
            yield _OUTPUTS[key]


def _examples(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from _objects([part.get("input")])
    example = part.get("default_example")
    yield from _objects([example.get("input")] if isinstance(example, dict) else [])
    yield from _objects(part.get("examples"))


def _objects(values: Any) -> Iterator[dict[str, Any]]:
    for each in values[:100] if isinstance(values, list) else ():
        if isinstance(each, dict):
            yield each


def _unlike(examples: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for example in examples:
        if len(kept) < _MOST_EXAMPLES and not any(is_same(example, each) for each in kept):
            kept.append(example)
    return kept
