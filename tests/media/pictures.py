"""Unusual pictures: animated, rotated, with metadata, colour profiles or extra chunks."""

import io
import struct
import zlib

from PIL import Image, ImageCms, PngImagePlugin


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def animation(kind: str, size: tuple[int, int] = (60, 40)) -> bytes:
    """Return an animation with a red frame and two blue ones."""
    first, *others = (Image.new("RGB", size, colour) for colour in ("red", "blue", "blue"))
    return encode(first, kind, save_all=True, append_images=others, duration=100)


def rotated_photo(orientation: int) -> bytes:
    """Return a JPEG of 60 by 40 pixels with a red left half and an EXIF orientation."""
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 30, 40))
    exif = image.getexif()
    exif[0x0112] = orientation
    return encode(image, "JPEG", exif=exif, quality=95)


SECRET = "anas-secret"


def gradient(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Return a picture of two gradients, in which no two pixels are equal."""
    across = Image.linear_gradient("L").resize(size)
    down = across.transpose(Image.Transpose.ROTATE_90).resize(size)
    return Image.merge("RGB", (across, down, Image.new("L", size, 128))).convert(mode)


def with_chunk(png: bytes, name: bytes, content: bytes, *, check: int | None = None) -> bytes:
    """Return a PNG with another chunk before its pixels; `check` replaces the correct CRC."""
    check = zlib.crc32(name + content) if check is None else check
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
    return png[:33] + chunk + png[33:]


def with_segment(jpeg: bytes, mark: int, content: bytes) -> bytes:
    """Return a JPEG with another segment at its beginning."""
    head = bytes([0xFF, mark]) + (len(content) + 2).to_bytes(2)
    return jpeg[:2] + head + content + jpeg[2:]


def grey_profile(gamma: float) -> bytes:
    """Return an ICC profile of a grey colour space."""
    white = b"".join(struct.pack(">i", round(each * 65536)) for each in (0.9642, 1.0, 0.8249))
    tags = (
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", 5) + b"grey\0" + bytes(78)),
        (b"cprt", b"text\0\0\0\0none\0\0\0\0"),
        (b"wtpt", b"XYZ \0\0\0\0" + white),
        (b"kTRC", b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)),
    )
    index, body, start = b"", b"", 132 + 12 * len(tags)
    for name, content in tags:
        padded = content + bytes(-len(content) % 4)
        index += name + struct.pack(">II", start + len(body), len(padded))
        body += padded
    head = struct.pack(">I", start + len(body)) + b"lcms\x02\x40\0\0mntrGRAYXYZ "
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + white
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + index + body


def with_metadata(kind: str, mode: str = "RGB") -> bytes:
    """Return a picture with the author and the location in all metadata that its kind supports."""
    image, exif, xmp = gradient(mode), Image.Exif(), f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    exif[0x010F], exif[0x9286] = SECRET, SECRET  # maker, comment
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 13.0), 29: SECRET})  # GPS
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, object] = {"exif": exif, "xmp": xmp, "icc_profile": profile}
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", SECRET)
        texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
        texts.add(b"prVt", SECRET.encode())
        options = {"exif": exif, "pnginfo": texts, "icc_profile": profile}
    if kind in {"JPEG", "GIF"}:
        options["comment"] = SECRET
    if kind == "GIF":
        options = {"comment": SECRET}
    return encode(image, kind, **options) + SECRET.encode() + b"<script>PK\3\4"
