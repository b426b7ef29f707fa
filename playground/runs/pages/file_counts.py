"""Numbers of files in words, by what the files are: "1 video", "3 pictures", "5 files"."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min
from django.utils.formats import localize
from django.utils.translation import ngettext

from playground.catalog.makes import OutputKind
from playground.media.content import MediaKind
from playground.runs.models import Output, OutputQuerySet

COUNTED: dict[str, Callable[[int], str]] = {
    MediaKind.IMAGE: lambda count: ngettext("%(count)s picture", "%(count)s pictures", count),
    MediaKind.VIDEO: lambda count: ngettext("%(count)s video", "%(count)s videos", count),
    MediaKind.AUDIO: lambda count: ngettext("%(count)s sound", "%(count)s sounds", count),
    MediaKind.TEXT: lambda count: ngettext("%(count)s text", "%(count)s texts", count),
    MediaKind.FILE: lambda count: ngettext("%(count)s file", "%(count)s files", count),
}
MADE: dict[str, MediaKind] = {
    OutputKind.PICTURES: MediaKind.IMAGE,
    OutputKind.VIDEOS: MediaKind.VIDEO,
    OutputKind.SOUNDS: MediaKind.AUDIO,
    OutputKind.TEXTS: MediaKind.TEXT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCount:
    """A number of files.

    kind     of all of them; FILE if they are of several
    is_more  whether there are more
    """

    count: int
    kind: str = MediaKind.IMAGE
    is_more: bool = False

    def __str__(self) -> str:
        number = f"{localize(self.count)}+" if self.is_more else localize(self.count)
        return COUNTED[self.kind](self.count) % {"count": number}


def merge_kinds(kinds: Iterable[str]) -> str:
    """Return the kind of files that are all of one; "file" for others, "image" for none."""
    found = set(kinds) or {MediaKind.IMAGE}
    return found.pop() if len(found) == 1 else MediaKind.FILE


def count_files(outputs: OutputQuerySet, most: int) -> FileCount:
    """Count the files of outputs up to a limit, in one query."""
    counted = outputs.values("pk", of=F("file__kind")).order_by()[: most + 1]
    facts = counted.aggregate(n=Count("*"), first=Min("of"), last=Max("of"))
    kind = merge_kinds(filter(None, (facts["first"], facts["last"])))
    return FileCount(count=min(facts["n"], most), kind=kind, is_more=facts["n"] > most)


def count_kinds(kinds: Sequence[str], most: int) -> FileCount:
    """Count files by their kinds, of which there are at most one more than the limit."""
    is_more = len(kinds) > most
    return FileCount(count=min(len(kinds), most), kind=merge_kinds(kinds), is_more=is_more)


def count_listed(outputs: Iterable[Output]) -> FileCount:
    """Count outputs that are loaded with their files."""
    kinds = [each.file.kind if each.file else each.kind for each in outputs]
    return FileCount(count=len(kinds), kind=merge_kinds(kinds))
