"""The parent and the children of a run, and how their inputs differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from playground.runs.files.uploads import UploadStore
from playground.runs.models import Output, Run
from playground.runs.pages.summary import InputLine, summarize
from playground.runs.pages.word_diff import DiffSegment, diff_words
from playground.schema.lists import list_plain
from playground.teams.models import Membership

MOST_CHILDREN = 6

# Longer and multi-line texts are compared word by word; choices are not.
LONG_TEXT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One input that differs.

    before, after  None if missing
    pieces         word diff of two texts; () if before and after are sufficient
    """

    label: str
    before: InputLine | None
    after: InputLine | None
    pieces: tuple[DiffSegment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A related run, and the differences of the later one of the two."""

    run: Run
    differences: tuple[Difference, ...]

    @property
    def picture(self) -> Output | None:
        """The first output that has a small picture."""
        shown = (each for each in self.run.outputs.all() if each.file and each.file.thumbnail)
        return next(shown, None)

    @property
    def changed(self) -> str:
        """The labels of the differences, as "Prompt, Images"."""
        return list_plain(each.label for each in self.differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The relatives of a run as one person may see them.

    children        the newest runs that were made from it
    children_count  of all of them
    """

    parent: Relative | None
    children: tuple[Relative, ...]
    children_count: int


def read_family(run: Run, membership: Membership) -> Family:
    loaded = Run.objects.visible_to(membership).for_cards()
    store = UploadStore(membership)
    lines = summarize(run, store)
    children = loaded.filter(made_from=run).order_by("-created_at")[:MOST_CHILDREN]
    return Family(
        parent=read_parent(run, membership),
        children=tuple(
            Relative(run=child, differences=tuple(differ(lines, summarize(child, store))))
            for child in children
        ),
        children_count=count_children(run, membership),
    )


def read_parent(run: Run, membership: Membership) -> Relative | None:
    """Return the run that this was made from, if it is visible to the person."""
    if not run.made_from_id:
        return None
    seen = Run.objects.visible_to(membership).for_cards()
    parent = seen.filter(pk=run.made_from_id).first()
    if parent is None:
        return None
    store = UploadStore(membership)
    changes = differ(summarize(parent, store), summarize(run, store))
    return Relative(run=parent, differences=tuple(changes))


def count_children(run: Run, membership: Membership) -> int:
    """Return how many runs that the person sees were made from this one."""
    return Run.objects.visible_to(membership).filter(made_from=run).count()


def differ(before: tuple[InputLine, ...], after: tuple[InputLine, ...]) -> Iterator[Difference]:
    """Yield the differences in the order of the later form; removed inputs come last."""
    old, new = by_label(before), by_label(after)
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        if was != now:
            pieces = diff_words(was.text, now.text) if was and now and are_texts(was, now) else ()
            yield Difference(label=key[0], before=was, after=now, pieces=pieces)


def by_label(lines: tuple[InputLine, ...]) -> dict[tuple[str, int], InputLine]:
    """Key lines by label, and by number for equal labels."""
    keyed: dict[tuple[str, int], InputLine] = {}
    for line in lines:
        number = sum(1 for label, _ in keyed if label == line.label)
        keyed[line.label, number] = line
    return keyed


def are_texts(was: InputLine, now: InputLine) -> bool:
    if was.files or now.files or not (was.text and now.text):
        return False
    return max(len(was.text), len(now.text)) > LONG_TEXT or was.is_prompt or now.is_prompt
