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

_COMPILED = 512  # cached schemas; one for each language


@dataclass(frozen=True, kw_only=True)
class _Compiled:
    """A schema compiled to a tree of nodes in one language, and its two cached forms.

    has_secrets  whether any part is secret
    """

    document: Document
    validator: SchemaValidator
    root: Node
    has_secrets: bool
    notes: tuple[Note, ...]

    @cached_property
    def fresh(self) -> Entry:
        """The form opened without a value."""
        return self.open(FRESH)

    @cached_property
    def untouched(self) -> Entry:
        """The form opened with the value of a fresh form."""
        value = self.fresh.value
        return self.fresh if value is ABSENT else self.open(value)

    @budget.for_one_form()
    def open(self, initial: Value) -> Entry:
        return self.build(start_building(ValueSource(), DataURIFiles()), initial)

    def build(self, builder: Builder, initial: Value) -> Entry:
        """Build the tree of entries; every form is built here."""
        return builder.build(self.root, At("", "", initial))


@lru_cache(maxsize=_COMPILED)
@budget.for_one_form()
def _compile(text: str, language: str) -> _Compiled:
    """Compile a schema; `language`, the active one, is a part of the cache key."""
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
    """A form for the values of one schema; immutable, and cached by schema and language.

    It always uses the active language, also if one object serves several requests.

    schema  a JSON Schema, draft 2020-12; older drafts and OpenAPI's `nullable` are accepted
    rules   checks across fields that JSON Schema cannot express
    Raises  SchemaError if the document is not a schema
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
        """SHA-256 of the schema with sorted keys."""
        return self._compiled.document.digest

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes for the author of the schema."""
        return self._compiled.notes

    def initial(self) -> JSON:
        """Return the value of an untouched form."""
        return copy.deepcopy(self._compiled.fresh.value)

    @property
    def untouched(self) -> OpenedForm:
        """The form opened with the value of `initial`; cached, as it is immutable."""
        return self._opened(self._compiled.untouched, self._compiled.fresh.value, "untouched")

    def open(self, value: Value = ABSENT) -> OpenedForm:
        """Open the form with a value.

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

        value    any JSON value, valid or not; a Submission to render what was sent, with its
                 edit applied; ABSENT for a new form with the schema's defaults
        errors   {pointer: [message]}, shown at their fields
        changed  {pointer: previous value, "" for none} of fields to mark as changed; each mark
                 has a button that sends the pointer as CHANGE_BACK
        """
        opened = value if isinstance(value, OpenedForm) else self.open(value)
        return opened.render(errors, files=files, changed=changed)

    @budget.for_one_form()
    def parse(
        self, data: Any, initial: Value = ABSENT, *, files: FileStore | None = None
    ) -> Submission:
        """Parse the POST data of a form.

        data     a QueryDict or MultiValueDict of texts and uploads
        initial  the value that the form was opened with
        """
        store = files or DataURIFiles()
        source = PostSource(data=data)
        builder = start_building(source, store)
        entry = self._compiled.build(builder, FRESH if initial is ABSENT else initial)
        edit = edits.read_edit(source)
        if edit is None and builder.switched:  # the picked branch was not rendered yet
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
        """Store one upload before the form is sent; render its item in the control's list.

        name          name of the file control
        accept, kind  types that the control accepts
        Raises        UploadRefused
        """
        value = files.keep(upload, accept, kind)
        return fields.draw_kept(pointers.decode(name), KeptFile(value=value, token=value), files)

    def text_areas(self) -> tuple[str, ...]:
        """Return the pointers of the text areas of an untouched form."""
        return tuple(each.place for each in find_text_areas(self._compiled.fresh))

    def parts(self) -> tuple[Node, ...]:
        """Return the editable properties of an object; () if the schema is not an object."""
        root = self._compiled.root
        children = root.children if isinstance(root, Group) else ()
        return tuple(each for each in children if not (isinstance(each, Fixed) or each.read_only))

    @budget.for_one_form()
    def title_of(self, pointer: str, value: Value = ABSENT) -> str:
        """Return the title of a field.

        value  value of the whole form, which decides the branches of unions
        Rows of a list are numbered from 1. The title of an unknown key is its words.
        """
        return find_place(self._compiled.root, pointer, value).title

    def names(self) -> frozenset[str]:
        """Return the names of an object's properties, including those that conditions add."""
        return frozenset(find_place(self._compiled.root, "").names())

    @budget.for_one_form()
    def outline(self, value: JSON, hidden: str = HIDDEN) -> OutlinePart:
        """Return a value for reading: in the form's order, with its titles, without secrets."""
        root = find_place(self._compiled.root, "", value)
        return outline(root, self.secrets(value), hidden)

    @budget.for_one_form()
    def validate(self, value: JSON) -> Errors:
        """Return {pointer: [message]} for a value; {} means valid."""
        return self.open(value).validate(value)

    @budget.for_one_form()
    def secrets(self, value: JSON) -> frozenset[str]:
        """Return the pointers of secret values."""
        compiled = self._compiled
        if not compiled.has_secrets:
            return frozenset()
        return frozenset(find_secrets(compiled.document, compiled.validator, value))

    def hide_secrets(self, value: JSON, instead: str = HIDDEN) -> JSON:
        """Return a value with each secret replaced by a word."""
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
    """Return the cache key of an opened form in the active language; "" for none.

    text  JSON text of the schema
    how   how it was opened: "fresh", "untouched" or "opened"
    """
    try:
        content = json.dumps([text, language(), how, None if value is ABSENT else value])
    except (TypeError, ValueError, RecursionError):
        return ""
    return hashlib.sha256(content.encode()).hexdigest()
