"""Reads pasted JSON into a form: inputs, a whole request, or a curl command."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.catalog.almost_json import find_almost, read_repaired
from playground.catalog.json_text import (
    MOST_CHARACTERS,
    BrokenObject,
    FoundObject,
    find_pieces,
)
from playground.catalog.models import ModelSpec
from playground.schema import JSONError, pointers
from playground.schema.lists import list_plain

NOTHING = gettext_lazy("Paste something first.")
TOO_LONG = gettext_lazy("This text is too long.")
NO_JSON = gettext_lazy("This text has no JSON object, which begins with a { and ends with a }.")
NO_OBJECT = gettext_lazy(
    "This JSON is not an object with inputs, which begins with a { and ends with a }."
)

HERE_DOCUMENT = re.compile(r"<<-?\s*(['\"]?)[A-Za-z_]\w*\1")
WORD = re.compile(
    r"""(?: \$'(?:[^'\\]|\\.)*+' | '[^']*+' | "(?:[^"\\]|\\.)*+" | \\. | [^\s'"\\$]++ | \$ )++""",
    re.VERBOSE | re.DOTALL,
)
PART = re.compile(
    r"""\$'(?P<ansi>(?:[^'\\]|\\.)*)' | '(?P<plain>[^']*)' | "(?P<double>(?:[^"\\]|\\.)*)"
    | \\(?P<escaped>.) | (?P<bare>[^'"\\$]++|\$)""",
    re.VERBOSE | re.DOTALL,
)
ANSI = re.compile(r"\\(?:u([0-9a-fA-F]{1,4})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
ANSI_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class UnreadableError(Exception):
    """The pasted text is unusable; the message has the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """The inputs that were read.

    inputs  without unknown members
    notes   notes for the user
    """

    inputs: Any
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paste:
    """The result of pasting, for the form.

    text     the pasted text
    problem  error message; "" if the form was filled
    """

    text: str
    problem: str = ""
    is_filled: bool = False
    notes: tuple[str, ...] = ()


def read_pasted(text: str, spec: ModelSpec) -> Pasted:
    """Read the inputs in a text.

    Raises  UnreadableError
    """
    document, repairs = read_document(text)
    inputs, notes = open_request(document, spec)
    if repairs:
        notes.append(_("Repaired: %(repairs)s.") % {"repairs": list_plain(repairs)})
    if not isinstance(inputs, dict) and spec.schema.get("type", "object") == "object":
        raise UnreadableError(NO_OBJECT)
    unseen = spec.form.open(inputs).find_unseen()
    if unseen:
        names = list_plain(pointers.last(pointer)[:60] for pointer in unseen[:20])
        notes.append(_("Not supported by this model: %(names)s.") % {"names": names})
    return Pasted(inputs=remove_pointers(inputs, set(unseen)), notes=tuple(notes))


def read_document(text: str) -> tuple[Any, tuple[str, ...]]:
    """Return (JSON, repairs) of a text.

    Raises  UnreadableError
    """
    if not text.strip():
        raise UnreadableError(NOTHING)
    if len(text) > MOST_CHARACTERS:
        raise UnreadableError(TOO_LONG)
    if text.lstrip()[0] in "{[":
        try:
            return read_repaired(text)
        except JSONError as error:
            raise UnreadableError(str(error)) from error
    refused = ""
    for word in [] if HERE_DOCUMENT.search(text) else shell_words(text):
        if word.lstrip().startswith("{"):
            try:
                return read_repaired(word)
            except JSONError as error:
                refused = refused or _("In the command: %(problem)s") % {"problem": error}
    pieces = list(find_pieces(text))
    whole = next((piece for piece in pieces if isinstance(piece, FoundObject)), None)
    if whole is not None:
        return whole.value, ()
    almost = next((each for each in find_almost(text) if not isinstance(each, BrokenObject)), None)
    if almost is not None:
        return almost[0].value, almost[1]
    broken = max(
        (each for each in pieces if isinstance(each, BrokenObject)),
        key=lambda each: each.size,
        default=None,
    )
    raise UnreadableError(refused or (broken.message if broken else NO_JSON))


def open_request(document: Any, spec: ModelSpec) -> tuple[Any, list[str]]:
    """Return the inputs of a request, and notes on the rest; bare inputs unchanged."""
    if isinstance(document, dict) and isinstance(document.get("body"), dict):
        document = document["body"]  # the format of a run's page
    if not isinstance(document, dict) or not isinstance(document.get("input"), dict):
        return document, []
    if "input" in spec.form.names() and "model" not in document:
        return document, []
    notes = []
    model = document.get("model", spec.slug)
    if model != spec.slug:
        notes.append(
            _("The request is for the model %(model)s. Its inputs are used here.")
            % {"model": str(model)[:100]}
        )
    if others := [name for name in document if name not in ("model", "input")]:
        names = list_plain(name[:60] for name in others[:20])
        notes.append(_("Ignored, because they are not inputs: %(names)s.") % {"names": names})
    return document["input"], notes


def remove_pointers(value: Any, unseen: set[str], pointer: str = "") -> Any:
    """Return a value without the members at the pointers `unseen`."""
    if isinstance(value, list):
        return [
            remove_pointers(item, unseen, pointers.child(pointer, n))
            for n, item in enumerate(value)
        ]
    if isinstance(value, dict):
        places = {name: pointers.child(pointer, name) for name in value}
        return {
            name: remove_pointers(item, unseen, places[name])
            for name, item in value.items()
            if places[name] not in unseen
        }
    return value


def shell_words(text: str) -> Iterator[str]:
    """Yield the words of a shell command; supports $'...', as in copied requests."""
    for word in WORD.finditer(text):
        yield "".join(read_part(part) for part in PART.finditer(word[0]))


def read_part(part: re.Match[str]) -> str:
    kind = part.lastgroup or ""
    written = part[kind]
    if kind == "ansi":
        return ANSI.sub(read_ansi, written)
    if kind == "double":
        return re.sub(r'\\([$`"\\]|\n)', lambda found: found[1].strip("\n"), written)
    return "" if kind == "escaped" and written == "\n" else written


def read_ansi(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else ANSI_LETTERS.get(escape[3], escape[3])
