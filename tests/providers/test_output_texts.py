"""Strings in the output of a task: JSON in a string, lists, relative and malformed URLs."""

import json
from typing import Any

import pytest

from playground.providers.outputs import read_outputs
from playground.providers.transport import Response

A, B = "https://files.example/1.png", "https://files.example/2.png"
BASE = "https://api.example/v1"
NOTHING = Response(status=200, headers={}, text="", secret="")


def find_urls(output: Any) -> list[str]:
    return [file.url for file in read_outputs(NOTHING, output, BASE)]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (json.dumps({"images": [A, B]}), [A, B]),
        (f"{A}, {B}", [A, B]),
        ("[" * 100_000, []),  # deeper than a parser's limit
        ('{"url": ', []),
    ],
)
def test_addresses_are_found_in_a_text(text: str, urls: list[str]) -> None:
    assert find_urls({"result": text})[: len(urls)] == urls
    assert not [url for url in find_urls({"result": text}) if url.startswith("http")][len(urls) :]


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("/f/x.png", "https://api.example/f/x.png"),
        ("f/x.png?size=1", "https://api.example/v1/f/x.png?size=1"),
        ("//cdn.example/x.png", "https://cdn.example/x.png"),
    ],
)
def test_a_relative_address_is_joined_to_the_base(address: str, url: str) -> None:
    assert find_urls({"url": address}) == [url]


@pytest.mark.parametrize("address", ["//[", "a\nb.png", "", "   ", "x" * 100_000])
def test_what_is_no_address_is_no_file(address: str) -> None:
    assert not [url for url in find_urls({"url": address}) if url.startswith("http")]


def test_an_address_that_cannot_be_parsed_is_left_to_the_download() -> None:
    assert find_urls({"url": "https://[broken/x.png"}) == ["https://[broken/x.png"]
