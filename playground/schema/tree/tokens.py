"""Makes labels of enum members that are identifiers: "DONT_ALLOW" becomes "Dont allow"."""

import re
from collections.abc import Iterable

from playground.schema.values import JSON

_PART = r"(?:\d?[a-z]+|[A-Z]{2,}|[A-Z][a-z]+)"
_TOKEN = re.compile(rf"{_PART}(?:[_/](?:{_PART}|\d+))*")
_LOCALE = re.compile(r"[a-z]{2,3}_[A-Z]{2,3}")
_RATIO = re.compile(r"(?<=[a-z]) (\d{1,2}) (\d{1,2})$")


def words_for_tokens(members: Iterable[JSON]) -> dict[str, str]:
    """Return {member: words}; {} unless all members are identifiers, some of several words."""
    texts = list(dict.fromkeys(each for each in members if isinstance(each, str) and each))
    if not any("_" in text for text in texts) or not all(map(_TOKEN.fullmatch, texts)):
        return {}
    if any(map(_LOCALE.fullmatch, texts)):
        return {}
    words = {text: _words(text) for text in texts}
    return words if len(set(words.values())) == len(texts) else {}


def _words(token: str) -> str:
    text = token.replace("_", " ")
    text = text.lower() if text.isupper() else text
    return _RATIO.sub(r" \1:\2", text[:1].upper() + text[1:])
