"""JSON Schema -> form -> JSON value. Pure: no ORM, no HTTP, no settings."""

from .drawing.context import CHANGE_BACK
from .entries.edits import Action, Edit
from .files import DataURIFiles, FileRefused, FileStore, Preview, check_content
from .form import SchemaForm
from .json_text import JSONError, read_json
from .messages.error_messages import Errors, Rule
from .opened import OpenedForm, Submission
from .outline import Part
from .reading.documents import Note, SchemaError
from .reading.secrets import HIDDEN, hide
from .values import ABSENT, JSON

__all__ = [
    "ABSENT",
    "CHANGE_BACK",
    "HIDDEN",
    "JSON",
    "Action",
    "DataURIFiles",
    "Edit",
    "Errors",
    "FileRefused",
    "FileStore",
    "JSONError",
    "Note",
    "OpenedForm",
    "Part",
    "Preview",
    "Rule",
    "SchemaError",
    "SchemaForm",
    "Submission",
    "check_content",
    "hide",
    "read_json",
]
