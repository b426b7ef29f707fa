import uuid
from pathlib import PurePosixPath

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.columns import Deconstructed, as_type_of_django
from playground.media import dimensions
from playground.media.content import THUMBNAIL_SIDE, Format, MediaKind, find_kept_format
from playground.teams.models import Workspace

# Copies between the thumbnail and the original, by the longer side that they have at most.
MIDDLE_SIZES = {"medium": 768, "large": 1_536}

CARRIERS = {"image/jpeg", "image/png", "image/webp"}
FILE_FIELDS = ("original", "thumbnail", *MIDDLE_SIZES)
TOO_LARGE = gettext_lazy(
    "This picture is too large to be shown here (%(width)s × %(height)s pixels)."
)
KIND_WORDS = {
    MediaKind.IMAGE: gettext_lazy("picture"),
    MediaKind.VIDEO: gettext_lazy("video"),
    MediaKind.AUDIO: gettext_lazy("sound"),
    MediaKind.TEXT: gettext_lazy("text"),
    MediaKind.FILE: gettext_lazy("file"),
}
NOT_SHOWN = {
    MediaKind.IMAGE: gettext_lazy("Browsers do not show %(name)s pictures."),
    MediaKind.VIDEO: gettext_lazy("Browsers do not play %(name)s videos."),
    MediaKind.AUDIO: gettext_lazy("Browsers do not play %(name)s sounds."),
    MediaKind.FILE: gettext_lazy("Pages do not show %(name)s files."),
}


def name_original(file: "MediaFile", filename: str) -> str:
    """Name a stored file by its content and by the attempt to store it.

    No two attempts share a name: so no name is ever deleted that another is just storing.
    """
    return f"{folder_of(file)}/{file.sha256}-{file.attempt}{PurePosixPath(filename).suffix}"


def name_thumbnail(file: "MediaFile", _filename: str) -> str:
    return f"{folder_of(file)}/{file.sha256}-{file.attempt}.thumbnail.webp"


def name_middle_size(file: "MediaFile", size: str) -> str:
    """Name a larger copy of a picture; it is stored in an attempt of its own."""
    return f"{folder_of(file)}/{file.sha256}-{file.attempt}.{size}.webp"


def folder_of(file: "MediaFile") -> str:
    return f"files/{file.workspace_id}/{file.sha256[:2]}"


class StoredFileField(models.FileField):
    """A file whose name is made by code, which no migration has to know."""

    def deconstruct(self) -> Deconstructed:
        name, path, args, options = as_type_of_django(super().deconstruct(), "FileField")
        return name, path, args, options | {"upload_to": ""}


class MediaFile(models.Model):
    """One content that is stored in a workspace, once, however many outputs and uploads have it.

    A row is written when its files are in place; nothing about it changes afterwards, but that
    the worker draws its middle sizes, and tells of an older one what it looks like.

    is_sized  whether its middle sizes are drawn, those of them that it has
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=MediaKind)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    is_animated = models.BooleanField(default=False)
    duration_seconds = models.FloatField(null=True, blank=True)
    original = StoredFileField(upload_to=name_original, max_length=200)
    # Of a video its poster; blank where there is none: without ffmpeg, or beyond the pixel limit.
    thumbnail = StoredFileField(upload_to=name_thumbnail, max_length=200, blank=True)
    # Blank where the original is no larger, in pixels or bytes, and while they are not drawn.
    medium = StoredFileField(
        upload_to=name_middle_size, max_length=200, blank=True, default="", db_default=""
    )
    large = StoredFileField(
        upload_to=name_middle_size, max_length=200, blank=True, default="", db_default=""
    )
    is_sized = models.BooleanField(default=False, db_default=False)
    placeholder = models.TextField(blank=True)
    # How a text begins.
    excerpt = models.TextField(blank=True, default="", db_default="")
    # Whether it carries a signature over its bytes, as Content Credentials, so that nothing can be
    # put into it.
    is_signed = models.BooleanField(default=False, db_default=False)
    # See media/perceptual_hash.py: None until it is computed, b"" where there is little to see.
    perceptual_hash = models.BinaryField(max_length=50, null=True, blank=True, db_column="likeness")
    created_at = models.DateTimeField(auto_now_add=True)

    # A random number for each attempt to store it: part of the names, and kept there alone.
    attempt = ""

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "perceptual_hash"], name="media_file_likeness"),
            models.Index(
                fields=["created_at"],
                condition=Q(perceptual_hash__isnull=True),
                name="media_file_not_looked_at",
            ),
            models.Index(
                fields=["created_at"], condition=Q(is_sized=False), name="media_file_not_sized"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sha256"], name="media_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.sha256[:12]}"

    @property
    def stored_names(self) -> list[str]:
        """The names of its files in the storage."""
        fields = (getattr(self, name) for name in FILE_FIELDS)
        return [field.name for field in fields if field.name]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.original.name or "").suffix

    @property
    def format(self) -> Format:
        return find_kept_format(self.content_type, self.kind, self.suffix)

    @property
    def kind_words(self) -> str:
        """The kind of file within a sentence: "picture"."""
        return str(KIND_WORDS[MediaKind(self.kind)])

    @property
    def is_playable(self) -> bool:
        """Whether browsers know files of its format."""
        return self.format.is_shown

    @property
    def is_showable(self) -> bool:
        """Whether pages show the file itself: browsers know it, and a picture could be decoded."""
        return self.is_playable and (self.kind != MediaKind.IMAGE or bool(self.thumbnail))

    @property
    def note(self) -> str:
        """The reason why pages do not show the file; "" if they do, and for a text."""
        if self.is_showable or self.kind == MediaKind.TEXT:
            return ""
        if not self.is_playable:
            name = self.suffix.removeprefix(".").upper()
            words = NOT_SHOWN[MediaKind(self.kind)]
            return str(words % {"name": name})
        if self.width and self.height:
            size = {"width": self.width, "height": self.height}
            return (
                _("This picture is too large to be shown here (%(width)s × %(height)s pixels).")
                % size
            )
        return _("This picture cannot be shown here: it could not be decoded.")

    @property
    def carries_inputs(self) -> bool:
        """Whether a download of it has its inputs put into it."""
        return self.content_type in CARRIERS and not self.is_signed

    @property
    def has_holes(self) -> bool:
        """Whether parts of it can be seen through: such a picture has no placeholder."""
        return self.kind == MediaKind.IMAGE and bool(self.thumbnail) and not self.placeholder

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height of the box that a page holds for it."""
        return dimensions.frame(self.width or 1, self.height or 1)

    @property
    def thumbnail_width(self) -> int:
        """In pixels, of a thumbnail as they are made today."""
        return self.width_within(THUMBNAIL_SIDE)

    def width_within(self, side: int) -> int:
        """Return how wide a copy is whose longer side has `side` pixels at most."""
        width, height = self.width or 1, self.height or 1
        return min(width, round(side * width / max(width, height)))
