"""Error messages about files; see `playground/texts.py`."""

from playground.texts import kept

NO_PICTURE = kept("no_picture", "This is not a JPEG, PNG, WebP, GIF, AVIF or HEIC picture.")
NO_VIDEO = kept("no_video", "This is not a video that can be read here.")
NO_SOUND = kept("no_sound", "This is not a sound that can be read here.")
NO_TEXT = kept("no_text", "This is not a text that can be read here.")
NO_FILE = kept("no_file", "This is not a file that can be read here.")
NOT_FOR_BROWSERS = kept("not_for_browsers", "This is not a video that browsers can play.")

PICTURE_DAMAGED = kept("picture_damaged", "This picture is damaged or cut off.")
VIDEO_DAMAGED = kept("video_damaged", "This video is damaged or cut off.")
VIDEO_UNPLAYABLE = kept(
    "video_unplayable", "This video cannot be played: it is damaged or of an unknown kind."
)
SOUND_UNPLAYABLE = kept(
    "sound_unplayable", "This sound cannot be played: it is damaged or of an unknown kind."
)
NO_FFMPEG = kept("no_ffmpeg", "Videos and sounds cannot be uploaded here: ffmpeg is not installed.")

PICTURE_IN_PIECES = kept(
    "picture_in_pieces", "This picture is made of too many pieces. Save it again and retry."
)
PICTURE_IN_STEPS = kept(
    "picture_in_steps", "This picture is built in too many steps. Save it again and retry."
)
ANIMATION_TOO_LONG = kept(
    "animation_too_long",
    "This animation is too long: the limit is %(frames)s frames, and %(pixels)s million pixels "
    "in all of them.",
)
SIDE_TOO_LONG = kept(
    "side_too_long",
    "This picture has %(width)s × %(height)s pixels; the limit for its longer side is %(most)s.",
)
TOO_MANY_PIXELS = kept(
    "too_many_pixels",
    "This picture has %(pixels)s million pixels; the limit is %(most)s million.",
)
GROWN_TOO_LARGE = kept(
    "grown_too_large",
    "This file has %(size)s MB once its metadata is removed; the limit is %(most)s MB. Make it "
    "smaller first.",
)
FILE_EMPTY = kept("file_empty", "This file is empty.")
FILE_TOO_LARGE = kept("upload_too_large", "This file has %(size)s MB; the limit is %(most)s MB.")

NO_ROOM = kept("no_room", "There is no space left to store files.")
NO_STORAGE = kept("no_storage", "The file storage is not responding.")
STORED_TOO_SLOWLY = kept("stored_too_slowly", "The file could not be stored in time.")
