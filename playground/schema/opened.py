"""A form with content: rendered, validated and read from one tree of entries."""

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

_DRAWN = 128  # cached HTML forms, some 15 kB each


kept: Kept[Drawn] = Kept(most=_DRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedForm:
    """A form opened with a value, or sent by a browser. Immutable.

    value  the JSON value that it was opened with or that was sent; ABSENT if nothing was entered
    entry  the tree of entries, for validation and reading
    drawn  the tree with the requested edit applied, for rendering
    key    cache key of schema, language and value; "" for a sent form
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
        """Render the form's controls in pieces, between which a page can insert its own HTML.

        The result is cached if it depends only on schema, language and value.

        unfolded  the settings section is open
        """
        shown = Shown(unfolded=unfolded, edited=self.edited)
        if self.key and not errors and not changed and not self.has_files:
            return kept.find_or_make((self.key, language(), shown), lambda: self._draw_plain(shown))
        return draw_form(self.drawn, errors or {}, files or DataURIFiles(), changed or {}, shown)

    def _draw_plain(self, shown: Shown) -> Drawn:
        return draw_form(self.drawn, {}, DataURIFiles(), {}, shown)

    @property
    def has_files(self) -> bool:
        """Whether it shows stored files, whose previews depend on the user."""
        return any(isinstance(each, FileEntry) and each.kept for each in walk(self.drawn))

    def render(
        self,
        errors: Mapping[str, Sequence[str]] | None = None,
        *,
        files: FileStore | None = None,
        changed: Mapping[str, str] | None = None,
    ) -> SafeString:
        """Render the form's controls, like `SchemaForm.render`."""
        return self.draw(errors, files=files, changed=changed).__html__()

    @property
    def edited(self) -> str:
        """The pointer of the last structural edit, or ""."""
        return ""

    @budget.for_one_form()
    def validate(self, value: Value) -> Errors:
        """Validate the value of this form; return {pointer: [message]}, {} if valid.

        value   the form's value, or a copy with some texts replaced
        Unreadable content is an error. Of a union only the chosen branch is validated.
        """
        return explain(self.validator, self.entry, value, self.rules)

    def long_texts(self) -> dict[str, str]:
        """Return {pointer: text} of the text areas."""
        areas = find_text_areas(self.entry)
        return {each.place: each.value for each in areas if isinstance(each.value, str)}

    def file_addresses(self) -> dict[str, str]:
        """Return {pointer: text} of the values that should be URLs of files.

        They are in file controls, in texts that the schema describes as file URLs, and under
        names like "image_url" in JSON text.
        """
        return {
            pointer: text
            for each in walk_present(self.entry)
            for pointer, text in _addresses_of(each)
        }

    def find_unseen(self) -> list[str]:
        """Return the pointers of values that no control shows."""
        return [
            pointers.child(entry.place, key)
            for entry in walk(self.entry)
            if isinstance(entry, GroupEntry) and isinstance(entry.initial, dict)
            for key in entry.initial
            if key not in entry.names()
        ]


@dataclass(frozen=True, kw_only=True)
class Submission(OpenedForm):
    """A form sent by a browser.

    edit    the edit of the form's structure that was requested, or None
    """

    edit: Edit | None

    @property
    def edited(self) -> str:
        return self.edit.pointer if self.edit else ""

    @cached_property
    def errors(self) -> Errors:
        """{pointer: [message]}, including validation errors; {} if valid."""
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
    """Yield (pointer, text) of the file URLs in one entry.

    In JSON text they are found by the names of the properties.
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
    """Yield (pointer, text, name, name of its container) for each text in a value."""
    match value:
        case str():
            yield place, value, name, around
        case list():
            for number, each in enumerate(value):
                yield from _texts_in(each, pointers.child(place, number), name, around)
        case dict():
            for key, each in value.items():
                yield from _texts_in(each, pointers.child(place, key), key, name)
