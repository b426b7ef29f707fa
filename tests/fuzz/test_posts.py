"""Any POST to a form gets a page, in limited time and memory, and never a 500."""

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.models import ModelSpec
from playground.schema.entries.edits import EditAction
from tests.conftest import picture_bytes
from tests.fuzz.inputs import SECONDS, Meter, fuzzed
from tests.rolled_back import rolled_back
from tests.schema.browser import submit
from tests.tables import sample

pytestmark = pytest.mark.once

SCHEMAS = Path(__file__).parent.parent / "schemas"
SHIPPED = "doubao-seedream-5-0-lite"
# The schemas with the most parts that a POST can change.
NAMES = [
    "advanced",
    "all-of",
    "boolean-nullable",
    "colour",
    "date-and-time",
    "enum-mixed",
    "extras-open",
    "file-list",
    "file-single",
    "formats-checked",
    "if-then-else",
    "map-patterns",
    "null-or-absent",
    "number-texts",
    "object-asked",
    "object-deep",
    "object-free",
    "password",
    "recursion",
    "root-array",
    "root-integer",
    "rows-as-lines",
    "rows-of-rows",
    "rows-tokens",
    "text-pattern-bad",
    "tuple-beyond-what-is-known",
    "unicode",
    "union-discriminator",
    "union-nested",
    "untouched-lines",
    "untyped",
]
SLUGS = [SHIPPED, *NAMES]
KINDS = [
    "drop",
    "keep",
    "zone",
    "seen",
    "null",
    "on",
    "key",
    "was",
    "pick",
    "raw",
    "rows",
    "stash",
    "do",
    "none",
]
CONTROLS = [*(f"~{kind}" for kind in KINDS), "~", "#", "/", "submission", "from", "workspace"]
EDITS = [*(f"{action} " for action in EditAction), "fly "]
BOUNDARY = b"xyz"
PICTURE = picture_bytes((8, 8))
MOST_BYTES = 200_000_000  # limit of Python's memory for a body of 8 MB

ODD = ["", "0", "1", "-1", "null", "true", "[", "{}", '{"a":1}', "[[[[1]]]]", "1e999", "-0", "nan"]
LONG = ["9" * 5000, "x" * 10_000, "[" * 3000, '{"a":' * 3000, "sha256:" * 9, "1e-400", "0x10", "٣"]
INVALID = [
    "\0",
    "\ud800",
    "\u202e",
    "\r\n",
    "upload:00000000-0000-4000-8000-000000000000",
    "data:,",
]
TEXTS = st.text() | st.sampled_from([*ODD, *LONG, *INVALID])


@pytest.fixture
def models(client: Client, seedream: ModelSpec) -> dict[str, list[str]]:
    """Models by slug, each with the names that its form sends."""
    for name in NAMES:
        publish(name)
    specs = ModelSpec.objects.filter(slug__in=SLUGS)
    return {spec.slug: sorted(submit(spec.form.render())) for spec in specs}


def publish(slug: str) -> None:
    """Publish a model with a schema of tests/schemas, unless it is the shipped model."""
    if slug != SHIPPED:
        schema = json.loads((SCHEMAS / f"{slug}.json").read_text())["schema"]
        ModelSpec.objects.publish(slug, title=slug, schema=schema)


def to_bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


@st.composite
def pairs(draw: st.DrawFn, known: list[str]) -> list[tuple[str, Any]]:
    """Draw names and values: those of the form, similar ones, and arbitrary ones."""
    pointers = st.sampled_from(known) | TEXTS
    indexes = st.integers(-1, 10**30).map(str) | st.sampled_from(["-", "~0", "~1", "~2", "%2F"])
    deeper = st.builds(lambda at, index, times: at + f"/{index}" * times,
                       pointers, indexes, st.integers(1, 60))  # fmt: skip
    names = pointers | deeper | st.builds(str.__add__, st.sampled_from(CONTROLS), pointers | deeper)
    edits = st.builds(str.__add__, st.sampled_from(EDITS), pointers | deeper)
    files = st.sampled_from([PICTURE, PICTURE[:40], b"", b"<html>"]) | st.binary(max_size=200)
    values = TEXTS | pointers | edits | files
    drawn = draw(st.lists(st.tuples(names, values), max_size=12))
    untouched = [(name, draw(TEXTS)) for name in known] if draw(st.booleans()) else []
    return untouched + drawn + ([("~do", draw(edits | TEXTS))] if draw(st.booleans()) else [])


def write_url(sent: list[tuple[str, Any]]) -> bytes:
    texts = [(name, value) for name, value in sent if isinstance(value, str)]
    return b"&".join(
        f"{quote_from_bytes(to_bytes(name))}={quote_from_bytes(to_bytes(value))}".encode()
        for name, value in texts
    )


def write_parts(sent: list[tuple[str, Any]]) -> bytes:
    return b"".join(map(write_part, sent)) + b"--" + BOUNDARY + b"--\r\n"


def write_part(pair: tuple[str, Any]) -> bytes:
    name, value = pair
    quoted = to_bytes(name.replace("\\", "\\\\").replace('"', '\\"'))
    head = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="' + quoted + b'"'
    if isinstance(value, bytes):
        return head + b'; filename="a.png"\r\nContent-Type: image/png\r\n\r\n' + value + b"\r\n"
    return head + b"\r\n\r\n" + to_bytes(value) + b"\r\n"


MULTIPART = f"multipart/form-data; boundary={BOUNDARY.decode()}"
FORMS = {
    "application/x-www-form-urlencoded": write_url,
    "application/x-www-form-urlencoded; charset=utf-16": write_url,
    "application/x-www-form-urlencoded; charset=none-such": write_url,
    MULTIPART: write_parts,
    "multipart/form-data; boundary=other": write_parts,
    "multipart/form-data": write_parts,
    "text/plain": write_url,
}
PATHS = ["", "form/", "form/?check", "?before=x", "?from=x&example=9", "form/?%00=%ff"]


def post(client: Client, address: str, body: bytes, content_type: str, *, htmx: bool) -> int:
    headers = {"HX-Request": "true"} if htmx else {}
    with rolled_back():  # otherwise the page would grow with each input
        response = client.generic("POST", address, body, content_type, headers=headers)
        assert response.status_code < 500
        if not response.streaming:
            response.content.decode()
    return response.status_code


@given(data=st.data())
@fuzzed(few=40)
def test_any_post_answers_with_a_page(
    meter: Meter, client: Client, models: dict[str, list[str]], *, data: st.DataObject
) -> None:
    slug = data.draw(st.sampled_from(SLUGS))
    content_type = data.draw(st.sampled_from(sorted(FORMS)))
    body = FORMS[content_type](data.draw(pairs(models[slug])))
    address = f"/models/{slug}/{data.draw(st.sampled_from(PATHS))}"
    with meter.within_bounds():
        post(client, address, body, content_type, htmx=data.draw(st.booleans()))


LARGE: dict[tuple[str, str], list[tuple[str, Any]]] = {
    ("names", SHIPPED): [(f"/{number}", "x") for number in range(5_900)],
    ("the same name", SHIPPED): [("/prompt", "x")] * 5_900,
    ("a long text", SHIPPED): [("/prompt", "x" * 7_000_000)],
    ("a long number", SHIPPED): [("/n", "9" * 7_000_000)],
    ("too many", SHIPPED): [("/a", "x")] * 7_000,
    ("files", SHIPPED): [("/image_urls", PICTURE)] * 60,
    ("edits", "rows-of-rows"): [("~do", "add /a")] * 5_900,
    ("rows", "rows-of-rows"): [("~rows/a", f"{n}") for n in range(2_900)]
    + [(f"/a/{n}/0", "1") for n in range(2_900)],
    ("deep names", "recursion"): [("/a" * 20_000, "x")] * 20,
    ("deep JSON", "object-free"): [("/o", '{"a":' * 200_000), ("~stash/o", "[" * 10**6)],
}


# Tracing makes one of these requests six times slower.
@pytest.mark.slow
@pytest.mark.parametrize(("kind", "slug"), sample(LARGE, 2))
def test_a_large_post_is_bounded_in_time_and_memory(
    client: Client, seedream: ModelSpec, kind: str, slug: str
) -> None:
    publish(slug)
    body = write_parts(LARGE[kind, slug])
    tracemalloc.start()
    began = time.process_time()  # most of it is tracing
    try:
        post(client, f"/models/{slug}/form/", body, MULTIPART, htmx=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < SECONDS
    assert peak < MOST_BYTES
