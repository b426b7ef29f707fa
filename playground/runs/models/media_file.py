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

# Middle sizes, between thumbnail and original, by their longer side at most.
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
    """Return the name of a stored file: content hash and a random number per attempt.

    Names are unique for each attempt, so that no deletion removes a file that is being stored.
    """
    return f"{folder_of(file)}/{file.sha256}-{file.attempt}{PurePosixPath(filename).suffix}"


def name_thumbnail(file: "MediaFile", _filename: str) -> str:
    return f"{folder_of(file)}/{file.sha256}-{file.attempt}.thumbnail.webp"


def name_middle_size(file: "MediaFile", size: str) -> str:
    """Return the name of a middle size, which is stored in a separate attempt."""
    return f"{folder_of(file)}/{file.sha256}-{file.attempt}.{size}.webp"


def folder_of(file: "MediaFile") -> str:
    return f"files/{file.workspace_id}/{file.sha256[:2]}"


class StoredFileField(models.FileField):
    """A FileField without `upload_to` in migrations."""

    def deconstruct(self) -> Deconstructed:
        name, path, args, options = as_type_of_django(super().deconstruct(), "FileField")
        return name, path, args, options | {"upload_to": ""}


class MediaFile(models.Model):
    """A stored file, shared by all outputs and uploads of a workspace with its content.

    A row is inserted after its files are stored, and is immutable, except that the worker adds
    middle sizes and the perceptual hash of older files.

    is_sized  whether its middle sizes were made, if it has any
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
    # Of a video its poster frame; blank without ffmpeg, or above the pixel limit.
    thumbnail = StoredFileField(upload_to=name_thumbnail, max_length=200, blank=True)
    # Blank if the original is not larger, in pixels or bytes, and until they are made.
    medium = StoredFileField(
        upload_to=name_middle_size, max_length=200, blank=True, default="", db_default=""
    )
    large = StoredFileField(
        upload_to=name_middle_size, max_length=200, blank=True, default="", db_default=""
    )
    is_sized = models.BooleanField(default=False, db_default=False)
    placeholder = models.TextField(blank=True)
    # The beginning of a text file.
    excerpt = models.TextField(blank=True, default="", db_default="")
    # Whether it has a digital signature, such as Content Credentials, so that inputs cannot be
    # embedded.
    is_signed = models.BooleanField(default=False, db_default=False)
    # See media/perceptual_hash.py: None until it is computed, b"" without enough detail.
    perceptual_hash = models.BinaryField(max_length=50, null=True, blank=True, db_column="likeness")
    created_at = models.DateTimeField(auto_now_add=True)

    # A random number for each attempt to store it, part of the file names.
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
        """Whether browsers can show or play its format."""
        return self.format.is_shown

    @property
    def is_showable(self) -> bool:
        """Whether pages show the file itself: browsers support it, and a picture was decodable."""
        return self.is_playable and (self.kind != MediaKind.IMAGE or bool(self.thumbnail))

    @property
    def note(self) -> str:
        """The reason why pages do not show the file; "" if they do, and for text files."""
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
        """Whether downloads of it contain embedded inputs."""
        return self.content_type in CARRIERS and not self.is_signed

    @property
    def has_holes(self) -> bool:
        """Whether it has transparent parts; then it has no placeholder."""
        return self.kind == MediaKind.IMAGE and bool(self.thumbnail) and not self.placeholder

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height of its placeholder box on pages."""
        return dimensions.frame(self.width or 1, self.height or 1)

    @property
    def thumbnail_width(self) -> int:
        """In pixels, of a thumbnail at its current size."""
        return self.width_within(THUMBNAIL_SIDE)

    def width_within(self, side: int) -> int:
        """Return the width of a copy whose longer side has at most `side` pixels."""
        width, height = self.width or 1, self.height or 1
        return min(width, round(side * width / max(width, height)))
