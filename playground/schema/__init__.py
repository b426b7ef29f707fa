"""JSON Schema -> form -> JSON value. Pure: no ORM, no HTTP, no settings."""

from .documents import Note, SchemaError
from .draw import CHANGE_BACK
from .edits import Action, Edit
from .files import DataURIFiles, FileRefused, FileStore, Preview, check_content
from .form import SchemaForm, Submission
from .values import ABSENT, JSON, JSONError, read_json
from .verdict import Errors, Rule

__all__ = [
    "ABSENT",
    "CHANGE_BACK",
    "JSON",
    "Action",
    "DataURIFiles",
    "Edit",
    "Errors",
    "FileRefused",
    "FileStore",
    "JSONError",
    "Note",
    "Preview",
    "Rule",
    "SchemaError",
    "SchemaForm",
    "Submission",
    "check_content",
    "read_json",
]
