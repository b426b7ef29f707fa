"""Builds escaped HTML elements and renders the form's templates."""

import html
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Template
from django.utils.safestring import SafeString, mark_safe

_TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "schema"
_TAGS = "playground.schema.drawing.template_tags"

type Attribute = str | int | bool | None


def escape(text: str) -> SafeString:
    """Escape a text; return a SafeString unchanged.

    Django's conditional_escape also resolves lazy texts, which took an eighth of the time of
    rendering a form.
    """
    return text if isinstance(text, SafeString) else SafeString(html.escape(text))


def attributes(given: dict[str, Attribute]) -> str:
    """Return attributes as HTML: True gives the name alone, None and False are omitted."""
    parts = []
    for name, value in given.items():
        if value is True:
            parts.append(f" {name}")
        elif value is not None and value is not False:
            parts.append(f' {name}="{escape(str(value))}"')
    return "".join(parts)


def void(element: str, /, **given: Attribute) -> SafeString:
    """Return a void element, like <input>."""
    return mark_safe(f"<{element}{attributes(_named(given))}>")  # noqa: S308 - escaped above


def element(element: str, content: str, /, **given: Attribute) -> SafeString:
    """Return an element with content; content that is not a SafeString is escaped."""
    inner = escape(content)
    return mark_safe(f"<{element}{attributes(_named(given))}>{inner}</{element}>")  # noqa: S308


def joined(*parts: str) -> SafeString:
    """Concatenate pieces of HTML; what is not a SafeString is escaped."""
    return mark_safe("".join(map(escape, parts)))  # noqa: S308 - escaped here


def with_html(message: str, **parts: SafeString) -> SafeString:
    """Return a message as HTML, with elements in place of its named placeholders."""
    return mark_safe(escape(message) % parts)  # noqa: S308 - escaped here and by `element`


def hidden(name: str, value: str) -> SafeString:
    return void("input", type="hidden", name=name, value=value)


def _named(given: dict[str, Attribute]) -> dict[str, Attribute]:
    """Convert Python names to attribute names: `class_`, `aria_label`."""
    return {name.rstrip("_").replace("_", "-"): value for name, value in given.items()}


@cache
def _template(name: str) -> Template:
    return _engine().get_template(name)


@cache
def _engine() -> Engine:
    icons = "heroicons.templatetags.heroicons"
    return Engine(dirs=[str(_TEMPLATES)], autoescape=True, builtins=[icons, _TAGS])


class _Icons(dict[str, SafeString]):
    """Outline icons, rendered on first use: `icons.x_mark`."""

    def __missing__(self, name: str) -> SafeString:
        source = f'{{% heroicon_outline "{name.replace("_", "-")}" aria_hidden="true" %}}'
        self[name] = _engine().from_string(source).render(Context())
        return self[name]


ICONS = _Icons()


def render_template(name: str, /, **context: Any) -> SafeString:
    """Render a template of this package; texts are escaped."""
    return _template(name).render(Context({"icons": ICONS, **context}, use_l10n=False))
