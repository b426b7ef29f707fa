"""Renders Markdown descriptions as sanitised HTML, or as plain text.

`markdown-it-py` parses; `nh3` removes every element that is not on the allow list.
Source: CommonMark 0.31.2
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import unescape
from typing import Any

import nh3
from django.utils.html import conditional_escape as escape
from django.utils.html import escape as escape_always
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_LONGEST = 4000  # characters; a longer text is shown without parsing
_KEPT = 4096  # cached texts
_BLOCKS = ("heading", "list", "fence", "hr")
_INLINE = ("newline", "escape", "backticks", "emphasis", "link", "autolink", "image", "entity",
           "html_inline")  # fmt: skip
_BREAKS = re.compile(r"(?:\s*<br>\s*)+")
_TAG = re.compile(r"<(/?)\s*([a-z][a-z0-9]*)\b[^>]*?(/?)>", re.IGNORECASE)
_ITEM = re.compile(r"\n(?=(?:[-*+•]|\d{1,3}[.)]) )")  # a list directly after a sentence
_ADDRESS = re.compile(r"\bhttps?://\S+", re.IGNORECASE)
_LEADS = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*[\"']?\s*(?:https?://|mailto:)", re.IGNORECASE)
_SAME = {"b": "strong", "strong": "strong", "code": "code", "tt": "code", "kbd": "code"}
_BREAKING = {"br", "p", "li", "ul", "ol", "div", "h1", "h2", "h3", "h4", "tr"}
_DROPPED = {"i", "em", "u", "span", "small", "sup", "sub", "font", "table", "tbody", "td", "th"}


class _Renderer(RendererHTML):
    """Writes the elements allowed in help; everything else becomes text and line breaks."""

    def paragraph_open(self, *_: Any) -> str:
        return ""

    def paragraph_close(self, *_: Any) -> str:
        return "<br>"

    def heading_open(self, *_: Any) -> str:
        return "<strong>"

    def heading_close(self, *_: Any) -> str:
        return "</strong><br>"

    def bullet_list_open(self, *_: Any) -> str:
        return "<br>"

    bullet_list_close = ordered_list_open = ordered_list_close = hr = bullet_list_open

    def list_item_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        number = tokens[at].info
        return f"<br>{escape(number)}{tokens[at].markup} " if number else "<br>• "

    def list_item_close(self, *_: Any) -> str:
        return ""

    def em_open(self, *_: Any) -> str:
        return ""

    em_close = em_open

    def hardbreak(self, *_: Any) -> str:
        return "<br>"

    def link_open(self, tokens: Sequence[Token], at: int, _options: Any, env: Any) -> str:
        """Return a link, or only its text if the URL is not absolute http(s)."""
        address = str(tokens[at].attrs.get("href", ""))
        is_link = bool(_LEADS.match(address))
        is_bare = tokens[at].info == "auto" and not is_link
        env.setdefault("closing", []).append("</a>" if is_link else "&gt;" if is_bare else "")
        env["linked"] = env.get("linked", 0) + is_link
        return f'<a href="{escape(address)}">' if is_link else "&lt;" if is_bare else ""

    def link_close(self, _tokens: Any, _at: int, _options: Any, env: Any) -> str:
        closing = str(env["closing"].pop())
        env["linked"] -= closing == "</a>"
        return closing

    def text(self, tokens: Sequence[Token], at: int, _options: Any, env: Any) -> str:
        """Return text with its URLs as links, unless it is inside a link."""
        content = tokens[at].content
        return str(escape(content)) if env.get("linked") else _with_links(content)

    def fence(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        lines = tokens[at].content.rstrip("\n").split("\n")
        return "<br>" + "<br>".join(f"<code>{escape(line)}</code>" for line in lines) + "<br>"

    def image(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return str(escape(tokens[at].content))

    def html_inline(self, tokens: Sequence[Token], at: int, _options: Any, env: Any) -> str:
        """Return the allowed form of an HTML tag; an unknown one, like `<lora:x>`, is text."""
        text = tokens[at].content
        found = _TAG.fullmatch(text)
        name = found[2].lower() if found else ""
        if not found or text.startswith("<!"):
            return "" if text.startswith("<!--") else str(escape_always(text))
        if name in _BREAKING:
            return "<br>"
        if name in _SAME:
            return f"<{found[1]}{_SAME[name]}>"
        if name == "a":
            is_link = bool(found[1] or _HREF.search(text))
            env["linked"] = int(is_link and not found[1])
            return text if is_link else ""
        return "" if name in _DROPPED else str(escape_always(text))


_PARSER = (
    MarkdownIt("zero", {"html": True, "maxNesting": 10}, renderer_cls=_Renderer)
    .enable([*_BLOCKS])
    .enable([*_INLINE])
)
_PARSER.validateLink = bool  # type: ignore[method-assign,assignment] # link_open decides
_ATTRIBUTES: Mapping[str, set[str]] = {"a": {"href", "target"}}


@lru_cache(maxsize=_KEPT)
def render(text: str) -> SafeString:
    """Render a description as HTML."""
    if len(text) > _LONGEST:
        return mark_safe(escape_always(text))  # noqa: S308 - escaped here
    made = nh3.clean(
        _PARSER.render(_ITEM.sub("\n\n", text)),
        tags={"a", "code", "strong", "br"},
        attributes={name: set(each) for name, each in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return mark_safe(_without_ends(made))  # noqa: S308 - cleaned by nh3


def _with_links(text: str) -> str:
    """Return text as HTML with http(s) URLs as links; trailing punctuation stays outside."""
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        parts += [escape(text[at : found.start()]), urlize(found[0], autoescape=True)]
        at = found.end()
    return "".join([*parts, escape(text[at:])])


def plain(text: str) -> str:
    """Return a description as one line of plain text."""
    return " ".join(unescape(nh3.clean(render(text).replace("<br>", " "), tags=set())).split())


def _without_ends(html: str) -> str:
    """Remove leading, trailing and repeated line breaks."""
    parts = [part for part in _BREAKS.split(html.strip()) if part]
    return "<br>".join(parts)
