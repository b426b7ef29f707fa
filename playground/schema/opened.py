"""A form with content: drawn, validated and read from one tree of entries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString

from . import pointers
from .drawing.composer import Shown
from .drawing.form import Drawn, draw_form
from .entries.edits import Edit
from .entries.entry import Entry, FileEntry, GroupEntry, walk, walk_present
from .files import DataURIFiles, FileStore
from .kept import Kept
from .messages.error_messages import CrossFieldCheck, Errors, explain
from .reading import budget
from .reading.validator import SchemaValidator
from .translation import language
from .tree.guesses import is_file_address
from .tree.nodes import Files, Lines, Raw, Text
from .values import JSON, Value

_DRAWN = 128  # forms that are kept as they were drawn, some 15 kB each


kept: Kept[Drawn] = Kept(most=_DRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedForm:
    """A form that was opened with a value, or that a browser sent. None of it may be changed.

    value  the JSON value that it was opened with, or that was read from what was sent; ABSENT where
           nothing at all was entered
    entry  what is in the form, every text kept: for validation and reading
    drawn  the same with the edit that was requested: what is drawn
    key    names what the entries were made of: a schema, a language, a value; "" for what was sent
    """

    value: JSON
    entry: Entry
    drawn: Entry
    validator: SchemaValidator
    rules: tuple[CrossFieldCheck, ...] = ()
    key: str = ""

    def draw(
        self,
        errors: Mapping[str, Sequence[str]] | None = None,
        *,
        files: FileStore | None = None,
        changed: Mapping[str, str] | None = None,
        unfolded: bool = False,
    ) -> Drawn:
        """Return the form's controls in pieces, for a page that puts something between them.

        Where nothing but the schema, the language and the value says how it looks, it is kept.

        unfolded  the settings are drawn open
        """
        shown = Shown(unfolded=unfolded, edited=self.edited)
        if self.key and not errors and not changed and not self.has_files:
            return kept.find_or_make((self.key, language(), shown), lambda: self._draw_plain(shown))
        return draw_form(self.drawn, errors or {}, files or DataURIFiles(), changed or {}, shown)

    def _draw_plain(self, shown: Shown) -> Drawn:
        return draw_form(self.drawn, {}, DataURIFiles(), {}, shown)

    @property
    def has_files(self) -> bool:
        """Whether it shows files, which a store finds for the person who reads it."""
        return any(isinstance(each, FileEntry) and each.kept for each in walk(self.drawn))

    def render(
        self,
        errors: Mapping[str, Sequence[str]] | None = None,
        *,
        files: FileStore | None = None,
        changed: Mapping[str, str] | None = None,
    ) -> SafeString:
        """Return the form's controls, as `SchemaForm.render` does."""
        return self.draw(errors, files=files, changed=changed).__html__()

    @property
    def edited(self) -> str:
        """The pointer of the place whose structure was changed last, or ""."""
        return ""

    @budget.for_one_form()
    def validate(self, value: Value) -> Errors:
        """Return {pointer: [message]} for the value of this form; {} means valid.

        value   its own, or one with other texts in some of its places
        Unreadable content is an error, too. Of a union only the chosen branch is validated.
        """
        return explain(self.validator, self.entry, value, self.rules)

    def long_texts(self) -> dict[str, str]:
        """Return {pointer: text} of the texts that are in text areas."""
        areas = find_text_areas(self.entry)
        return {each.place: each.value for each in areas if isinstance(each.value, str)}

    def file_addresses(self) -> dict[str, str]:
        """Return {pointer: text} of what is where the address of a file belongs.

        That is in file controls, in texts that the schema calls addresses of files, and under such
        names in what is written as JSON.
        """
        return {
            pointer: text
            for each in walk_present(self.entry)
            for pointer, text in _addresses_of(each)
        }

    def find_unseen(self) -> list[str]:
        """Return the pointers of what is in the value and that no control of the form shows."""
        return [
            pointers.child(entry.place, key)
            for entry in walk(self.entry)
            if isinstance(entry, GroupEntry) and isinstance(entry.initial, dict)
            for key in entry.initial
            if key not in entry.names()
        ]


@dataclass(frozen=True, kw_only=True)
class Submission(OpenedForm):
    """A form that came back.

    edit    the change of the form that was requested instead of an end of it, or None
    """

    edit: Edit | None

    @property
    def edited(self) -> str:
        return self.edit.pointer if self.edit else ""

    @cached_property
    def errors(self) -> Errors:
        """{pointer: [message]}, the validator's verdict included; {} means valid."""
        return self.validate(self.value)

    @property
    def is_valid(self) -> bool:
        return not self.errors


def find_text_areas(entry: Entry) -> Iterator[Entry]:
    """Yield the text areas of a form."""
    for each in walk_present(entry):
        if isinstance(each.node, Text) and each.node.rows and not each.node.secret:
            yield each


def _addresses_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield (pointer, text) of what is at one place for the address of a file.

    Of a part that is written as JSON, the names in it say so.
    """
    match entry.node:
        case Files() | Text(names_file=True) | Lines(names_files=True):
            yield from ((place, text) for place, text, _, _ in _texts_in(entry.value, entry.place))
        case Raw(name=name):
            for place, text, called, around in _texts_in(entry.value, entry.place, name):
                if is_file_address(called, {}, around):
                    yield place, text


def _texts_in(
    value: Value, place: str, name: str = "", around: str = ""
) -> Iterator[tuple[str, str, str, str]]:
    """Yield (pointer, text, name, name of what holds it) for each text in a value."""
    match value:
        case str():
            yield place, value, name, around
        case list():
            for number, each in enumerate(value):
                yield from _texts_in(each, pointers.child(place, number), name, around)
        case dict():
            for key, each in value.items():
                yield from _texts_in(each, pointers.child(place, key), key, name)
