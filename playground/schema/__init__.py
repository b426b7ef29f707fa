"""JSON Schema -> form -> JSON value. Pure: no ORM, no HTTP, no settings."""

from .drawing.context import CHANGE_BACK
from .drawing.form import Drawn
from .entries.edits import Edit, EditAction
from .files import DataURIFiles, FileStore, Preview, UploadRefused, check_content
from .form import SchemaForm
from .json_text import JSONError, read_json
from .messages.error_messages import CrossFieldCheck, Errors
from .opened import OpenedForm, Submission
from .outline import OutlinePart
from .reading.documents import Note, SchemaError
from .reading.secrets import HIDDEN, hide
from .values import ABSENT, JSON

__all__ = [
    "ABSENT",
    "CHANGE_BACK",
    "HIDDEN",
    "JSON",
    "CrossFieldCheck",
    "DataURIFiles",
    "Drawn",
    "Edit",
    "EditAction",
    "Errors",
    "FileStore",
    "JSONError",
    "Note",
    "OpenedForm",
    "OutlinePart",
    "Preview",
    "SchemaError",
    "SchemaForm",
    "Submission",
    "UploadRefused",
    "check_content",
    "hide",
    "read_json",
]
