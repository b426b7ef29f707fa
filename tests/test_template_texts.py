"""Every visible text of a template goes through gettext.

Templates are read with Django's lexer; translated texts are removed, and the rest is parsed as
HTML. Reported are texts with letters, visible attributes, and words in the arguments of tags and
filters.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import DebugLexer, Token, TokenType
from django.utils.text import smart_split

TEMPLATES = Path(__file__).parents[1] / "templates"

# For developers, in English.
NOT_FOR_PEOPLE = {"styleguide.html", "styleguide"}

# The same in every language.
NAMES = re.compile(r"\b(?:Playground|UTC|API|CEL|CSV|JSON|ID|PDF|PNG|URL|YAML|ZIP)\b")
ADDRESS = re.compile(r"\?(?:\w+=&?)+")
# Names of keys, typed text for programs, and invisible content.
OF_PROGRAMS = {"kbd", "code", "style"}

READ_ATTRIBUTES = {
    *("title", "alt", "placeholder", "label", "summary", "srcdoc", "hx-confirm", "hx-prompt"),
    *("aria-label", "aria-description", "aria-roledescription", "aria-valuetext"),
    *("aria-placeholder", "aria-braillelabel"),
    # shown by scripts
    *("data-title", "data-blank", "data-word"),
}
BUTTONS = {"submit", "button", "reset"}  # types of <input> whose value is a label

LETTER = re.compile(r"[^\W\d_]")
# In arguments and in attributes for scripts: several words, or one with a capital like a label.
WORDS = re.compile(r"[A-Za-z’]{2,}[,:;.!?”)]* [“(]?[A-Za-z%{]|[A-Z][a-z]{2,}|…")
LITERAL = re.compile(r"(?<!_\()(?P<quote>[\"'])(?P<text>.*?)(?P=quote)")
SKIPPED = {"blocktranslate", "blocktrans", "comment"}
OF_CLASSES = {"block layout", "block root"}  # blocks that contain class names
# Tags whose arguments are names: of templates, date formats, icons.
OF_NAMES = {"extends", "include", "load", "url", "static", "now", "heroicon_mini"}
OF_NAMES |= {"heroicon_outline", "comment"}
PLURAL = re.compile(r"\|\s*pluralize")  # has two forms; languages have one to six


class Reader(HTMLParser):
    """Collects the visible texts with their lines."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[tuple[int, str]] = []

    def report(self, text: str) -> None:
        line, _ = self.getpos()
        line += text.count("\n", 0, len(text) - len(text.lstrip()))
        if LETTER.search(NAMES.sub("", text)) and not ADDRESS.fullmatch(text.strip()):
            self.found.append((line, " ".join(text.split())))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        is_button = tag == "input" and values.get("type") in BUTTONS
        is_about = tag == "meta" and values.get("name") == "description"
        for name, value in values.items():
            is_label = (is_button and name == "value") or (is_about and name == "content")
            is_said = name.startswith("data-") and WORDS.search(value)
            if name in READ_ATTRIBUTES or is_label or is_said:
                self.report(value)
        if tag in {*OF_PROGRAMS, "script"}:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if "script" in self.inside:
            for literal in LITERAL.finditer(data):
                if WORDS.search(literal["text"]):
                    self.report(literal["text"])
        elif not self.inside:
            self.report(data)


def name_of_tag(token: Token) -> str:
    return token.contents.split()[0] if token.token_type is TokenType.BLOCK else ""


def without_translated(source: str) -> Iterator[Token | str]:
    """Yield tags, variables and texts; line breaks of tags and removed parts are texts as well."""
    end = ""  # name of the tag that ends the skipped part
    for token in DebugLexer(source).tokenize():
        name = name_of_tag(token)
        if end or name in SKIPPED or token.contents in OF_CLASSES:
            if not end:
                yield token
            end = "" if name == end else end or f"end{name}"
        elif token.token_type is TokenType.TEXT:
            yield token.contents
            continue
        elif token.token_type is not TokenType.COMMENT:
            yield token
        yield "\n" * source.count("\n", *(token.position or (0, 0)))


def words_of_tag(token: Token) -> Iterator[str]:
    """Yield the words in the arguments of a tag, or of the filters of a variable."""
    name = name_of_tag(token)
    if PLURAL.search(token.contents):
        yield "pluralize"
    parts = list(smart_split(token.contents))
    if name in OF_NAMES:  # except named texts that "include" passes
        parts = [part for part in parts[2:] if re.match(r"\w+=", part)]
    elif name in {"translate", "trans"}:
        parts = []
    for part in parts:
        if part.startswith("style="):
            continue
        for literal in LITERAL.finditer(part):
            if WORDS.search(NAMES.sub("", literal["text"])):
                yield literal["text"]


def outside_of_gettext(source: str) -> list[tuple[int, str]]:
    """Return the untranslated texts of a template with their lines."""
    pieces = list(without_translated(source))
    tags = [piece for piece in pieces if isinstance(piece, Token)]
    reader = Reader()
    reader.feed("".join(piece for piece in pieces if isinstance(piece, str)))
    reader.close()
    in_tags = [(tag.lineno or 0, words) for tag in tags for words in words_of_tag(tag)]
    return sorted({*in_tags, *reader.found})


def templates() -> list[str]:
    names = (path.relative_to(TEMPLATES) for path in TEMPLATES.rglob("*.html"))
    return sorted(str(name) for name in names if name.parts[0] not in NOT_FOR_PEOPLE)


@pytest.mark.parametrize("name", templates())
def test_no_text_of_a_template_is_outside_of_gettext(name: str) -> None:
    found = outside_of_gettext((TEMPLATES / name).read_text())
    assert not found, "\n".join(f"{name}:{line}: {text}" for line, text in found)


FOUND = {
    "<p>Two words</p>": "Two words",
    "<p>{{ n }} s</p>": "s",
    "<p>\n{% translate 'Copy' %} it</p>": "it",
    "{% if a %}{# one #}<b>two</b>{% endif %}": "two",
    '<a title="Go {{ where }}">': "Go",
    '<a aria-label="{% if a %}Open{% endif %}">': "Open",
    '<input type="search" placeholder="Search">': "Search",
    '<img alt="A boat">': "A boat",
    '<input type="submit" value="Save">': "Save",
    '<option label="Small">': "Small",
    '<p data-title="one">': "one",
    '<p data-hint="Drop it here">': "Drop it here",
    '<meta name="description" content="Pictures">': "Pictures",
    '<script type="application/json">{"failed": "It failed."}</script>': "It failed.",
    "{{ words|default:'Ask an owner.' }}": "Ask an owner.",
    "{% include 'a b.html' with label='Other pictures' %}": "Other pictures",
    "{% with a='two words' %}{% endwith %}": "two words",
    "{% blocktranslate with a='two words' %}x{% endblocktranslate %}": "two words",
    "{{ n }}{{ n|pluralize }}": "pluralize",
}


@pytest.mark.parametrize("source", FOUND)
def test_untranslated_text_is_detected(source: str) -> None:
    assert [text for _, text in outside_of_gettext(source)] == [FOUND[source]]


@pytest.mark.parametrize(
    "source",
    [
        "{% extends 'Some file.html' %}{% load i18n %}",
        "<p>{% translate 'Two words' %}</p>",
        "<p title=\"{% translate 'Two words' %}\">",
        "<p>{% blocktranslate %}Two <b>words</b>{% plural %}More{% endblocktranslate %}</p>",
        "{# For who reads templates. #}{% comment %}And <b>more</b>{% endcomment %}",
        "<kbd>Ctrl</kbd> <code>{{ name }} two words</code><style>a { color: red }</style>",
        '<p class="two words" data-kind="failure" name="stars 3">{{ n }} · 5 × 3</p>',
        '<button name="do" value="stars 3">{{ n }}</button>',
        "{% if kind == 'video' %}{{ day|date:'j M Y' }}{{ a|default:_('Two words') }}{% endif %}",
        "<title>{{ heading }} · Playground</title>",
        '<script type="module" src="{% static \'js/Main file.js\' %}"></script>',
        "{% include 'a.html' with style='quiet button--small' %}{% url 'a' %}?run={{ run.pk }}",
        '<a {% if is_here %}aria-current="page"{% endif %}>{{ name }}</a>',
    ],
)
def test_translated_or_technical_text_is_not_reported(source: str) -> None:
    assert outside_of_gettext(source) == []


def test_a_text_is_found_in_its_line() -> None:
    source = "{% blocktranslate %}a\n\nb\n{% endblocktranslate %}\n<p>\n{{ a }}\nhere</p>"
    assert [line for line, _ in outside_of_gettext(source)] == [7]
    assert outside_of_gettext("{% translate 'a' %}\n{{ n|pluralize }}") == [(2, "pluralize")]
