"""Converts pictures from their own colour profile to sRGB, as browsers do.

Precedence: an ICC profile (in PNG, cICP first), then cICP, then gamma with chromaticities.
Unreadable metadata, and profiles that do not match the pixels, are ignored.

Source  PNG, third edition, §4.3; ITU-T H.273 (07/2024), tables 2 and 3; ICC.1:2022 §8, §10
"""

import io
import struct
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageCms

from playground.media.color_metadata import ColorMetadata

SRGB = ImageCms.createProfile("sRGB")

D50 = (0.9642, 1.0, 0.8249)
D65 = (0.3127, 0.3290)
P3 = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
BT_709 = (0.640, 0.330, 0.300, 0.600, 0.150, 0.060)
# By the number of the primaries: x and y of white, red, green and blue.
CORNERS: dict[int, tuple[float, ...]] = {
    1: (*D65, *BT_709),
    2: (*D65, *BT_709),  # unspecified
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, *P3),
    12: (*D65, *P3),
}
PQ, HLG, SRGB_CURVE, LINEAR, UNSPECIFIED = 16, 18, 13, 8, 2
# Of broadcasts (1, 6, 14, 15) as a screen shows them, by BT.1886.
GAMMAS = {4: 2.2, 5: 2.8, 1: 2.4, 6: 2.4, 14: 2.4, 15: 2.4}

USUAL_GAMMA = (0.4545, 0.4546)  # written for sRGB
LEAST_GAMMA, MOST_GAMMA = 0.01, 5.0
CURVE_STEPS = 1024
NEAR = 0.002

# Share of the range of PQ and HLG that is white on a web page, in Chromium.
PQ_WHITE, HLG_WHITE = 0.0406, 0.406

type Curve = Callable[[float], float]
type Matrix = tuple[tuple[float, ...], ...]


def into_srgb(image: Image.Image, looks: ColorMetadata) -> Image.Image:
    """Return a picture converted to sRGB (RGB or RGBA), or unchanged in grey.

    image  in one of the modes L, LA, RGB, RGBA, CMYK
    """
    if image.mode in {"LA", "RGBA"}:
        alpha = image.getchannel("A")
        bare = into_srgb(image.convert(image.mode[:-1]), looks)
        bare.putalpha(alpha)
        return bare
    if looks.icc and image.mode in {"L", "RGB", "CMYK"}:
        converted = convert(image, looks.icc)
        if converted:
            return converted
    if image.mode == "CMYK":
        return image.convert("RGB")
    profile = describe_profile(looks)
    if profile is None:
        return image
    is_grey = image.mode == "L"
    converted = convert(image.convert("RGB"), profile) or image
    return converted.convert("L") if is_grey else converted


def convert(image: Image.Image, icc: bytes) -> Image.Image | None:
    """Convert with a profile; None if it is unreadable or has another colour model."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        space = own.profile.xcolor_space.strip()
        if image.mode == "L" and space == "RGB":
            return ImageCms.profileToProfile(image.convert("RGB"), own, SRGB, outputMode="RGB")
        converted = ImageCms.profileToProfile(image, own, SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return converted.convert("L") if converted and image.mode == "L" else converted


def describe_profile(looks: ColorMetadata) -> bytes | None:
    """Return a profile for cICP or gamma; None for sRGB, or without them."""
    if looks.cicp:
        primaries, transfer = looks.cicp
        if transfer in {SRGB_CURVE, UNSPECIFIED} and primaries in {1, 2}:
            return None
        corners, curve = CORNERS.get(primaries), find_curve(transfer)
        return build(corners, transfer, None) if corners and curve else None
    gamma = looks.gamma
    if gamma is None or not LEAST_GAMMA <= gamma <= MOST_GAMMA:
        return None
    corners = looks.corners or CORNERS[1]
    is_usual = USUAL_GAMMA[0] <= gamma <= USUAL_GAMMA[1]
    if is_usual and all(abs(a - b) < NEAR for a, b in zip(corners, CORNERS[1], strict=True)):
        return None
    try:
        return build(corners, 0, gamma)
    except (ArithmeticError, struct.error):  # degenerate chromaticities
        return None


def find_curve(transfer: int) -> Curve | None:
    """Return the transfer function (EOTF), from 0..1 to 0..1."""
    if transfer in GAMMAS:
        return lambda v: float(v ** GAMMAS[transfer])
    curves: dict[int, Curve] = {
        LINEAR: lambda v: v,
        SRGB_CURVE: read_srgb,
        UNSPECIFIED: read_srgb,
        PQ: lambda v: min(read_pq(v) / PQ_WHITE, 1.0),
        HLG: read_hlg,
    }
    return curves.get(transfer)


def read_srgb(value: float) -> float:
    """Return the light of a value by the curve of IEC 61966-2-1."""
    if value <= 0.04045:  # noqa: PLR2004 - below it the curve is a straight line
        return value / 12.92
    return float(((value + 0.055) / 1.055) ** 2.4)


def read_pq(value: float) -> float:
    """Return the light of SMPTE ST 2084, of 10,000 cd/m²."""
    root = value ** (1 / 78.84375)
    return float(
        (max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    )


def read_hlg(value: float) -> float:
    """Return the light of ARIB STD-B67 as a screen of the web shows it."""
    scene = (
        value * value / 3
        if value <= 0.5  # noqa: PLR2004
        else (2.718281828 ** ((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
    )
    return float(min(scene**1.2 / HLG_WHITE, 1.0))


@cache
def build(corners: tuple[float, ...], transfer: int, gamma: float | None) -> bytes:
    """Write an ICC profile of three colours and one curve."""
    if gamma is not None:
        exponent = 1 / gamma
        steps = [(at / (CURVE_STEPS - 1)) ** exponent for at in range(CURVE_STEPS)]
    else:
        curve = find_curve(transfer) or float
        steps = [curve(at / (CURVE_STEPS - 1)) for at in range(CURVE_STEPS)]
    columns = adapt(corners)
    table = b"curv\0\0\0\0" + struct.pack(">I", CURVE_STEPS)
    table += struct.pack(f">{CURVE_STEPS}H", *(round(each * 65535) for each in steps))
    tags = [
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", 4) + b"own\0" + b"\0" * 78),
        (b"cprt", b"text\0\0\0\0none\0\0\0\0"),
        (b"wtpt", write_xyz(D50)),
        *((name, write_xyz(tuple(row[at] for row in columns)))
          for at, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))),
        *((name, table) for name in (b"rTRC", b"gTRC", b"bTRC")),
    ]  # fmt: skip
    return write_profile(tags)


def write_profile(tags: list[tuple[bytes, bytes]]) -> bytes:
    index, body, start = b"", b"", 132 + 12 * len(tags)
    for name, content in tags:
        padded = content + b"\0" * (-len(content) % 4)
        index += name + struct.pack(">II", start + len(body), len(content))
        body += padded
    size = struct.pack(">I", start + len(body))
    head = size + b"lcms\x02\x40\0\0mntrRGB XYZ " + struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    head += b"acsp" + b"\0" * 28 + write_numbers(D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + index + body


def write_xyz(numbers: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + write_numbers(numbers)


def write_numbers(numbers: tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(each * 65536)) for each in numbers)


BRADFORD: Matrix = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)


def adapt(corners: tuple[float, ...]) -> Matrix:
    """Return the matrix from three colours to XYZ under the white of profiles."""
    white, *colours = ((corners[at], corners[at + 1]) for at in range(0, 8, 2))
    columns = [to_xyz(*each) for each in colours]
    plain: Matrix = tuple(zip(*columns, strict=True))
    scales = apply(invert(plain), to_xyz(*white))
    scaled: Matrix = tuple(
        tuple(value * scale for value, scale in zip(row, scales, strict=True)) for row in plain
    )
    before, after = apply(BRADFORD, to_xyz(*white)), apply(BRADFORD, D50)
    gains: Matrix = tuple(
        tuple(after[row] / before[row] if row == column else 0.0 for column in range(3))
        for row in range(3)
    )
    return multiply(multiply(multiply(invert(BRADFORD), gains), BRADFORD), scaled)


def to_xyz(x: float, y: float) -> tuple[float, float, float]:
    return x / y, 1.0, (1 - x - y) / y


def apply(matrix: Matrix, vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def multiply(one: Matrix, other: Matrix) -> Matrix:
    columns = tuple(zip(*other, strict=True))
    return tuple(apply(columns, row) for row in one)


def invert(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    rows = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return tuple(tuple(each / whole for each in row) for row in rows)
