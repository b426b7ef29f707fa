"""The tables of this room."""

from playground.media.content import MediaKind
from playground.runs.models.created import runs_created
from playground.runs.models.draft import Draft
from playground.runs.models.ended import run_ended
from playground.runs.models.event import Event, EventSource
from playground.runs.models.media_file import MediaFile, name_original, name_thumbnail
from playground.runs.models.output import Output, OutputQuerySet
from playground.runs.models.pending_file import PendingFile
from playground.runs.models.preset import Preset
from playground.runs.models.queues import QUEUES, Claim
from playground.runs.models.run import Run
from playground.runs.models.run_queryset import RunQuerySet
from playground.runs.models.status import FINISHED, NEXT, Status
from playground.runs.models.upload import Upload
from playground.runs.models.worker import Worker

__all__ = [
    "FINISHED",
    "NEXT",
    "QUEUES",
    "Claim",
    "Draft",
    "Event",
    "EventSource",
    "MediaFile",
    "MediaKind",
    "Output",
    "OutputQuerySet",
    "PendingFile",
    "Preset",
    "Run",
    "RunQuerySet",
    "Status",
    "Upload",
    "Worker",
    "name_original",
    "name_thumbnail",
    "run_ended",
    "runs_created",
]
