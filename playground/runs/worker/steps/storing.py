"""The step that stores the outputs of a task."""

import functools
import logging
from datetime import timedelta

from django.utils import timezone

from playground import wake_ups
from playground.media import incoming
from playground.media.content import BrokenFileError
from playground.providers import errors
from playground.providers.protocol import TaskState
from playground.runs import advice, problems, texts
from playground.runs.files import outputs
from playground.runs.files.outputs import Fetched
from playground.runs.models import Output, Run
from playground.runs.worker import clients, housekeeping, leases
from playground.runs.worker.steps.listing import list_outputs
from playground.runs.worker.steps.outcomes import BEFORE_HISTORY, Due, has_waited, retry_later
from playground.runs.worker.steps.side_by_side import Outcome, SideBySide

logger = logging.getLogger(__name__)

# The files of one run: as many as a browser fetches of one server, and first those that are seen.
FETCHED_AT_ONCE = 4
FETCH, STORE = range(2)  # the ranks of what is done for a file

# What is wrong with the service or the storage, and so not with one file alone.
OF_NO_FILE = (errors.Unavailable, incoming.StorageFailedError)

# A task that is called done may name its files later, as one that is not found may be found again.
NO_OUTPUT_PATIENCE = timedelta(days=2)

# A file that cannot be decoded may have been cut off on its way, or its server may be down and
# show a page that says so: it is given up after so many tries, and not sooner than that.
BROKEN_FILE_TRIES = 3
GIVE_UP_BROKEN_FILES = timedelta(hours=1)

# A task that is called done with fewer files than were asked for is looked at again after these.
SHORTAGE_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (20, 60, 300, 900, 900))

# A file that did not come in this time, with ever fresh links, will never come.
GIVE_UP_FETCHING = timedelta(days=7)


def store(run: Run) -> Due:
    """Copy the outputs into our storage, because links of providers expire."""
    has_outputs = run.outputs.exists()
    if run.attempts or not has_outputs:
        try:
            state = renew_links(run)  # the service may have moved, a link expired, been cut short
        except errors.ProviderError as error:
            if not has_outputs:
                return retry_later(run, error)
            logger.warning("No fresh links for run %s: %s", run.pk, error)
        else:
            if not has_outputs and not state.outputs:
                return handle_no_output(run, state)
    trouble = store_outputs(run)
    is_complete = not run.outputs.filter(stored_at=None, problem="").exists()
    return finish(run) if trouble is None or is_complete else retry_later(run, trouble)


def handle_no_output(run: Run, state: TaskState) -> Due:
    """Wait or end where a task is called done and names no file."""
    nothing = problems.NoOutputError(texts.NO_FILE_NAMED, raw=problems.write_raw(state.raw))
    if not has_waited(run, nothing, NO_OUTPUT_PATIENCE):
        return retry_later(run, nothing)
    run.note(stored_at=timezone.now(), **problems.columns_of(run, nothing))
    return timezone.now() + BEFORE_HISTORY


def store_outputs(run: Run) -> Exception | None:
    """Store each missing file; return the error that says when to go on, if any.

    Several are fetched at once. A page shows each picture as soon as it is here, and what is
    stored waits for that.
    """
    missing = list(run.outputs.filter(stored_at=None, problem=""))
    fetch = functools.partial(
        outputs.fetch,
        trusted_origin=clients.base_url_of(run.api_key),
        note_progress=functools.partial(leases.note_progress, run),
    )
    trouble: Exception | None = None
    with SideBySide(min(len(missing), FETCHED_AT_ONCE), discard) as threads:
        for output in missing:
            output.run = run
            threads.begin(FETCH, output, functools.partial(fetch, output))
        for outcome in threads.outcomes():
            trouble = earlier_of(trouble, take(run, outcome, threads))
            leases.note_progress(run)
    return trouble


def take(run: Run, outcome: Outcome, threads: SideBySide) -> Exception | None:
    """Show or store what came of an output; return what went wrong with it."""
    try:
        if outcome.rank == FETCH:
            fetched: Fetched = outcome.unwrap()
            threads.begin(STORE, fetched, functools.partial(outputs.sync, fetched))
            if outputs.show(fetched) and run.note():
                wake_ups.tell_pages()
        else:
            outcome.unwrap()
            outputs.store(outcome.subject)
            run.note()
    except OF_NO_FILE as error:
        return error
    except (errors.FileError, BrokenFileError) as error:
        if is_hopeless(run, output_of(outcome), error):
            output_of(outcome).give_up(error.args[0])
        run.note()
        return error  # the others may come all the same
    except Exception:  # a fault of ours with this file, which must not cost the others
        logger.exception("Output %s could not be stored", output_of(outcome).pk)
        return problems.InternalError(texts.SOMETHING_UNEXPECTED)
    return None


def output_of(outcome: Outcome) -> Output:
    subject: Output | Fetched = outcome.subject
    return subject if isinstance(subject, Output) else subject.output


def discard(outcome: Outcome) -> None:
    """Let go of a file that this step did not come to store; another fetches it again."""
    fetched = outcome.result if outcome.rank == FETCH else outcome.subject
    if outcome.error is None:
        fetched.opened.close()


def earlier_of(one: Exception | None, other: Exception | None) -> Exception | None:
    """Return which of two faults says when to go on.

    That is one of the service or the storage; else the one of a file of which something came.
    """
    if other is None or isinstance(one, OF_NO_FILE):
        return one
    if isinstance(other, OF_NO_FILE):
        return other
    return one if one and getattr(one, "seconds", None) else other


def finish(run: Run) -> Due:
    """Call a run done: all that it gave is stored, or will never come."""
    changes = dict(problems.NONE)
    if missing := run.outputs.exclude(problem="").first():
        changes |= {
            "problem": "output_missing",
            "problem_message": missing.problem,
            "problem_text": missing.problem_text,
        }
    run.note(stored_at=timezone.now(), **changes)
    housekeeping.nudge()
    return timezone.now() + (SHORTAGE_PAUSES[0] if advice.is_short(run) else BEFORE_HISTORY)


def is_hopeless(run: Run, output: Output, error: Exception) -> bool:
    """Whether a file will never come: again and again refused, no picture, or for days not."""
    if has_waited(run, error, GIVE_UP_FETCHING):
        return True
    if not isinstance(error, errors.FileRefused | BrokenFileError):
        return False
    is_often = output.note_broken() >= BROKEN_FILE_TRIES
    return is_often and has_waited(run, error, GIVE_UP_BROKEN_FILES)


def has_more(run: Run) -> bool:
    """Whether a run that gave fewer files than asked for has more of them by now."""
    if not advice.is_short(run):
        return False
    try:
        renew_links(run)
    except errors.ProviderError as error:
        logger.warning("No fresh links for run %s: %s", run.pk, error)
    return run.outputs.filter(stored_at=None, problem="").exists()


def wait_for_more(run: Run) -> Due:
    """Return when a run that gave too few files is looked at again; None where it was enough."""
    looks = run.attempts + 1
    if not advice.is_short(run) or looks >= len(SHORTAGE_PAUSES):
        return None
    run.note(attempts=looks)
    return timezone.now() + SHORTAGE_PAUSES[looks]


def renew_links(run: Run) -> TaskState:
    """Ask for the task once more: a fresh answer may bring fresh links, or more of them.

    Raises  ProviderError
    """
    state = clients.ask_provider(run, lambda provider: provider.status(run.task_id))
    list_outputs(run, state)
    run.note(task_answer=problems.write_answer(state.raw))
    return state
