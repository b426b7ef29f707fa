"""The form engine in other languages: every text can be translated, and values do not change."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation as django_translation
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.apps import write_number
from playground.catalog.models import ModelSpec
from playground.schema import ABSENT, JSONError, SchemaError, SchemaForm, UploadRefused
from playground.schema.files import check_content
from playground.schema.json_text import read_json
from playground.schema.lists import list_all, list_any, list_plain
from playground.schema.names import spaced
from playground.schema.translation import Translations, spell_count, spell_digits, use
from playground.schema.tree.known_fields import _FIELDS
from tests.html import parse
from tests.schema.browser import submit
from tests.schema.languages import mark, unmarked, using_language
from tests.schema.schemas import SCHEMAS
from tests.schema.seedream import SCHEMA
from tests.schema.strategies import ANYTHING, Values
from tests.schema.test_conformance import CASES
from tests.tables import sample

SHOWN = ("aria-label", "aria-description", "placeholder", "title", "alt", "data-word")
WORD = re.compile(r"[^\W\d_]{2,}")
NUMBERS = {
    "type": "object",
    "properties": {
        name: {"type": "number", "title": "", **bounds}
        for name, bounds in {
            "aa": {"minimum": 1, "maximum": 5},
            "bb": {"minimum": 1, "exclusiveMaximum": 5},
            "cc": {"minimum": 1},
            "dd": {"exclusiveMinimum": 1, "maximum": 5},
            "ee": {"exclusiveMinimum": 1, "exclusiveMaximum": 5},
            "ff": {"exclusiveMinimum": 1},
            "gg": {"maximum": 5},
            "hh": {"exclusiveMaximum": 5},
            "steps": {"multipleOf": 5},
        }.items()
    },
}
WRONG = [-(10**9), 10**9, "x", "", [], {}, None, True, 1.5, ["x"] * 40, {"zz": 1}]


def texts_on(html: str) -> Iterator[str]:
    """Yield each visible text of a page, and each text for screen readers."""
    for element in parse(html).iter():
        if element.tag not in {"textarea", "output", "q"}:
            yield element.text or ""
        yield element.tail or ""
        yield from (element.get(name, "") for name in SHOWN)


def strings_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list() | set():
            yield from chain.from_iterable(map(strings_in, value))
        case dict():
            yield from strings_in([*value, *value.values()])


def words_of(schema: Any) -> set[str]:
    """Return every word of a schema, also as spelled in titles and in JSON."""
    texts = [text for each in strings_in(schema) for text in (each, spaced(each), json.dumps(each))]
    return {word.lower() for text in texts for word in WORD.findall(text)}


def left_in_english(texts: list[str], *sources: Any) -> set[str]:
    known = {"json", "https", "true", "false", "null"}.union(*map(words_of, sources))
    found = {word for text in texts for word in WORD.findall(unmarked(text))}
    return {word for word in found if word.lower() not in known}


@pytest.mark.parametrize("name", sample(CASES, 40))
def test_all_texts_of_a_form_can_be_translated(name: str) -> None:
    case = CASES[name]
    with using_language(marked=True):
        form = SchemaForm(case["schema"])
        texts = [note.message for note in form.notes]
        texts += texts_on(
            form.render(changed=dict.fromkeys(case["schema"].get("properties", {}), ""))
        )
        for value in [*case["values"], *WRONG]:
            errors = form.validate(value)
            texts += [*texts_on(form.render(value, errors)), *chain(*errors.values())]
        for post in case.get("posts", ()):
            sent = form.parse(MultiValueDict(post["texts"]), initial=post.get("initial", ABSENT))
            texts += [*texts_on(form.render(sent, sent.errors)), *chain(*sent.errors.values())]
    assert any("⟦" in text for text in texts)
    assert not left_in_english(texts, case, WRONG)


@pytest.mark.parametrize("schema", [SCHEMA, NUMBERS], ids=["seedream", "numbers"])
def test_each_control_reports_errors_in_the_language_of_the_reader(schema: dict[str, Any]) -> None:
    with using_language(marked=True):
        form = SchemaForm(schema)
        texts = list(texts_on(form.render()))
        for name in schema["properties"]:
            for wrong in WRONG:
                errors = form.validate({name: wrong})
                texts += [*texts_on(form.render({name: wrong}, errors)), *chain(*errors.values())]
    assert not left_in_english(texts, schema, WRONG)


@given(SCHEMAS, ANYTHING)
def test_no_schema_leaves_an_english_text(schema: dict[str, Any], value: Any) -> None:
    with using_language(marked=True):
        form = SchemaForm(schema)
        errors = form.validate(value)
        texts = [*texts_on(form.render(value, errors)), *(note.message for note in form.notes)]
        texts += chain(*errors.values())
    assert not left_in_english(texts, schema, value)


def test_messages_about_refused_files_json_and_schemas_are_in_the_language() -> None:
    said = []
    with using_language(marked=True):
        for kind in ("image", "video", "audio", ""):
            with pytest.raises(UploadRefused) as refused:
                check_content(b"hello", "a.bin", "image/*", kind)
            said.append(str(refused.value))
        with pytest.raises(UploadRefused) as refused:
            check_content(b"hello", "a.png", "", "")
        said.append(str(refused.value))
        for text in ("{'a'}", "[1 2]", "[NaN]", "1e999", "[" * 99, "9" * 5000, '"\\ud800"', "{,"):
            with pytest.raises(JSONError) as wrong:
                read_json(text)
            said.append(str(wrong.value))
        no_schemas: list[Any] = [[], {"type": 5}, {"x": {1}}]
        for schema in no_schemas:
            with pytest.raises(SchemaError) as no_schema:
                SchemaForm(schema)
            said.append(str(no_schema.value))
    words = "bin png NaN type"
    assert not left_in_english(said, words)


def test_the_note_on_an_unchecked_pattern_is_in_each_language() -> None:
    schema = {"type": "object", "properties": {"a": {"pattern": "(?=kept)["}}}
    english = SchemaForm(schema).notes[0].message
    with using_language(marked=True):
        assert not left_in_english([SchemaForm(schema).notes[0].message], schema)
    assert SchemaForm(schema).notes[0].message == english


def test_a_cached_form_is_in_the_language_of_each_reader() -> None:
    form = SchemaForm({"type": "object", "properties": {"a": {"type": "boolean"}}})
    english = form.render()
    assert "Not set" in english
    with using_language("x-one", marked=True):
        assert "⟦Not set⟧" in form.render()
        assert "⟦Not set⟧" in form.untouched.render()
        assert "⟦Yes⟧" in form.render({"a": True})
    assert form.render() == english


def test_django_gives_the_language_of_the_request() -> None:
    form = SchemaForm({"type": "object", "properties": {"a": {"type": "boolean"}}})
    with django_translation.override("de"):
        assert ">Ja<" in form.render()
    assert ">Yes<" in form.render()


def test_lists_and_numbers_are_written_as_the_language_does() -> None:
    assert list_all(["a", "b", "c"]) == "a, b and c"
    assert list_any(["a", "b"]) == "a or b"
    assert (list_plain(["a", "b", "c"]), list_plain(["a"]), list_all([])) == ("a, b, c", "a", "")
    assert (spell_count(3000), spell_digits("1024"), spell_digits("20000")) == (
        *("3,000", "1024", "20,000"),
    )
    with django_translation.override("de"):
        assert (spell_count(3000), spell_digits("0.5")) == ("3.000", "0,5")
    before = use(Translations(pgettext=lambda _, message: message.replace(", ", "、")))
    try:
        assert list_plain(["a", "b", "c"]) == "a、b、c"
    finally:
        use(before)
    assert write_number("9223372036854775807", grouped=True) == "9,223,372,036,854,775,807"


def test_known_fields_have_translated_titles_unless_the_schema_is_specific() -> None:
    parts = {
        "negative_prompt": {"type": "string"},
        "numImages": {"type": "integer"},
        "seed": {"type": "integer", "title": "Seed", "description": "Start value."},
        "prompt": {"type": "string", "title": "What to paint"},
        "steps": {"type": "integer", "title": "", "description": ""},
        "odd_name": {"type": "string"},
    }
    form = SchemaForm({"type": "object", "properties": parts})
    titles = {name: form.title_of(f"/{name}") for name in parts}
    assert titles == {
        "negative_prompt": "Negative prompt",
        "numImages": "Number of images",
        "seed": "Seed",
        "prompt": "What to paint",
        "steps": "Steps",
        "odd_name": "Odd name",
    }
    with using_language(marked=True):
        marked = {name: form.title_of(f"/{name}") for name in parts}
        html = form.render()
    kept = {"prompt": "What to paint", "odd_name": "Odd name"}
    assert marked == {name: mark(title) for name, title in titles.items()} | kept
    assert "⟦Describe what the result should not contain.⟧" in html
    assert "Start value." in html
    assert "⟦The same seed" not in html
    assert "⟦More steps" not in html


def test_the_shipped_models_titles_stay_as_they_are_in_english() -> None:
    form = SchemaForm(SCHEMA)
    for name, part in SCHEMA["properties"].items():
        assert form.title_of(f"/{name}") == part["title"]
    inner = "/sequential_image_generation_options/max_images"
    assert form.title_of(inner) == "Max images"


def test_each_known_field_has_a_title_without_a_name_of_a_program() -> None:
    assert all(re.fullmatch(r"[A-Z][a-z ]+", field.title) for field in _FIELDS.values())


SIZES = {
    "type": "object",
    "title": "Form",
    "x-playground": {"groups": [{"title": "Look", "fields": ["size"]}]},
    "x-i18n": {"zh-Hans": {"x-playground": {"groups": [{"title": "外观"}]}}},
    "properties": {
        "size": {
            "type": "string",
            "title": "Size",
            "description": "How large it is.",
            "enum": ["s", "l"],
            "x-enum-labels": {"s": "Small", "l": "Large"},
            "x-i18n": {
                "zh-Hans": {
                    "title": "尺寸",
                    "description": "图片大小。", "enumLabels": ["小", "大"],
                },
                "zh": {"title": "SIZE", "enumLabels": {"l": "LARGE"}},
                "fr": {"title": "Taille"},
            },
        },
        "length": {
            "type": "integer",
            "maximum": 30,
            "examples": [5],
            "x-playground": {"unit": "seconds", "placeholder": "such as 5"},
            "x-i18n": {"zh": {"x-playground": {"unit": "秒", "placeholder": "例如 5"}}},
        },
        "kind": {
            "oneOf": [
                {"const": 1, "title": "One", "x-i18n": {"zh": {"title": "一"}}},
                {"const": 2, "title": "Two"},
            ]
        },
    },
}  # fmt: skip


def test_a_schema_can_have_texts_for_each_language() -> None:
    form = SchemaForm(SIZES)
    english = form.render()
    assert all(text in english for text in ("Size", "How large", "Small", "Look", "such as 5"))
    with using_language("zh-hans"):
        html = form.render()
        assert form.title_of("/size") == "尺寸"
    for text in (
        "尺寸",
        "图片大小。",
        ">小<",
        ">大<",
        "外观",
        "例如 5",
        "At most 30 秒",
        ">一<",
        ">Two<",
    ):
        assert text in html, text
    assert not re.search("Size|How large|Small|Large|Look|such as", html)
    with using_language("zh-TW"):  # only the texts for "zh" apply
        assert form.title_of("/size") == "SIZE"
        assert all(text in form.render() for text in (">Small<", ">LARGE<", "How large"))
    with using_language("fr-CA"):
        assert form.title_of("/size") == "Taille"
    assert form.render() == english


def test_texts_beside_a_reference_override_its_own() -> None:
    shared = {"type": "string", "title": "Shared", "x-i18n": {"de": {"title": "Gemeinsam"}}}
    parts = {
        "a": {"$ref": "#/$defs/shared", "title": "Own"},
        "b": {"$ref": "#/$defs/shared", "x-i18n": {"de": {"title": "Eigen"}}},
        "c": {"anyOf": [{"$ref": "#/$defs/shared"}, {"type": "null"}]},
    }
    form = SchemaForm({"type": "object", "properties": parts, "$defs": {"shared": shared}})
    with using_language("de"):
        assert [form.title_of(f"/{name}") for name in parts] == ["Own", "Eigen", "Gemeinsam"]


def test_an_outline_has_the_labels_of_values() -> None:
    form = SchemaForm(
        {
            "type": "object",
            "properties": {
                "size": {"enum": ["s", "l"], "x-i18n": {"zh": {"enumLabels": {"s": "小"}}}},
                "kind": {"oneOf": [{"const": 1, "title": "One"}, {"const": 2, "title": "Two"}]},
            },
        }
    )
    value = {"size": "s", "kind": 2}
    assert [part.label for part in form.outline(value).parts] == ["", "Two"]
    with using_language("zh-hans"):
        assert [part.label for part in form.outline(value).parts] == ["小", "Two"]


@pytest.mark.parametrize(
    "given", [5, [], {"de": 5}, {"de": {"title": 5, "enumLabels": 7, "x-playground": []}}]
)
def test_malformed_translations_are_ignored(given: Any) -> None:
    part = {"type": "string", "enum": ["x", "y"], "title": "A", "x-i18n": given}
    form = SchemaForm({"type": "object", "properties": {"a": part}})
    with using_language("de"):
        assert form.title_of("/a") == "A"
        is_map = isinstance(given, dict) and isinstance(given["de"], dict)
        assert [note.pointer for note in form.notes] == [] if is_map else ["/properties/a/x-i18n"]


TRANSLATED = {
    "title": "标题",
    "description": "An image URL, or base64. The text to be spoken.",
    "enumLabels": ["甲", "乙", "丙"],
    "examples": ["https://example.com/a.png"],
    "default": "never",
    "x-playground": {"widget": "password", "advanced": True, "unit": "秒", "placeholder": "例"},
}


def translate(schema: Any) -> Any:
    """Return a schema with Chinese texts in each part."""
    if isinstance(schema, list):
        return [translate(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {
        key: {name: translate(each) for name, each in value.items()}
        if key in {"properties", "patternProperties", "$defs"} and isinstance(value, dict)
        else translate(value)
        if key in {"items", "anyOf", "oneOf", "allOf", "additionalProperties", "prefixItems"}
        else value
        for key, value in schema.items()
    }
    return {**inside, "x-i18n": {"zh": TRANSLATED}}


@given(SCHEMAS.map(translate), st.data())
def test_the_same_post_is_the_same_value_in_each_language(
    schema: dict[str, Any], data: st.DataObject
) -> None:
    form = SchemaForm(schema)
    value = data.draw(Values(schema).any())
    posted = submit(form.render(value))
    english = form.parse(posted, initial=value)
    secrets, initial = form.secrets(value), form.initial()
    with using_language("zh-hans"):
        assert submit(form.render(value)) == posted
        chinese = form.parse(posted, initial=value)
        assert repr(chinese.value) == repr(english.value)
        assert chinese.errors.keys() == english.errors.keys()
        assert form.secrets(value) == secrets
        assert repr(form.initial()) == repr(initial)


def test_the_message_about_a_refused_upload_is_in_the_language() -> None:
    part = {"type": "string", "x-playground": {"widget": "file-upload", "uploadKind": "image"}}
    form = SchemaForm({"type": "object", "properties": {"a": part}})
    with using_language(marked=True):
        sent = form.parse(MultiValueDict({"/a": [SimpleUploadedFile("b.bin", b"hello")]}))
        assert sent.errors == {"/a": ["⟦“⟧b.bin⟦” is not a picture⟧"]}


def test_the_notes_of_a_model_are_in_the_language_of_each_reader() -> None:
    part = {"type": "integer", "maximum": 3, "default": 9}
    spec = ModelSpec(slug="m", schema={"type": "object", "properties": {"a": part}})
    (english,) = spec.notes
    with using_language(marked=True):
        (marked,) = spec.notes
        assert spec.form.notes == spec.notes
    assert marked.message.startswith("⟦The default ⟧9")
    assert spec.notes == (english,)
