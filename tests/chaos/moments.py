"""The named moments at which a worker can crash."""

from enum import StrEnum


class Moment(StrEnum):
    """A point between two effects of a step; crashing_worker.py defines where each one is."""

    BEFORE_SUBMIT = "before submit"
    CHARGED = "charged"  # and the response is not saved
    TICKET_SAVED = "ticket saved"  # and the lease is not released
    BEFORE_SUCCEEDED = "before succeeded"  # outputs are saved, the run's status is not
    MID_DOWNLOAD = "mid-download"
    SHOWN = "shown"  # pages show a preview, no file is stored
    BETWEEN_FILES = "between files"  # only one of original and thumbnail is stored
    FILES_KEPT = "files kept"  # files are stored, their row is not
    BEFORE_RELEASE = "before release"  # a step is complete, its lease is not released
