"""Writes down the files of a task; a later answer may bring other links, or more files."""

from urllib.parse import urlsplit

from playground.providers.protocol import OutputFile, TaskState
from playground.runs.models import Output, Run
from playground.runs.models.output import is_written_out, shorten


def list_outputs(run: Run, state: TaskState) -> None:
    """Store the list of the task's files; new links replace earlier ones.

    A file is known again by its address without what signs it, wherever it is in the answer;
    one that is not counts as the file at its position, or as one more.
    """
    known = {output.position: output for output in run.outputs.all()}
    places = match_known(known, state.outputs)
    strangers = [file for number, file in enumerate(state.outputs) if number not in places]
    free = [position for position in known if position not in places.values()]
    for number, position in places.items():
        renew(known[position], state.outputs[number])
    for position, file in zip(free, strangers, strict=False):
        renew(known[position], file)
    more = strangers[len(free) :]
    Output.objects.bulk_create(
        [
            Output(run=run, position=position, kind=file.kind, source_url=file.url)
            for position, file in enumerate(more, start=len(known))
        ],
        ignore_conflicts=True,  # another worker may write the same down
    )


def match_known(known: dict[int, Output], files: tuple[OutputFile, ...]) -> dict[int, int]:
    """Return the position that we gave to each file of an answer whose address we know.

    None is known so where addresses differ by their queries alone: those tell the files apart.
    """
    positions = {address_of(output.source_url): position for position, output in known.items()}
    numbers = {address_of(file.url): number for number, file in enumerate(files)}
    if len(positions) < len(known) or len(numbers) < len(files):
        return {}
    return {
        number: positions[address] for address, number in numbers.items() if address in positions
    }


def renew(output: Output, file: OutputFile) -> None:
    if (output.source_url, output.kind) != (file.url, file.kind):
        mine = Output.objects.filter(pk=output.pk, stored_at=None)
        mine.update(source_url=file.url, kind=file.kind)


def address_of(url: str) -> str:
    """Return an address without its query, which signs it again each time; short for a data URI."""
    if is_written_out(url):
        return shorten(url)
    try:
        return urlsplit(url)._replace(query="", fragment="").geturl()
    except ValueError:  # brackets that hold no address
        return url
