"""The processor time of a request is linear in the size of its body, whatever the body repeats."""

import gc
import itertools
import json
import time
from collections.abc import Callable

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from tests.rolled_back import rolled_back
from tests.tables import IS_WHOLE, sample

pytestmark = pytest.mark.once

SLUG = "doubao-seedream-5-0-lite"
SECONDS = 12.0  # of processor time for the largest body, on a busy machine
SMALL = 0.5  # seconds; too short to measure growth, and quadratic time is longer
GROWTH = 3.2  # limit for doubling the body; 2 is linear, 4 is quadratic
WHOLE = 200_000  # characters
LARGEST = 1_900_000  # characters: the limit of a JSON text

PIECES = {
    "variables": "{{a}} ",
    "choices": "{{a:x|y}}",
    "numbers": "{{a:1..9}}",
    "kinds without an end": "{{a:xxxxxxxx",
    "braces": "{{",
    "one brace": "{",
    "escapes": "\\{{a}}",
    "words": "a ",
    "lines": "\n",
    "accents": "e\u0301",
    "signs": "画",
    "here documents": "<<",
    "quoted here documents": "<<'a",
    "single quotes": "'a",
    "double quotes": '"a',
    "dollar quotes": "$'a",
    "backslashes": "\\",
    "escaped quotes": '\\"',
    "objects that break off": '{"a":',
    "objects": '{"a":1}',
    "brackets": "[",
    "nested lists": "[[],",
    "names": '"a":',
    "addresses": "https://a/?",
    "uploads": "upload:",
    "data": "data:image/png;base64,",
    "words of a title": "Input",
}


def repeat(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def in_json(text: str) -> str:
    return json.dumps({"model": SLUG, "input": {"prompt": text, text[:99]: 1}})


def as_schema(text: str) -> str:
    return json.dumps({"title": text, "type": "object", "properties": {"prompt": {"title": text}}})


# `make slow` uses all pieces, `make test` these, which were once too slow.
ALWAYS = {"variables", "kinds without an end", "here documents", "objects"}


def choose_pieces() -> dict[str, str]:
    return {name: piece for name, piece in PIECES.items() if name in ALWAYS or IS_WHOLE}


type Send = Callable[[Client, str], int]


def posting(
    address: str, name: str, make: Callable[[str], str] = str, more: dict[str, str] | None = None
) -> Send:
    def send(client: Client, text: str) -> int:
        return client.post(address, {**(more or {}), name: make(text)}).status_code

    return send


def asking(address: str, name: str) -> Send:
    return lambda client, text: client.get(address, {name: text[:20_000]}).status_code


FORM = f"/models/{SLUG}/form/"
WAYS: dict[str, Send] = {
    "Generate": posting(f"/models/{SLUG}/", "/prompt"),
    "the form checked": posting(f"{FORM}?check", "/prompt"),
    "the form redrawn": posting(FORM, "/prompt", more={"~do": "add /image_urls"}),
    "a value of a variable": posting(f"{FORM}?check", "~var:a", more={"/prompt": "{{a}}"}),
    "addresses of pictures": posting(f"{FORM}?check", "/image_urls"),
    "pasted": posting(FORM, "pasted", more={"fill": ""}),
    "pasted after a command": posting(
        FORM, "pasted", lambda text: f"curl {text}", more={"fill": ""}
    ),
    "pasted as JSON": posting(FORM, "pasted", in_json, more={"fill": ""}),
    "code asked for": posting(FORM, "/prompt", more={"code": ""}),
    "a model's documentation": posting("/models/new/", "text"),
    "a model's documentation as JSON": posting("/models/new/", "text", as_schema),
    "a model": posting("/models/new/edit/", "schema", as_schema, more={"slug": "x", "title": "x"}),
    "a model's text": posting("/models/new/edit/", "description", more={"slug": "x", "title": "x"}),
    "a preset": posting(f"/models/{SLUG}/presets/", "name"),
    "a collection": posting("/gallery/collections/", "name"),
    "the search of the gallery": asking("/gallery/", "q"),
    "the names of the gallery": asking("/gallery/names/", "q"),
    "the choice of models": asking("/models/", "q"),
    "the search of prompts": asking(f"/models/{SLUG}/prompts/", "q"),
}


@pytest.mark.slow
@pytest.mark.parametrize("way", sample(WAYS, 3))
def test_the_time_for_a_post_is_linear_in_its_size(
    client: Client, seedream: ModelSpec, way: str
) -> None:
    slow = {}
    for name, piece in choose_pieces().items():
        whole = measure(client, WAYS[way], repeat(piece, WHOLE))
        if whole > SMALL:
            half = measure(client, WAYS[way], repeat(piece, WHOLE // 2))
            whole = min(whole, measure(client, WAYS[way], repeat(piece, WHOLE)))
            if whole > max(SMALL, GROWTH * half):
                slow[name] = (half, whole)
    assert slow == {}


SLOW_WAYS = ("the form checked", "pasted", "pasted as JSON")
SLOWEST = sample(itertools.product(SLOW_WAYS, sorted(ALWAYS)), 1)


@pytest.mark.slow
@pytest.mark.parametrize(("way", "piece"), SLOWEST)
def test_the_largest_body_is_answered_soon(
    client: Client, seedream: ModelSpec, way: str, piece: str
) -> None:
    assert measure(client, WAYS[way], repeat(PIECES[piece], LARGEST)) < SECONDS


def test_a_text_of_braces_is_refused_in_words_and_kept(client: Client, seedream: ModelSpec) -> None:
    text = "{{a}} " * 3_000
    answer = client.post(f"{FORM}?check", {"/prompt": text})
    assert "more than 2,000 pairs of braces" in answer.text
    assert text.strip() in answer.text


def measure(client: Client, send: Send, text: str) -> float:
    """Return the processor time of one request in seconds."""
    gc.collect()
    began = time.process_time()
    with rolled_back():
        assert send(client, text) < 500
    return time.process_time() - began


@pytest.mark.parametrize(
    "pattern",
    sample(
        [
            "^([a-zA-Z]+ ?){1,12}$",
            "^(((a{1,16}){1,16}){1,16}){1,16}$",
            "(a*){1,16}b",
            "^(.*a){16}$",
        ],
        2,
    ),
)
def test_a_catastrophic_backtracking_pattern_is_checked_quickly(
    client: Client, pattern: str
) -> None:
    schema = {"type": "object", "properties": {"prompt": {"type": "string", "pattern": pattern}}}
    ModelSpec.objects.publish("words", title="Words", schema=schema)
    send = posting("/models/words/form/?check", "/prompt")
    assert measure(client, send, "a" * 40 + "1") < 1
    assert measure(client, send, "a" * 10_000 + "1") < 1
