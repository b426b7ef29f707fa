"""Titles and helps of common fields of generation models.

A title is used if the schema has none, or the same in English; a help if the schema has no
description.
"""

import re
from dataclasses import dataclass

from playground.schema.names import spaced
from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop

_SEPARATORS = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownField:
    """A common field.

    help     "" if the title is enough
    missing  error message for a blank value; "" for the general one
    """

    title: str
    help: str = ""
    missing: str = ""


_PROMPT = KnownField(
    title=gettext_noop("Prompt"),
    help=gettext_noop("Describe the result that you want."),
    missing=gettext_noop("Enter a prompt"),
)
_NEGATIVE = KnownField(
    title=gettext_noop("Negative prompt"),
    help=gettext_noop("Describe what the result should not contain."),
    missing=gettext_noop("Enter a negative prompt"),
)
_SEED = KnownField(
    title=gettext_noop("Seed"),
    help=gettext_noop("The same seed with the same settings gives a similar result."),
)
_STEPS = KnownField(
    title=gettext_noop("Steps"),
    help=gettext_noop("More steps take longer and can add detail."),
)
_GUIDANCE = KnownField(
    title=gettext_noop("Guidance scale"),
    help=gettext_noop("How closely the result follows the prompt. Higher is closer."),
)
_RATIO = KnownField(title=gettext_noop("Aspect ratio"))
_IMAGES = KnownField(title=gettext_noop("Number of images"))
_OUTPUTS = KnownField(title=gettext_noop("Number of results"))
_STRENGTH = KnownField(
    title=gettext_noop("Strength"),
    help=gettext_noop("How much the input is changed. Higher changes more."),
)
_FORMAT = KnownField(title=gettext_noop("Output format"))
_TEMPERATURE = KnownField(
    title=gettext_noop("Temperature"),
    help=gettext_noop("Higher values make the results more varied."),
)

_FIELDS: dict[str, KnownField] = {
    "prompt": _PROMPT,
    "text_prompt": _PROMPT,
    "negative_prompt": _NEGATIVE,
    "seed": _SEED,
    **dict.fromkeys(("steps", "num_steps", "inference_steps", "num_inference_steps"), _STEPS),
    **dict.fromkeys(("guidance", "guidance_scale", "cfg", "cfg_scale"), _GUIDANCE),
    **dict.fromkeys(("aspect_ratio", "ratio"), _RATIO),
    "width": KnownField(title=gettext_noop("Width")),
    "height": KnownField(title=gettext_noop("Height")),
    "size": KnownField(title=gettext_noop("Size")),
    "image_size": KnownField(title=gettext_noop("Image size")),
    "resolution": KnownField(title=gettext_noop("Resolution")),
    **dict.fromkeys(("num_images", "number_of_images", "image_count"), _IMAGES),
    **dict.fromkeys(("num_outputs", "number_of_outputs", "num_samples"), _OUTPUTS),
    "max_images": KnownField(title=gettext_noop("Max images")),
    "batch_size": KnownField(
        title=gettext_noop("Batch size"),
        help=gettext_noop("How many results are made at the same time."),
    ),
    "quality": KnownField(title=gettext_noop("Quality")),
    "output_quality": KnownField(title=gettext_noop("Output quality")),
    **dict.fromkeys(("strength", "prompt_strength", "denoising_strength"), _STRENGTH),
    **dict.fromkeys(("output_format", "image_format", "format"), _FORMAT),
    "style": KnownField(title=gettext_noop("Style")),
    "watermark": KnownField(title=gettext_noop("Watermark")),
    "duration": KnownField(title=gettext_noop("Duration")),
    "fps": KnownField(title=gettext_noop("Frames per second")),
    "num_frames": KnownField(title=gettext_noop("Number of frames")),
    "scheduler": KnownField(title=gettext_noop("Scheduler")),
    "sampler": KnownField(title=gettext_noop("Sampler")),
    "model": KnownField(title=gettext_noop("Model")),
    "image": KnownField(title=gettext_noop("Image")),
    "images": KnownField(title=gettext_noop("Images")),
    "video": KnownField(title=gettext_noop("Video")),
    "audio": KnownField(title=gettext_noop("Audio")),
    "mask": KnownField(title=gettext_noop("Mask")),
    "background": KnownField(title=gettext_noop("Background")),
    "text": KnownField(title=gettext_noop("Text"), missing=gettext_noop("Enter text")),
    "lyrics": KnownField(title=gettext_noop("Lyrics"), missing=gettext_noop("Enter lyrics")),
    "voice": KnownField(title=gettext_noop("Voice")),
    "language": KnownField(title=gettext_noop("Language")),
    "speed": KnownField(title=gettext_noop("Speed")),
    "temperature": _TEMPERATURE,
    "max_tokens": KnownField(title=gettext_noop("Max tokens")),
}


def folded(text: str) -> str:
    """Normalise the spelling of a name: "num_images" and "numImages" become "numimages"."""
    return _SEPARATORS.sub("", text).lower()


_KNOWN = {folded(name): field for name, field in _FIELDS.items()}


def find_known(name: str) -> KnownField | None:
    return _KNOWN.get(folded(name))


def known_title(name: str, title: str) -> str:
    """Return the translated title of a known field; "" if it is unknown or to be kept.

    title  the schema's title, "" for none. It is replaced only if it is the field's name, or the
        usual title in English and there is a translation
    """
    known = find_known(name)
    if known is None:
        return ""
    translated = _(known.title)
    if not title:
        return translated
    same = folded(title) in {folded(name), folded(known.title)}
    return translated if same and translated != known.title else ""


def words_of_name(name: str) -> str:
    """Return a name as words inside a text: "negative prompt", translated if known."""
    known = find_known(name)
    translated = _(known.title) if known else ""
    return translated if known and translated != known.title else spaced(name)
