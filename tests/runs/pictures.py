"""Pictures out of the ordinary, made at need."""

import io

from PIL import Image, ImageCms, PngImagePlugin


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def moving(kind: str, size: tuple[int, int] = (60, 40)) -> bytes:
    """Return an animation that is red at first and then blue."""
    first, *others = (Image.new("RGB", size, colour) for colour in ("red", "blue", "blue"))
    return encode(first, kind, save_all=True, append_images=others, duration=100)


def turned(orientation: int) -> bytes:
    """Return a JPEG of 60 by 40 pixels, its left half red, whose EXIF data ask for a turn."""
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 30, 40))
    exif = image.getexif()
    exif[0x0112] = orientation
    return encode(image, "JPEG", exif=exif, quality=95)


MARK = "anas-secret"


def scene(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Return a soft picture, no two places of which are alike."""
    across = Image.linear_gradient("L").resize(size)
    down = across.transpose(Image.Transpose.ROTATE_90).resize(size)
    return Image.merge("RGB", (across, down, Image.new("L", size, 128))).convert(mode)


def talkative(kind: str, mode: str = "RGB") -> bytes:
    """Return a picture that tells where it was taken, and by whom, wherever its kind can."""
    image, exif, said = scene(mode), Image.Exif(), f"<x:xmpmeta>{MARK}</x:xmpmeta>".encode()
    exif[0x010F], exif[0x9286] = MARK, MARK  # maker, comment
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 13.0), 29: MARK})  # GPS
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, object] = {"exif": exif, "xmp": said, "icc_profile": profile}
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", MARK)
        texts.add_itxt("XML:com.adobe.xmp", said.decode())
        texts.add(b"prVt", MARK.encode())
        options = {"exif": exif, "pnginfo": texts, "icc_profile": profile}
    if kind in {"JPEG", "GIF"}:
        options["comment"] = MARK
    if kind == "GIF":
        options = {"comment": MARK}
    return encode(image, kind, **options) + MARK.encode() + b"<script>PK\3\4"
