"""The tables of this room."""

from playground.runs.models.event import Event, Source
from playground.runs.models.output import Kind, Output, name_original, name_thumbnail
from playground.runs.models.run import FINISHED, NEXT, Run, RunQuerySet, Status
from playground.runs.models.upload import Upload, name_upload, name_upload_thumbnail
from playground.runs.models.worker import Worker

__all__ = [
    "FINISHED",
    "NEXT",
    "Event",
    "Kind",
    "Output",
    "Run",
    "RunQuerySet",
    "Source",
    "Status",
    "Upload",
    "Worker",
    "name_original",
    "name_thumbnail",
    "name_upload",
    "name_upload_thumbnail",
]
