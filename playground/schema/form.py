"""A JSON Schema as a form: opened with a value, drawn as HTML, parsed to a value."""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.utils.safestring import SafeString

from . import pointers
from .drawing import fields
from .entries import edits
from .entries.building import start_building
from .entries.context import Builder
from .entries.edits import Edit, EditAction
from .entries.entry import At, Entry, KeptFile
from .entries.sources import PostSource, ValueSource
from .files import DataURIFiles, FileStore
from .messages.error_messages import CrossFieldCheck, Errors
from .opened import OpenedForm, Submission, find_text_areas
from .outline import OutlinePart, outline
from .reading import budget
from .reading.documents import Document, Note, SchemaError, read_document
from .reading.lint import find_notes
from .reading.repairs import repair
from .reading.secrets import HIDDEN, find_secrets, has_secrets, hide
from .reading.validator import SchemaValidator
from .translation import gettext as _
from .translation import language
from .tree.compiling import compile_document
from .tree.nodes import Fixed, Group, Node
from .tree.titles import find_place
from .values import ABSENT, FRESH, JSON, Schema, Value

_COMPILED = 512  # schemas, each language counted


@dataclass(frozen=True, kw_only=True)
class _Compiled:
    """A schema as a tree of nodes in one language, and the two forms that no value changes.

    has_secrets  whether some part of it is never to be shown
    """

    document: Document
    validator: SchemaValidator
    root: Node
    has_secrets: bool
    notes: tuple[Note, ...]

    @cached_property
    def fresh(self) -> Entry:
        """The form that is opened without a value."""
        return self.open(FRESH)

    @cached_property
    def untouched(self) -> Entry:
        """The form that is opened with what a fresh one amounts to."""
        value = self.fresh.value
        return self.fresh if value is ABSENT else self.open(value)

    @budget.for_one_form()
    def open(self, initial: Value) -> Entry:
        return self.build(start_building(ValueSource(), DataURIFiles()), initial)

    def build(self, builder: Builder, initial: Value) -> Entry:
        """Return what is in the whole form; each tree of entries is built here."""
        return builder.build(self.root, At("", "", initial))


@lru_cache(maxsize=_COMPILED)
@budget.for_one_form()
def _compile(text: str, language: str) -> _Compiled:
    """Return the form of a schema; its texts are in the language of the moment, given here."""
    document = read_document(text, language)
    nullable = '"nullable"' in text
    mended = tuple(repair(document, SchemaValidator(document.schema, nullable=nullable)))
    validator = SchemaValidator(document.schema, nullable=nullable)
    root = compile_document(document, validator)
    notes = (*document.notes, *mended, *find_notes(document, validator))
    return _Compiled(
        document=document,
        validator=validator,
        root=root,
        has_secrets=has_secrets(document),
        notes=notes,
    )


class SchemaForm:
    """A form for the values of one schema; immutable, and nearly free for a schema seen before.

    It uses the active language, also if it is cached between requests.

    schema  a JSON Schema of draft 2020-12; older drafts and OpenAPI's `nullable` are read too
    rules   checks across fields that JSON Schema cannot say
    Raises  SchemaError where the document is no schema at all
    """

    __slots__ = ("_rules", "_text")

    def __init__(self, schema: Schema, rules: Sequence[CrossFieldCheck] = ()) -> None:
        try:
            self._text = json.dumps(schema, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise SchemaError(_("A JSON Schema can only contain JSON.")) from error
        try:
            _compile(self._text, language())
        except RecursionError as error:
            raise SchemaError(_("This JSON Schema is nested too deeply.")) from error
        self._rules = tuple(rules)

    @property
    def _compiled(self) -> _Compiled:
        return _compile(self._text, language())

    @property
    def digest(self) -> str:
        """SHA-256 of the schema, however its keys are ordered."""
        return self._compiled.document.digest

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes for the author of the schema."""
        return self._compiled.notes

    def initial(self) -> JSON:
        """Return the value that an untouched form amounts to."""
        return copy.deepcopy(self._compiled.fresh.value)

    @property
    def untouched(self) -> OpenedForm:
        """The form that is opened with the value of `initial`; kept, as all of it is frozen."""
        return self._opened(self._compiled.untouched, self._compiled.fresh.value, "untouched")

    def open(self, value: Value = ABSENT) -> OpenedForm:
        """Return the form with a value in it, to be drawn, validated and read from one tree.

        value   any JSON value, valid or not; ABSENT for a new form with the schema's defaults
        """
        if value is ABSENT:
            return self._opened(self._compiled.fresh, self._compiled.fresh.value, "fresh")
        return self._opened(self._compiled.open(value), value, "opened")

    def render(
        self,
        value: Value | OpenedForm = ABSENT,
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
        opened = value if isinstance(value, OpenedForm) else self.open(value)
        return opened.render(errors, files=files, changed=changed)

    @budget.for_one_form()
    def parse(
        self, data: Any, initial: Value = ABSENT, *, files: FileStore | None = None
    ) -> Submission:
        """Read what a browser sent.

        data     a QueryDict or MultiValueDict of texts, uploads beside them under the same names
        initial  the value that the form was opened with
        """
        store = files or DataURIFiles()
        source = PostSource(data=data)
        builder = start_building(source, store)
        entry = self._compiled.build(builder, FRESH if initial is ABSENT else initial)
        edit = edits.read_edit(source)
        if edit is None and builder.switched:  # picked, but what was picked was not shown yet
            edit = Edit(action=EditAction.PICK, pointer=builder.switched[0])
        return Submission(
            value=entry.value,
            entry=entry,
            drawn=edits.apply(entry, edit, store) if edit else entry,
            validator=self._compiled.validator,
            rules=self._rules,
            edit=edit,
        )

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
        return fields.draw_kept(pointers.decode(name), KeptFile(value=value, token=value), files)

    def text_areas(self) -> tuple[str, ...]:
        """Return the pointers of the text areas that an untouched form has."""
        return tuple(each.place for each in find_text_areas(self._compiled.fresh))

    def parts(self) -> tuple[Node, ...]:
        """Return the places of an object where something can be entered; () where it is none."""
        root = self._compiled.root
        children = root.children if isinstance(root, Group) else ()
        return tuple(each for each in children if not (isinstance(each, Fixed) or each.read_only))

    @budget.for_one_form()
    def title_of(self, pointer: str, value: Value = ABSENT) -> str:
        """Return the title of a place.

        value  what the whole form holds: where a part has several shapes, it says which one
        A row of a list is numbered from 1. A key that the form does not know is called by its
        words.
        """
        return find_place(self._compiled.root, pointer, value).title

    def names(self) -> frozenset[str]:
        """Return the names of an object's parts, those included that a condition adds."""
        return frozenset(find_place(self._compiled.root, "").names())

    @budget.for_one_form()
    def outline(self, value: JSON, hidden: str = HIDDEN) -> OutlinePart:
        """Return a value to be read: parts in the form's order, with its titles, secrets hidden."""
        root = find_place(self._compiled.root, "", value)
        return outline(root, self.secrets(value), hidden)

    @budget.for_one_form()
    def validate(self, value: JSON) -> Errors:
        """Return {pointer: [message]} for a value; {} means valid."""
        return self.open(value).validate(value)

    @budget.for_one_form()
    def secrets(self, value: JSON) -> frozenset[str]:
        """Return the pointers of secret values, which are never shown."""
        compiled = self._compiled
        if not compiled.has_secrets:
            return frozenset()
        return frozenset(find_secrets(compiled.document, compiled.validator, value))

    def hide_secrets(self, value: JSON, instead: str = HIDDEN) -> JSON:
        """Return a value with a word in place of each part that is never to be shown."""
        return hide(value, self.secrets(value), instead=instead)

    def _opened(self, entry: Entry, value: Value, how: str) -> OpenedForm:
        return OpenedForm(
            value=value,
            entry=entry,
            drawn=entry,
            validator=self._compiled.validator,
            rules=self._rules,
            key=_name_content(self._text, how, value),
        )


def _name_content(text: str, how: str, value: Value) -> str:
    """Return a name for a form's content in the language of the moment; "" where there is none.

    text  the schema
    how   it was opened
    """
    try:
        content = json.dumps([text, language(), how, None if value is ABSENT else value])
    except (TypeError, ValueError, RecursionError):
        return ""
    return hashlib.sha256(content.encode()).hexdigest()
