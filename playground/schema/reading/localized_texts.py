"""Translations in a schema, in `x-i18n` beside the texts.

    {"title": "Size", "x-i18n": {"zh-Hans": {"title": "尺寸"}}}

They change only what is displayed: guesses, names and values come from the schema's own texts and
are the same in each language. The texts of the active language are stored under `WORDS` and read
by `shown`.
"""

from collections.abc import Iterator
from typing import Any

from playground.schema.values import JSON, compact

from .keywords import WORDS, X_I18N

_TEXTS = ("title", "description")
_HINTS = ("placeholder", "unit")


def add_words(schema: dict[str, Any], language: str) -> bool:
    """Store the texts of a language under `WORDS`; return False if `x-i18n` is not an object."""
    schema.pop(WORDS, None)  # internal keyword, never taken from a document
    given = schema.get(X_I18N)
    if given is None:
        return True
    if not isinstance(given, dict) or not all(isinstance(each, dict) for each in given.values()):
        return False
    by_code = {_code(name): texts for name, texts in given.items()}
    found: dict[str, Any] = {}
    for code in _fallbacks(language):
        found = {**_read(by_code.get(code, {}), schema), **found}
    if found:
        schema[WORDS] = found
    return True


def texts_of_all(schema: Any) -> dict[str, dict[str, Any]]:
    """Return {language code: texts} of a schema's `x-i18n`, with the codes as written."""
    given = schema.get(X_I18N) if isinstance(schema, dict) else None
    pairs = given.items() if isinstance(given, dict) else ()
    return {code: texts for code, texts in pairs if isinstance(texts, dict)}


def texts_in(schema: Any, language: str) -> Iterator[dict[str, Any]]:
    """Yield the raw texts for a language, then for its more general ones."""
    by_code = {_code(name): texts for name, texts in texts_of_all(schema).items()}
    yield from (by_code[code] for code in _fallbacks(language) if code in by_code)


def shown(keywords: dict[str, Any], name: str) -> Any:
    """Return a text of a schema, translated if it has a translation."""
    return keywords.get(WORDS, {}).get(name, keywords.get(name))


def translated(keywords: dict[str, Any], name: str) -> Any:
    """Return a text's translation to the active language, or None."""
    return keywords.get(WORDS, {}).get(name)


def merge_words(merged: dict[str, Any], part: dict[str, Any]) -> None:
    """Merge the translations of an inner schema; those of outer schemas take precedence."""
    words, known = part.get(WORDS, {}), merged.get(WORDS, {})
    further = {name: each for name, each in words.items() if not _is_said(name, merged)}
    labels = {**words.get("enumLabels", {}), **known.get("enumLabels", {})}
    if further or labels:
        merged[WORDS] = {**further, **known, **({"enumLabels": labels} if labels else {})}


def _is_said(name: str, merged: dict[str, Any]) -> bool:
    holder = "x-playground" if name in {*_HINTS, "groups"} else name
    return holder in merged


def _code(name: str) -> str:
    return name.replace("_", "-").lower()


def _fallbacks(language: str) -> Iterator[str]:
    """Yield a language code, then those of more general languages: "zh-hans", "zh"."""
    code = _code(language)
    while code:
        yield code
        code = code.rpartition("-")[0]


def _read(texts: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the supported texts; values of the wrong type are omitted."""
    hints = texts.get("x-playground")
    hints = hints if isinstance(hints, dict) else {}
    labels = _read_labels(texts.get("enumLabels"), schema.get("enum"))
    titles = _read_titles(hints.get("groups"))
    examples = texts.get("examples")
    return {
        **{name: texts[name] for name in _TEXTS if _is_text(texts.get(name))},
        **{name: hints[name] for name in _HINTS if _is_text(hints.get(name))},
        **({"enumLabels": labels} if labels else {}),
        **({"groups": titles} if titles else {}),
        **({"examples": examples} if isinstance(examples, list) else {}),
    }


def _read_labels(labels: Any, members: Any) -> dict[str, str]:
    """Return {enum member as text: label}, from a list in the order of `enum` or an object."""
    if isinstance(labels, list) and isinstance(members, list):
        pairs = zip(map(key_of_label, members), labels, strict=False)
    elif isinstance(labels, dict):
        pairs = zip(labels.keys(), labels.values(), strict=True)
    else:
        return {}
    return {key: label for key, label in pairs if _is_text(label)}


def _read_titles(groups: Any) -> list[str]:
    """Return the titles of groups in the order of the hint; "" for none."""
    given = groups if isinstance(groups, list) else ()
    titles = [each.get("title") if isinstance(each, dict) else "" for each in given]
    return [title if isinstance(title, str) else "" for title in titles]


def key_of_label(member: JSON) -> str:
    """Return the key of an enum member in a map of labels."""
    return member if isinstance(member, str) else compact(member)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
