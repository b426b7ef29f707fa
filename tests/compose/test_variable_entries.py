"""Variables in texts of the form: entered above it, inserted by Generate, and remembered."""

from typing import Any

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Draft, Run
from tests.compose.test_drafts import check
from tests.compose.test_generate import HTMX, post

pytestmark = pytest.mark.once

TEXT = "a {{animal:cat|dog}}, {{count:1..9}} of them, in {{place}}"
ENTERED = {"~var:animal": "dog", "~var:count": "3", "~var:place": "Rome"}


def generate(client: Client, spec: ModelSpec, text: str = TEXT, **entered: str) -> Any:
    return post(client, spec, HTMX, **{"/prompt": text, **entered})


def test_variable_fields_are_shown_while_the_prompt_has_variables(
    client: Client, seedream: ModelSpec
) -> None:
    drawn = check(client, seedream, **{"/prompt": TEXT})
    for name in ("animal", "count", "place"):
        assert f'name="~var:{name}"' in drawn
    assert "<option>cat</option>" in drawn
    assert "~var:" not in check(client, seedream, **{"/prompt": "a {cat}"})


def test_variable_values_are_restored_with_the_draft(client: Client, seedream: ModelSpec) -> None:
    check(client, seedream, **{"/prompt": TEXT, **ENTERED})
    page = client.get(seedream.get_absolute_url()).text
    assert "<option selected>dog</option>" in page
    assert 'value="Rome"' in page


@pytest.mark.usefixtures("api_key")
def test_generate_sends_the_prompt_with_its_values(client: Client, seedream: ModelSpec) -> None:
    assert generate(client, seedream, **ENTERED).status_code == 200
    run = Run.objects.get()
    assert run.inputs["prompt"] == "a dog, 3 of them, in Rome"
    page = client.get(run.get_absolute_url()).text
    assert "{{animal:cat|dog}}" in page
    assert "Rome</dd>" in page


@pytest.mark.usefixtures("api_key")
def test_use_these_inputs_restores_the_template(client: Client, seedream: ModelSpec) -> None:
    generate(client, seedream, **ENTERED)
    Draft.objects.all().delete()
    page = client.get(f"{seedream.get_absolute_url()}?from={Run.objects.get().pk}").text
    assert "{{animal:cat|dog}}" in page
    assert "<option selected>dog</option>" in page


@pytest.mark.usefixtures("api_key")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("animal", "", "Choose one."),
        ("animal", "cow", "Choose one of: cat, dog."),
        ("count", "10", "Enter a whole number from 1 to 9."),
        ("place", "", "Enter a value."),
    ],
)
def test_an_invalid_variable_value_is_reported_at_its_field(
    client: Client, seedream: ModelSpec, name: str, value: str, said: str
) -> None:
    response = generate(client, seedream, **ENTERED | {f"~var:{name}": value})
    assert response.status_code == 422
    assert f'id="var-{name}-error">{said}' in response.text
    assert not Run.objects.exists()


@pytest.mark.usefixtures("api_key")
def test_maxlength_applies_to_the_prompt_with_its_values(client: Client, db: None) -> None:
    prompt = {"type": "string", "maxLength": 12, "x-playground": {"widget": "textarea"}}
    schema = {"type": "object", "properties": {"prompt": prompt}}
    short = ModelSpec.objects.publish("short", title="Short", schema=schema)
    assert generate(client, short, "{{animal:cat|dog}}", **ENTERED).status_code == 200
    sent = {"~var:place": "much too long a place"}
    assert generate(client, short, "{{place}}", **sent).status_code == 422


@pytest.mark.usefixtures("api_key")
@pytest.mark.parametrize("text", ["{{}} {{a b}} {{{x}}}", r"\frac{{\bf x}}{2}", '{"a": {}}'])
def test_braces_that_are_no_variable_are_sent_unchanged(
    client: Client, seedream: ModelSpec, text: str
) -> None:
    assert generate(client, seedream, text).status_code == 200
    run = Run.objects.get()
    assert (run.inputs["prompt"], run.template) == (text, {})


@pytest.mark.usefixtures("api_key")
def test_literal_braces_of_a_run_are_escaped_in_the_form(
    client: Client, seedream: ModelSpec, run: Run
) -> None:
    Run.objects.update(inputs={"prompt": "say {{name}}", "n": 1})
    page = client.get(f"{seedream.get_absolute_url()}?from={run.pk}").text
    assert r"say \{{name}}</textarea>" in page
    generate(client, seedream, r"say \{{name}}")
    assert Run.objects.latest("created_at").inputs["prompt"] == "say {{name}}"


@pytest.mark.usefixtures("api_key")
def test_too_many_variables_are_refused(client: Client, seedream: ModelSpec) -> None:
    text = "".join(f"{{{{v{number}}}}}" for number in range(51))
    entered = {f"~var:v{number}": "x" for number in range(51)}
    assert "more than 50 variables" in generate(client, seedream, text, **entered).text
