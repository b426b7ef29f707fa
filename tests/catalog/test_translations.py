"""Texts of a model in the reader's language: `x-i18n` at the root of its schema."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from playground.catalog import shipped
from playground.catalog.models import ModelSpec
from playground.catalog.translations import check_examples
from playground.schema import SchemaForm
from tests.catalog.browser import press
from tests.html import parse

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
CHINESE = "zh-hans"
LATIN = re.compile(r"[A-Za-z]{3,}")
NOT_OF_THE_SCHEMA = {"jpeg", "png", "Add"}  # values, and a text of the form engine
RULE = "Reference images and images together may be at most 15."
TOO_MANY = {"prompt": "x", "n": 15, "image_urls": ["https://example.com/a.png"]}


@pytest.fixture
def chinese_client(settings: Settings, client: Client) -> Client:
    settings.LANGUAGES = [("en", "English"), (CHINESE, "简体中文")]
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = CHINESE
    return client


def with_texts(spec: ModelSpec, **texts: Any) -> ModelSpec:
    return ModelSpec(schema=spec.schema | {"x-i18n": texts}, examples=spec.examples)


def labels(html: str) -> list[str]:
    names = {"field__label", "group__legend", "pill__words", "choice__words"}
    parts = (each for each in parse(html).iter() if names & {*each.get("class", "").split()})
    return [text.strip() for part in parts for text in part.itertext() if text.strip()]


def test_every_field_of_a_shipped_model_has_a_title_in_chinese(db: None) -> None:
    for spec in shipped.publish_all():
        with translation.override("en"):
            assert "Aspect ratio" in labels(spec.form.render())
        with translation.override(CHINESE):
            found = labels(spec.form.render())
            left = {word for text in found for word in LATIN.findall(text)} - NOT_OF_THE_SCHEMA
        assert {"提示词", "宽高比", "最多图片数"} <= {*found}
        assert left == set()


def test_the_model_description_is_not_drawn_in_its_form(seedream: ModelSpec) -> None:
    with translation.override(CHINESE):
        assert seedream.about not in seedream.form.render()


def test_a_shipped_model_has_a_chinese_description(seedream: ModelSpec) -> None:
    assert seedream.about.startswith("Text to picture")
    with translation.override(CHINESE):
        assert seedream.about == "文生图、图生图，以及组图生成。"


def test_the_list_of_models_is_shown_and_searched_in_chinese(
    chinese_client: Client, seedream: ModelSpec
) -> None:
    texts = {"zh-Hans": {"title": "梦境", "description": "画速写。"}}
    facts = seedream.facts | {"title": "Sketch", "category": "image"}
    facts["schema"] = seedream.schema | {"x-i18n": texts}
    ModelSpec.objects.publish("sketch", **facts)
    for words in ("梦境", "速写", "sketch 图片", "IMAGE 画速写"):
        found = parse(chinese_client.get("/models/", {"q": words}).text)
        assert [each.text for each in found.iterfind(".//a[@class='model__link']")] == ["梦境"]
    assert [each.text for each in found.iterfind(".//span[@class='chip']")] == ["图片"]
    assert "没有符合" in chinese_client.get("/models/", {"q": "梦境 video"}).text


def test_a_form_heading_is_the_chinese_title(chinese_client: Client, seedream: ModelSpec) -> None:
    schema = seedream.schema | {"x-i18n": {"zh": {"title": "梦境"}}}
    ModelSpec.objects.publish(seedream.slug, **seedream.facts | {"schema": schema})
    page = parse(chinese_client.get(f"/models/{seedream.slug}/").text)
    assert "梦境" in [each.text for each in page.iterfind(".//h1")]


def test_the_rules_of_a_shipped_model_are_in_chinese(seedream: ModelSpec) -> None:
    form = seedream.form  # one cached form for both languages
    assert form.validate(TOO_MANY)["/n"] == [
        "Reference images and images together may be at most 15."
    ]
    with translation.override(CHINESE):
        assert form.validate(TOO_MANY)["/n"] == ["参考图与生成图片合计不能超过15张。"]


def test_a_rule_in_a_schema_is_in_the_language_of_the_reader() -> None:
    rule = {"rule": "self.n < 5", "message": "Too many."}
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "x-validations": [rule],
        "x-i18n": {"zh": {"messages": {"Too many.": "过多。"}}},
    }
    form = ModelSpec(schema=schema).form
    with translation.override(CHINESE):
        assert form.validate({"n": 9}) == {"": ["过多。"]}
    with translation.override("de"):
        assert form.validate({"n": 9}) == {"": ["Too many."]}


def test_every_example_of_a_shipped_model_is_in_chinese(db: None) -> None:
    for spec in shipped.publish_all():
        assert spec.shown_examples == spec.examples
        assert not [*check_examples(spec.schema, SchemaForm(spec.schema))]
        with translation.override(CHINESE):
            shown = spec.shown_examples
            assert not any(spec.form.validate(each) for each in shown)
        same = [{**each, "prompt": ""} for each in spec.examples]
        assert [{**each, "prompt": ""} for each in shown] == same
        assert not LATIN.findall(" ".join(each["prompt"] for each in shown))


def test_an_example_without_a_translation_is_shown_unchanged(seedream: ModelSpec) -> None:
    one = {"prompt": "灯塔"}
    spec = with_texts(seedream, zh={"examples": [one, "no object"]})
    with translation.override(CHINESE):
        assert spec.shown_examples == [one, *seedream.examples[1:]]


@pytest.mark.parametrize("texts", [[], "x", {"zh": []}, {"zh": {"examples": {}, "messages": []}}])
def test_malformed_translations_are_ignored(seedream: ModelSpec, texts: Any) -> None:
    spec = ModelSpec(
        schema=seedream.schema | {"x-i18n": texts},
        **{name: getattr(seedream, name) for name in ("description", "rules", "examples")},
    )
    with translation.override(CHINESE):
        assert spec.about == seedream.description
        assert spec.shown_examples == seedream.examples
        assert spec.form.validate(TOO_MANY)["/n"] == [seedream.rules[0]["message"]]


def test_the_gallery_of_examples_and_its_form_are_in_chinese(
    chinese_client: Client, seedream: ModelSpec
) -> None:
    address = f"/models/{seedream.slug}/"
    prompt = "日落时分，悬崖上的灯塔，脚下海浪拍岸，水粉画风格"
    page = chinese_client.get(address).text
    assert prompt in page
    assert "img/examples/lighthouse" in page
    assert f"{prompt}</textarea>" in chinese_client.get(f"{address}?example=1").text


def test_the_editor_preview_is_in_the_language_of_the_reader(
    chinese_client: Client, seedream: ModelSpec, django_user_model: Any
) -> None:
    django_user_model.objects.update(is_superuser=True)
    page = chinese_client.get(f"/models/{seedream.slug}/edit/")
    schema = json.loads(json.dumps(seedream.schema))
    schema["properties"]["prompt"]["x-i18n"]["zh-Hans"]["title"] = "画面描述"
    shown = press(chinese_client, page, "preview", schema=json.dumps(schema))
    assert "画面描述" in labels(shown.text)


def test_an_invalid_translated_example_is_a_note_in_the_editor(
    client: Client, seedream: ModelSpec, django_user_model: Any
) -> None:
    django_user_model.objects.update(is_superuser=True)
    page = client.get(f"/models/{seedream.slug}/edit/")
    texts = {"zh-Hans": {"examples": [{"prompt": "灯塔", "size": "7:1"}]}}
    changed = json.dumps(seedream.schema | {"x-i18n": texts})
    shown = press(client, page, "preview", schema=changed)
    assert "/x-i18n/zh-Hans/examples/0/size" in shown.text


def test_a_model_version_is_named_in_the_language_of_the_reader() -> None:
    spec = ModelSpec(title="Dream", version=3, schema={"x-i18n": {"zh-Hans": {"title": "梦境"}}})
    assert str(spec) == "Dream, version 3"
    with translation.override(CHINESE):
        assert str(spec) == "梦境，版本3"


def test_templates_use_translated_titles_except_in_editors_and_logs() -> None:
    sources = [*(ROOT / "playground").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    readers = {
        str(path.relative_to(ROOT))
        for path in sources
        if "migrations" not in path.parts
        and re.search(r"\b(spec|made_with)(\.|__)title\b", path.read_text())
    }
    assert readers == {
        "playground/catalog/audit_lines.py",
        "playground/catalog/edit_page.py",
        "playground/runs/worker/steps/sending.py",
    }
