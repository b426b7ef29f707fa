"""The card of a run on the board: its progress, its outputs or its problem."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playground.catalog.inputs import fill_defaults
from playground.media import dimensions
from playground.media.content import MediaKind
from playground.runs.models import Output, Run, Status
from playground.runs.pages import tile_shapes
from playground.runs.pages.explanation import Explanation, explain, is_free
from playground.runs.pages.file_counts import MADE, FileCount, merge_kinds
from playground.runs.pages.tile_shapes import TileGrid

MOST_PLACES = 15
COUNTS = ("n", "num_images")  # inputs with the number of pictures; the first one wins
GROUPED = "sequential_image_generation"  # an input that is "auto" for grouped generation
USUAL_GROUP = 4  # assumed size of a group if the model decides

MOST_FACTS = 2
FACT_LENGTH = 12

# Aspect ratios of outputs without a picture.
BARE = {
    MediaKind.AUDIO: (3, 1),
    MediaKind.TEXT: (3, 2),
    MediaKind.FILE: (1, 1),
    MediaKind.VIDEO: (16, 9),
}

ON_ITS_WAY = {
    MediaKind.IMAGE: _("A picture is on its way"),
    MediaKind.VIDEO: _("A video is on its way"),
    MediaKind.AUDIO: _("A sound is on its way"),
    MediaKind.TEXT: _("A text is on its way"),
    MediaKind.FILE: _("A file is on its way"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTile:
    """A picture of a run, or its placeholder.

    number  from 1, within the run
    """

    output: Output
    number: int
    ratio: int

    @property
    def bare(self) -> str:
        """The kind of an output without a picture; "" for others."""
        file = self.output.file
        return "" if file is None or file.thumbnail else file.kind


@dataclass(frozen=True, kw_only=True)
class Card:
    """A run as displayed. Values are cached, because templates read them several times.

    usual_seconds  usual duration of similar runs; None if unknown, or if it is finished
    is_large       among the newest, which are shown large
    """

    run: Run
    usual_seconds: float | None
    is_large: bool = True

    @property
    def explanation(self) -> Explanation | None:
        return explain(self.run)

    @property
    def has_pictures(self) -> bool:
        """Whether it has or will have outputs; a finished run without any is shown as a line."""
        return self.run.status == Status.SUCCEEDED and bool(self.outputs)

    @property
    def can_be_dismissed(self) -> bool:
        """Whether it ended without outputs, so that it can be dismissed from the board."""
        return self.run.status in {Status.FAILED, Status.CANCELLED}

    @cached_property
    def outputs(self) -> list[Output]:
        """The outputs that are not in the trash."""
        return [output for output in self.run.outputs.all() if not output.trashed_at]

    @cached_property
    def kept(self) -> list[Output]:
        """Its stored outputs."""
        return [output for output in self.outputs if output.file and output.stored_at]

    @property
    def download(self) -> Output | None:
        """Its file, if it has exactly one."""
        return self.kept[0] if len(self.kept) == 1 else None

    @property
    def is_free(self) -> bool:
        return is_free(self.run)

    @property
    def is_shown_large(self) -> bool:
        """Whether it is among the newest and has pictures."""
        return self.has_pictures and self.run.is_settled

    @property
    def tiles(self) -> list[CardTile]:
        return [
            CardTile(
                output=output,
                number=output.position + 1,
                ratio=tile_shapes.step(100 * divide(size_of(output, self.expected_shape))),
            )
            for output in self.outputs
        ]

    @cached_property
    def block(self) -> TileGrid:
        """The grid of its pictures: actual, or expected by its inputs."""
        if not self.has_pictures:
            return self.expected_block
        sizes = [size_of(output, self.expected_shape) for output in self.outputs]
        mean = sum(divide(size) for size in sizes) / len(sizes)
        return tile_shapes.block_of(round(1000 * mean), 1000, len(sizes))

    @cached_property
    def expected_block(self) -> TileGrid:
        return tile_shapes.block_of(*self.expected_shape, len(self.expected_pictures))

    @property
    def tint(self) -> int:
        return tile_shapes.tint_of(self.run.headline)

    @property
    def elapsed_seconds(self) -> int:
        return max(0, round((timezone.now() - self.run.created_at).total_seconds()))

    @property
    def usual(self) -> int:
        """The usual duration of such runs in seconds; 0 if it is unknown."""
        return max(1, round(self.usual_seconds)) if self.usual_seconds else 0

    @property
    def is_late(self) -> bool:
        return bool(self.usual) and self.elapsed_seconds > self.usual

    @cached_property
    def facts(self) -> list[str]:
        """The short input values of sizes: "16:9", "2k"."""
        values = [self.inputs.get(name) for name in dimensions.NAMES]
        texts = [text for text in values if isinstance(text, str) and 0 < len(text) <= FACT_LENGTH]
        return list(dict.fromkeys(texts))[:MOST_FACTS]

    @property
    def picture_count(self) -> int:
        return len(self.run.outputs.all()) or len(self.expected_pictures)

    @property
    def file_count(self) -> FileCount:
        """Its files in words; before they are there, what its model makes."""
        kinds = [each.file.kind for each in self.run.outputs.all() if each.file]
        return FileCount(count=self.picture_count, kind=merge_kinds(kinds or [self.expected_kind]))

    @property
    def expected_kind(self) -> MediaKind:
        return MADE.get(self.run.spec.makes, MediaKind.FILE)

    @property
    def waiting_words(self) -> str:
        """What the place of an expected file says to a screen reader."""
        return str(ON_ITS_WAY[self.expected_kind])

    @property
    def held_count(self) -> int:
        """The number of placeholders on an open page, also if fewer pictures arrived."""
        return max(len(self.run.outputs.all()), len(self.expected_pictures))

    @property
    def spare_places(self) -> range:
        return range(self.held_count - len(self.run.outputs.all()))

    @property
    def expected_pictures(self) -> range:
        """The number of pictures that the inputs request, for placeholders."""
        return range(min(count_expected(self.inputs), MOST_PLACES))

    @cached_property
    def expected_shape(self) -> tuple[int, int]:
        """Width and height in pixels of a placeholder, if an input names a shape."""
        return dimensions.frame(*find_ratio(self.inputs).as_integer_ratio())

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """The inputs with the schema's defaults."""
        return fill_defaults(self.run.spec.schema, self.run.inputs)


def divide(size: tuple[int, int]) -> float:
    return size[0] / size[1]


def size_of(output: Output, expected: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of an output, or of its placeholder."""
    file = output.file
    if file is None:
        return output.preview_size or expected
    if file.width and file.height:
        return file.width, file.height
    return BARE.get(MediaKind(file.kind), expected)


def count_expected(inputs: dict[str, Any]) -> int:
    """Return the expected number of pictures; for a group, the maximum."""
    asked = next(filter(None, (read_count(inputs.get(name)) for name in COUNTS)), 1)
    if inputs.get(GROUPED) != "auto":
        return asked
    options = inputs.get(f"{GROUPED}_options")
    limit = read_count(options.get("max_images")) if isinstance(options, dict) else None
    return limit or (asked if asked > 1 else USUAL_GROUP)


def read_count(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def find_ratio(inputs: dict[str, Any]) -> Fraction:
    """Return the aspect ratio in the inputs, under any name; 1 by default."""
    if ratio := dimensions.read_requested_shape(inputs).shape.ratio:
        return ratio
    shapes = (dimensions.read_shape(text) for text in inputs.values() if isinstance(text, str))
    return next((shape.ratio for shape in shapes if shape and shape.ratio), Fraction(1))
