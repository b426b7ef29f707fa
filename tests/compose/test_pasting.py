"""Pasted JSON fills in the form, reports what was left out, and sends nothing."""

import json
import shlex
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.json_text import MOST_CHARACTERS
from playground.catalog.models import ModelSpec
from playground.compose.pasting import read_document, shell_words
from playground.providers import mindvideo_code
from playground.runs.models import Run

pytestmark = pytest.mark.once

HTMX = {"HX-Request": "true"}
INPUTS: dict[str, Any] = {"prompt": 'it\'s a <cat> & "dog"', "n": 3, "size": "16:9"}
REQUEST = {"model": "doubao-seedream-5-0-lite", "input": INPUTS}
COPIED = "curl 'https://x' -H 'A: b' --data-raw $'{\"input\":{\"prompt\":\"it\\'s a \\u0021\"}}'"
WAYS = [
    json.dumps(INPUTS),
    json.dumps(REQUEST, indent=4),
    json.dumps({"method": "POST", "body": REQUEST}),
    f"curl -X POST https://x/api/v1/tasks \\\n -H 'A: b' -d {shlex.quote(json.dumps(REQUEST))}",
    "curl https://x -d " + json.dumps(json.dumps(INPUTS)),
    mindvideo_code.write_programs("https://x", "doubao-seedream-5-0-lite", INPUTS, has_files=False)[
        0
    ].text,
]


def paste(client: Client, spec: ModelSpec, text: str, **typed: str) -> Any:
    sent = {"/prompt": "typed before", "pasted": text, "fill": "1"} | typed
    return client.post(f"{spec.get_absolute_url()}form/", sent, headers=HTMX)


@pytest.mark.parametrize("text", WAYS)
def test_each_pasted_form_of_a_request_fills_the_form(
    client: Client, seedream: ModelSpec, text: str
) -> None:
    response = paste(client, seedream, text)
    assert response.status_code == 200
    assert "it&#x27;s a &lt;cat&gt; &amp; &quot;dog&quot;</textarea>" in response.text
    assert 'value="3"' in response.text
    assert not Run.objects.exists()


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(st.text())
def test_pasted_shell_quotes_are_parsed_as_by_a_shell(text: str) -> None:
    assert list(shell_words(f"curl -d {shlex.quote(text)} x")) == ["curl", "-d", text, "x"]
    document = {"input": {"prompt": text.replace("\0", "")}}
    (curl, _, _) = mindvideo_code.write_programs(
        "https://x", "m", document["input"], has_files=False
    )
    assert read_document(curl.text)[0] == {"model": "m"} | document


def test_a_pasted_curl_command_is_parsed_with_its_escapes() -> None:
    assert read_document(COPIED)[0] == {"input": {"prompt": "it's a !"}}


@pytest.mark.parametrize("text", ["", "hello", '{"prompt": "a"', "[1, 2]", "curl https://x -d @f"])
def test_unreadable_pasted_text_is_refused_with_a_message_and_kept(
    client: Client, seedream: ModelSpec, text: str
) -> None:
    response = paste(client, seedream, text)
    assert response.status_code == 422
    assert "This could not be read." in response.text
    assert "typed before" in response.text
    assert text.replace('"', "&quot;") in response.text


@pytest.mark.parametrize(
    "text",
    [
        '{"prompt": "a fox", "n": 2,}',
        "{“prompt”: “a fox”, “n”: 2}",
        "{'prompt': 'a fox', 'n': 2}",
        '{\xa0"prompt": "a fox", // what\n "n": 2}',
        "curl https://x -d \"{'prompt': 'a fox', 'n': 2}\"",
        "So I sent {'prompt': 'a fox', 'n': 2,} and waited.",
    ],
)
def test_pasted_json_with_small_mistakes_is_repaired(
    client: Client, seedream: ModelSpec, text: str
) -> None:
    page = paste(client, seedream, text).text
    assert "a fox</textarea>" in page
    assert 'value="2"' in page
    assert "Repaired" in page


def test_invalid_pasted_values_are_reported_at_their_fields(
    client: Client, seedream: ModelSpec
) -> None:
    response = paste(client, seedream, '{"prompt": "a", "n": 99, "seed": 4}')
    assert "field__error" in response.text
    assert 'value="99"' in response.text
    assert "Not supported by this model: seed." in response.text


def test_a_text_that_is_too_long_is_refused(client: Client, seedream: ModelSpec) -> None:
    text = '{"prompt": "' + "x" * MOST_CHARACTERS + '"}'
    assert "This text is too long." in paste(client, seedream, text).text


def test_members_that_are_no_inputs_are_named(client: Client, seedream: ModelSpec) -> None:
    text = '{"model": "other", "input": {"prompt": "a heron"}, "webhook": "x", "seed": 1}'
    page = paste(client, seedream, text).text
    assert "a heron</textarea>" in page
    assert "The request is for the model other. Its inputs are used here." in page
    assert "Ignored, because they are not inputs: webhook, seed." in page


def test_pasting_works_on_a_page_without_javascript(client: Client, seedream: ModelSpec) -> None:
    sent = {"pasted": '{"model": "other", "input": {"prompt": "a fox"}}', "fill": "1"}
    page = client.post(f"{seedream.get_absolute_url()}form/", sent).text
    assert "<html" in page
    assert "The request is for the model other" in page
    assert "a fox</textarea>" in page


def test_the_page_contains_no_code_until_it_is_opened(client: Client, seedream: ModelSpec) -> None:
    page = client.get(seedream.get_absolute_url()).text
    assert 'id="code"' in page
    assert "import requests" not in page


def test_the_code_reflects_the_current_form(client: Client, seedream: ModelSpec) -> None:
    where, sent = f"{seedream.get_absolute_url()}form/", {"/prompt": "a heron", "code": "1"}
    assert "&quot;prompt&quot;: &quot;a heron&quot;" in client.post(where, sent).text
    piece = client.post(f"{where}?check", sent, headers=HTMX).text
    assert "&quot;prompt&quot;: &quot;a heron&quot;" in piece
    assert "import requests" not in client.post(f"{where}?check", {}, headers=HTMX).text
