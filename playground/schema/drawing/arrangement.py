"""The layout of a form: prompt and media files first, short choices (pills), settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from playground.schema.entries.entry import Entry, FileEntry, GroupEntry, Leaf
from playground.schema.tree.guesses import leads, words_of
from playground.schema.tree.nodes import Files, Fixed, Group, Switch, Text

from .companions import place_companions
from .pills import Pill, find_pills

_MEDIA = ("image", "video", "audio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The fields of an object by layout area.

    text      the main text field: the prompt
    files     image, video and audio fields drawn in the box of that text
    first     required fields without an answer, which are never folded
    pills     short choices
    settings  all other fields; folded if anything is drawn above them
    advanced  advanced fields, drawn last
    """

    text: Leaf | None
    files: tuple[FileEntry, ...]
    first: tuple[Entry, ...]
    pills: tuple[tuple[Pill, Leaf], ...]
    settings: tuple[Entry, ...]
    advanced: tuple[Entry, ...]

    @property
    def folds(self) -> bool:
        return self.text is not None or bool(self.pills)


def arrange(entry: GroupEntry) -> Arrangement:
    """Sort the fields of an object by layout area; groups named by the schema stay together."""
    plain, advanced = place_companions(entry.children)
    node = entry.node
    assert isinstance(node, Group)  # noqa: S101 - entries and nodes go together
    grouped = {name for section in node.sections for name in section.names}
    free = [each for each in plain if each.node.name not in grouped]
    text = _find_text(free)
    files = [each for each in (*free, *advanced) if text and _is_media(each)]
    files.sort(key=lambda each: "mask" in words_of(each.node.name))
    pills = find_pills(free)
    taken = {id(text), *(id(each) for each in files), *(id(leaf) for _, leaf in pills)}
    left = [each for each in plain if id(each) not in taken]
    folds = text is not None or bool(pills)
    first = [each for each in left if folds and _needs_answer(each)
             and each.node.name not in grouped]  # fmt: skip
    taken |= {id(each) for each in first}
    return Arrangement(
        text=text,
        files=tuple(each for each in files if isinstance(each, FileEntry)),
        first=tuple(first),
        pills=tuple(pills),
        settings=tuple(each for each in left if id(each) not in taken),
        advanced=tuple(each for each in advanced if id(each) not in taken),
    )


def _find_text(entries: Sequence[Entry]) -> Leaf | None:
    """Return the main text field: the prompt, else the first required multi-line text."""
    areas = [
        each
        for each in entries
        if isinstance(each, Leaf) and isinstance(each.node, Text) and each.node.rows
        if not (each.node.secret or each.node.read_only)
    ]
    needed = (each for each in areas if each.node.required)
    return next((each for each in areas if _leads(each)), None) or next(needed, None)


def _leads(entry: Entry) -> bool:
    node = entry.node
    return leads(node.name, {"description": node.help}, required=node.required)


def _is_media(entry: Entry) -> bool:
    node = entry.node
    if not (isinstance(entry, FileEntry) and isinstance(node, Files)) or node.read_only:
        return False
    return node.kind in _MEDIA or any(f"{kind}/" in node.accept for kind in _MEDIA)


def _needs_answer(entry: Entry) -> bool:
    node = entry.node
    always_answers = isinstance(node, Fixed | Switch) or bool(node.default) or node.read_only
    return node.required and not always_answers
