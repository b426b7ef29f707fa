"""Extracts the text of pasted HTML, with its line breaks."""

import html
import re

_MARKUP = re.compile(r"</(?:pre|code|span|div|script|body)\s*>", re.IGNORECASE)
_ENDS_LINE = re.compile(r"<br\b[^<>]{0,500}>|</(?:p|div|li|tr|pre|h[1-6])\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,5000}>")


def is_html(text: str) -> bool:
    return _MARKUP.search(text) is not None


def read_html(text: str) -> str:
    """Return the visible text of a page and the data in its scripts, with line breaks."""
    ended = _ENDS_LINE.sub(lambda tag: f"{tag[0]}\n", text) if text.count("\n") == 0 else text
    return html.unescape(_TAG.sub("", ended))
