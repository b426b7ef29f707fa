"""Single HTML elements with escaping, and the templates that contain them."""

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
    """Return a text as HTML, and HTML that is marked safe as it is.

    Django's conditional_escape also looks for lazy texts among its arguments: that took an eighth
    of the time to draw a form.
    """
    return text if isinstance(text, SafeString) else SafeString(html.escape(text))


def attributes(given: dict[str, Attribute]) -> str:
    """Return attributes as HTML: True is a name alone, None and False are left out."""
    parts = []
    for name, value in given.items():
        if value is True:
            parts.append(f" {name}")
        elif value is not None and value is not False:
            parts.append(f' {name}="{escape(str(value))}"')
    return "".join(parts)


def void(element: str, /, **given: Attribute) -> SafeString:
    """Return an element that has no content, like <input>."""
    return mark_safe(f"<{element}{attributes(_named(given))}>")  # noqa: S308 - escaped above


def element(element: str, content: str, /, **given: Attribute) -> SafeString:
    """Return an element with text, or with HTML that is marked safe."""
    inner = escape(content)
    return mark_safe(f"<{element}{attributes(_named(given))}>{inner}</{element}>")  # noqa: S308


def joined(*parts: str) -> SafeString:
    """Return pieces of HTML one after the other; what is not marked safe is escaped."""
    return mark_safe("".join(map(escape, parts)))  # noqa: S308 - escaped here


def with_html(message: str, **parts: SafeString) -> SafeString:
    """Return a message as HTML, with elements at its named places."""
    return mark_safe(escape(message) % parts)  # noqa: S308 - escaped here and by `element`


def hidden(name: str, value: str) -> SafeString:
    return void("input", type="hidden", name=name, value=value)


def _named(given: dict[str, Attribute]) -> dict[str, Attribute]:
    """Turn Python's names into HTML's: `class_`, `aria_label`."""
    return {name.rstrip("_").replace("_", "-"): value for name, value in given.items()}


@cache
def _template(name: str) -> Template:
    return _engine().get_template(name)


@cache
def _engine() -> Engine:
    icons = "heroicons.templatetags.heroicons"
    return Engine(dirs=[str(_TEMPLATES)], autoescape=True, builtins=[icons, _TAGS])


class _Icons(dict[str, SafeString]):
    """Outline icons, each made when it is first drawn: `icons.x_mark`."""

    def __missing__(self, name: str) -> SafeString:
        source = f'{{% heroicon_outline "{name.replace("_", "-")}" aria_hidden="true" %}}'
        self[name] = _engine().from_string(source).render(Context())
        return self[name]


ICONS = _Icons()


def render_template(name: str, /, **context: Any) -> SafeString:
    """Return one of the room's templates, filled in; texts are escaped."""
    return _template(name).render(Context({"icons": ICONS, **context}, use_l10n=False))
