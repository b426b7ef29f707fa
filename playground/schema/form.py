"""A JSON Schema as a form: opened with a value, drawn as HTML, read back as a value."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString

from . import pointers
from .drawing import fields
from .drawing.form import draw_form
from .entries import edits
from .entries.building import start_building
from .entries.edits import Action, Edit
from .entries.entry import At, Entry, GroupEntry, Kept, walk, walk_present
from .entries.sources import Opened, Posted
from .files import DataURIFiles, FileStore
from .messages.verdict import Errors, Rule, explain
from .outline import Part, outline
from .reading import budget
from .reading.documents import Document, Note, SchemaError, read_document
from .reading.lint import find_notes
from .reading.repairs import mend
from .reading.secrets import HIDDEN, find_secrets, has_secrets, hide
from .reading.validator import Judge
from .tree.compiling import compile_document
from .tree.guesses import is_file_address
from .tree.nodes import Files, Fixed, Group, Lines, Node, Raw, Text
from .tree.titles import find_place
from .values import ABSENT, FRESH, JSON, Schema, Value

_COMPILED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form that came back.

    value   the JSON value, or ABSENT where nothing at all was entered
    errors  {pointer: [message]}, the validator's verdict included; {} means valid
    edit    the change of the form that was asked for instead of an end of it, or None
    entry   the content of the form, every text kept and the edit applied: to draw it again
    sent    the same without the edit, as the value and the errors are
    """

    value: JSON
    errors: Errors
    edit: Edit | None
    entry: Entry
    sent: Entry

    @property
    def is_valid(self) -> bool:
        return not self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    document: Document
    judge: Judge
    root: Node
    has_secrets: bool
    notes: tuple[Note, ...]


@lru_cache(maxsize=_COMPILED)
@budget.for_one_form()
def _compile(text: str) -> _Compiled:
    document = read_document(text)
    nullable = '"nullable"' in text
    mended = tuple(mend(document, Judge(document.schema, nullable=nullable)))
    judge = Judge(document.schema, nullable=nullable)
    root = compile_document(document, judge)
    notes = (*document.notes, *mended, *find_notes(document, judge))
    return _Compiled(
        document=document,
        judge=judge,
        root=root,
        has_secrets=has_secrets(document),
        notes=notes,
    )


class SchemaForm:
    """A form for the values of one schema; immutable, and nearly free for a schema seen before.

    schema  a JSON Schema of draft 2020-12; older drafts and OpenAPI's `nullable` are read too
    rules   checks across fields that JSON Schema cannot say
    Raises  SchemaError where the document is no schema at all
    """

    __slots__ = ("_compiled", "_rules")

    def __init__(self, schema: Schema, rules: Sequence[Rule] = ()) -> None:
        try:
            text = json.dumps(schema, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise SchemaError("A JSON Schema is made of JSON alone.") from error
        try:
            self._compiled = _compile(text)
        except RecursionError as error:
            raise SchemaError("This JSON Schema is nested too deeply.") from error
        self._rules = tuple(rules)

    @property
    def digest(self) -> str:
        """SHA-256 of the schema, however its keys are ordered."""
        return self._compiled.document.digest

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the schema's author should know."""
        return self._compiled.notes

    def initial(self) -> JSON:
        """Return the value that an untouched form amounts to."""
        return self._open(ABSENT).value

    def render(
        self,
        value: Value | Submission = ABSENT,
        errors: Mapping[str, Sequence[str]] | None = None,
        *,
        files: FileStore | None = None,
        changed: Mapping[str, str] | None = None,
    ) -> SafeString:
        """Return the form's controls, without a <form> tag.

        value   any JSON value, valid or not; a Submission to draw just what was sent, with its
                edit applied; ABSENT for a new form with the schema's defaults
        errors  {pointer: [message]}, shown where they belong
        changed  {pointer: what stood there}, "" for nothing, where it is to be marked so; each mark
                has a button that sends its pointer under CHANGE_BACK
        """
        entry = value.entry if isinstance(value, Submission) else self._open(value)
        return draw_form(entry, errors or {}, files or DataURIFiles(), changed or {})

    @budget.for_one_form()
    def parse(
        self, data: Any, initial: Value = ABSENT, *, files: FileStore | None = None
    ) -> Submission:
        """Read what a browser sent.

        data     a QueryDict or MultiValueDict of texts, uploads beside them under the same names
        initial  the value that the form was opened with
        """
        store = files or DataURIFiles()
        source = Posted(data=data)
        opened = FRESH if initial is ABSENT else initial
        builder = start_building(source, store)
        entry = builder.build(self._compiled.root, At("", "", opened))
        errors = explain(self._compiled.judge, entry, entry.value, self._rules)
        edit = edits.read_edit(source)
        if edit is None and builder.switched:  # picked, but what was picked was not shown yet
            edit = Edit(action=Action.PICK, pointer=builder.switched[0])
        drawn = edits.apply(entry, edit, store) if edit else entry
        return Submission(value=entry.value, errors=errors, edit=edit, entry=drawn, sent=entry)

    @staticmethod
    def keep_file(
        name: str, upload: Any, *, accept: str, kind: str, files: FileStore
    ) -> SafeString:
        """Store one upload ahead of its form; return its item for the control's list.

        name          of the file control in the form
        accept, kind  what the control takes
        Raises        FileRefused
        """
        value = files.keep(upload, accept, kind)
        return fields.draw_kept(pointers.decode(name), Kept(value=value, token=value), files)

    def long_texts(self, value: Value | Submission) -> dict[str, str]:
        """Return {pointer: text} of the texts in text areas."""
        entry = value.entry if isinstance(value, Submission) else self._open(value)
        return {
            each.place: each.value
            for each in walk_present(entry)
            if isinstance(each.node, Text) and each.node.rows and not each.node.secret
            if isinstance(each.value, str)
        }

    def text_areas(self) -> tuple[str, ...]:
        """Return the pointers of the text areas that an untouched form has."""
        return tuple(
            each.place
            for each in walk_present(self._open(ABSENT))
            if isinstance(each.node, Text) and each.node.rows and not each.node.secret
        )

    def parts(self) -> tuple[Node, ...]:
        """Return the places of an object where something can be entered; () where it is none."""
        root = self._compiled.root
        children = root.children if isinstance(root, Group) else ()
        return tuple(each for each in children if not (isinstance(each, Fixed) or each.read_only))

    @budget.for_one_form()
    def title_of(self, pointer: str, value: Value = ABSENT) -> str:
        """Return what the form calls a place.

        value  what the whole form holds: where a part has several shapes, it says which one
        A row of a list is numbered from 1. A key that the form does not know is called by its
        words.
        """
        return find_place(self._compiled.root, pointer, value).title

    def names(self) -> frozenset[str]:
        """Return the names of an object's parts, those included that a condition adds."""
        return frozenset(find_place(self._compiled.root, "").names())

    @budget.for_one_form()
    def outline(self, value: JSON, hidden: str = HIDDEN) -> Part:
        """Return a value to be read: parts in the form's order, with its titles, secrets hidden."""
        root = find_place(self._compiled.root, "", value)
        return outline(root, self.secrets(value), hidden)

    @budget.for_one_form()
    def validate(self, value: JSON) -> Errors:
        """Return {pointer: [message]} for a value; {} means valid."""
        entry = self._open(value) if value is not ABSENT else self._open(ABSENT)
        return explain(self._compiled.judge, entry, value, self._rules)

    def judge(self, submission: Submission, value: JSON) -> Errors:
        """Return what is wrong with a form of which another value is used than was typed.

        value   with other texts in some of its places
        Unlike `validate`, it also says what cannot be read in the form, and of a union it judges
        the kind that was chosen.
        """
        return explain(self._compiled.judge, submission.sent, value, self._rules)

    def file_addresses(self, value: Value | Submission) -> dict[str, str]:
        """Return {pointer: text} of what is entered where the address of a file belongs.

        That is in file controls, in texts that the schema calls addresses of files, and under such
        names in what is written as JSON.
        """
        entry = value.sent if isinstance(value, Submission) else self._open(value)
        return {
            pointer: text for each in walk_present(entry) for pointer, text in _addresses_of(each)
        }

    @budget.for_one_form()
    def secrets(self, value: JSON) -> frozenset[str]:
        """Return the pointers of what a value holds that is never to be shown: passwords."""
        compiled = self._compiled
        if not compiled.has_secrets:
            return frozenset()
        return frozenset(find_secrets(compiled.document, compiled.judge, value))

    def hide_secrets(self, value: JSON, instead: str = HIDDEN) -> JSON:
        """Return a value with a word in place of each part that is never to be shown."""
        return hide(value, self.secrets(value), instead=instead)

    def find_unseen(self, value: JSON) -> list[str]:
        """Return the pointers of what is in a value and that no control of its form would show."""
        return [
            pointers.child(entry.place, key)
            for entry in walk(self._open(value))
            if isinstance(entry, GroupEntry) and isinstance(entry.initial, dict)
            for key in entry.initial
            if key not in entry.names()
        ]

    @budget.for_one_form()
    def _open(self, value: Value) -> Entry:
        opened = FRESH if value is ABSENT else value
        builder = start_building(Opened(), DataURIFiles())
        return builder.build(self._compiled.root, At("", "", opened))


def _addresses_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield (pointer, text) of what one place holds as the address of a file.

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
