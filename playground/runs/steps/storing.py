"""The last step that somebody waits for: what the task gave comes into our own storage."""

import logging
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playground.providers import errors
from playground.providers.protocol import TaskState
from playground.runs import files, problems, remote
from playground.runs.content import BrokenFileError
from playground.runs.models import Output, Run
from playground.runs.steps.endings import Due, has_waited, wait

NO_FILE_NAMED = _("Its answer names no file.")

logger = logging.getLogger(__name__)

# A task that is called done may name its files a moment later.
NO_OUTPUT_TRIES = 4

# A file that cannot be decoded may have been cut off on its way, or its server may be down and
# show a page that says so: it is given up after so many tries, and not sooner than that.
BROKEN_FILE_TRIES = 3
GIVE_UP_BROKEN_FILES = timedelta(hours=1)

# A task that is called done with fewer files than were asked for is looked at once more.
SHORTAGE_PAUSE = timedelta(seconds=20)

# A file that did not come in this time, with ever fresh links, will never come.
GIVE_UP_FETCHING = timedelta(days=7)


def list_outputs(run: Run, state: TaskState) -> None:
    """Write down what the task gave; links that came anew replace the earlier ones."""
    Output.objects.bulk_create(
        [
            Output(run=run, position=position, kind=file.kind, source_url=file.url)
            for position, file in enumerate(state.outputs)
        ],
        update_conflicts=True,
        unique_fields=["run", "position"],
        update_fields=["source_url"],
    )


def store(run: Run) -> Due:
    """Copy what the run gave into our storage: the provider's links expire."""
    if run.attempts or not run.outputs.exists():
        renew_links(run)  # the service may have moved, a link expired, or been cut short
    if not run.outputs.exists() and run.attempts < NO_OUTPUT_TRIES:
        return wait(run, problems.NoOutputError(NO_FILE_NAMED))
    trouble: Exception | None = None
    for output in run.outputs.filter(stored_at=None, problem=""):
        try:
            files.store_output(output, trusted_origin=remote.base_url_of(run.api_key))
        except (errors.Unavailable, files.StorageFailedError) as error:
            trouble = error
            break  # the next file would fare no better
        except (errors.FileError, BrokenFileError) as error:
            if is_hopeless(run, output, error):
                output.give_up(str(error))
            trouble = error  # the others may come all the same
        run.note()
    is_complete = not run.outputs.filter(stored_at=None, problem="").exists()
    return finish(run) if trouble is None or is_complete else wait(run, trouble)


def finish(run: Run) -> Due:
    """Call a run done: all that it gave is stored, or will never come."""
    changes = dict(problems.NONE)
    if not run.outputs.exists():
        changes |= {"problem": "no_output", "problem_message": NO_FILE_NAMED}
    elif missing := run.outputs.exclude(problem="").first():
        changes |= {"problem": "output_missing", "problem_message": missing.problem}
    run.note(stored_at=timezone.now(), **changes)
    return timezone.now() + (SHORTAGE_PAUSE if problems.is_short(run) else timedelta(0))


def is_hopeless(run: Run, output: Output, error: Exception) -> bool:
    """Whether a file will never come: again and again refused, no picture, or for days not."""
    if has_waited(run, GIVE_UP_FETCHING):
        return True
    if not isinstance(error, errors.FileRefused | BrokenFileError):
        return False
    return output.note_broken() >= BROKEN_FILE_TRIES and has_waited(run, GIVE_UP_BROKEN_FILES)


def has_more(run: Run) -> bool:
    """Whether a run that gave fewer files than asked for has more of them by now."""
    if not problems.is_short(run):
        return False
    renew_links(run)
    return run.outputs.filter(stored_at=None, problem="").exists()


def renew_links(run: Run) -> None:
    """Ask for the task once more: a fresh answer may bring fresh links, or more of them."""
    try:
        list_outputs(run, remote.provider_for(run.api_key).status(run.task_id))
    except errors.ProviderError as error:
        logger.warning("No fresh links for run %s: %s", run.pk, error)
