"""The moments at which a worker can be made to die."""

from enum import StrEnum


class Moment(StrEnum):
    """A named place between two effects of a step; mortal_worker.py knows where each one is."""

    BEFORE_SUBMIT = "before submit"
    CHARGED = "charged"  # and the answer not saved
    TICKET_SAVED = "ticket saved"  # and the lease not given back
    BEFORE_SUCCEEDED = "before succeeded"  # the outputs are listed, the run does not say so
    MID_DOWNLOAD = "mid-download"
    SHOWN = "shown"  # pages show a picture, and nothing of it is stored
    BETWEEN_FILES = "between files"  # one of original and thumbnail is stored, the other is not
    FILES_KEPT = "files kept"  # and no row says so
    BEFORE_RELEASE = "before release"  # any step, done in full but for its lease
