"""Writes JSON as shell, Python and JavaScript literals, for code snippets.

People paste the snippets to run the same request elsewhere. They contain no API key.
"""

import json
import re
import unicodedata
from typing import Any

LARGEST_IN_JAVASCRIPT = 2**53 - 1
BEYOND_ONE_UNIT = 0xFFFF  # of UTF-16, used by escapes of JSON and JavaScript

FILES = (
    "Files of the playground cannot be fetched by others: put in place of each <link to ...>",
    "a link that everybody can open, or a small file as a data URI.",
)


def fill_program(program: str, **parts: str) -> str:
    """Fill in placeholders in one pass, so that their content is not replaced again."""
    return re.sub("%(api|request|files)%", lambda place: parts[place[1]], program)


def comment(mark: str, *, has_files: bool) -> str:
    return "".join(f"{mark}{line}\n" for line in FILES) if has_files else ""


def write_json(value: Any, *, indent: int = 2) -> str:
    """Return JSON with escapes for invisible and bidirectional control characters."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(escape(letter) if is_unseen(letter) else letter for letter in text)


def is_unseen(letter: str) -> bool:
    is_odd = unicodedata.category(letter)[0] == "C" or letter in "\u2028\u2029"
    return is_odd and letter != "\n"  # in strings, JSON escapes it itself


def escape(letter: str) -> str:
    code = ord(letter)
    if code <= BEYOND_ONE_UNIT:
        return f"\\u{code:04x}"
    units = letter.encode("utf-16-be").hex()
    return f"\\u{units[:4]}\\u{units[4:]}"


def write_python_literal(value: Any) -> str:
    """Return JSON as a Python literal."""
    text = json.dumps(value, ensure_ascii=False, indent=4)
    words = {"true": "True", "false": "False", "null": "None"}
    text = re.sub(
        r'"(?:[^"\\]|\\.)*"|true|false|null', lambda part: words.get(part[0], part[0]), text
    )
    return "".join(f"\\U{ord(each):08x}" if is_unseen(each) else each for each in text)


def write_javascript_body(request: Any) -> str:
    """Return the JavaScript expression of a request body.

    A literal if it gives the same JSON again: JavaScript rounds large integers and treats __proto__
    specially.
    """
    text = write_json(request)
    if is_exact_in_javascript(request):
        return f"const body = JSON.stringify({text});"
    return (
        "// As a text: JavaScript would change a number or a name in it.\n"
        f"const body = {write_json(json.dumps(request, ensure_ascii=False))};"
    )


def is_exact_in_javascript(value: Any) -> bool:
    match value:
        case int():
            return abs(value) <= LARGEST_IN_JAVASCRIPT
        case list():
            return all(map(is_exact_in_javascript, value))
        case dict():
            return "__proto__" not in value and all(map(is_exact_in_javascript, value.values()))
    return True
