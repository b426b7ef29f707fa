"""Translations of a model's texts: `x-i18n` at the root of its schema.

    {"zh-Hans": {"title": "梦境", "description": "文生图。",
                 "examples": [{"prompt": "灯塔"}],
                 "messages": {"Too many images.": "图片过多。"}}}

title        of the model
description  of the model
examples     in the order of the model's examples, which they replace one by one
messages  of rules: {original message: translation}
"""

from collections.abc import Iterator
from typing import Any

from playground.schema import Note, SchemaForm, pointers
from playground.schema.lists import join_sentences
from playground.schema.reading.localized_texts import texts_in, texts_of_all
from playground.schema.translation import language


def find_title(schema: Any) -> str:
    """Return the title in the active language; "" for none."""
    return _find_text(schema, "title").strip()


def list_titles(schema: Any) -> list[str]:
    """Return the titles in all languages."""
    titles = (texts.get("title") for texts in texts_of_all(schema).values())
    return [title.strip() for title in titles if isinstance(title, str) and title.strip()]


def find_description(schema: Any) -> str:
    """Return the description in the active language; "" for none."""
    return _find_text(schema, "description")


def _find_text(schema: Any, name: str) -> str:
    texts = (each.get(name) for each in texts_in(schema, language()))
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")


def find_examples(schema: Any, examples: list[Any]) -> list[Any]:
    """Return the examples of a model, translated to the active language if possible."""
    found = list(examples)
    for texts in reversed([*texts_in(schema, language())]):
        for number, each in enumerate(_list(texts.get("examples"))[: len(found)]):
            if isinstance(each, dict):
                found[number] = each
    return found


def find_message(schema: Any, message: str) -> str:
    """Return the message of a rule, translated to the active language if possible."""
    for texts in texts_in(schema, language()):
        known = texts.get("messages")
        text = known.get(message) if isinstance(known, dict) else None
        if isinstance(text, str) and text.strip():
            return text
    return message


def check_examples(schema: Any, form: SchemaForm) -> Iterator[Note]:
    """Yield a note for each translated example that is invalid."""
    for code, texts in texts_of_all(schema).items():
        for number, example in enumerate(_list(texts.get("examples"))):
            for pointer, messages in form.validate(example).items():
                place = pointers.join(("x-i18n", code, "examples", number))
                yield Note(pointer=f"{place}{pointer}", message=join_sentences(messages))


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []
