"""Character sets of regular expressions, as ranges of code points.

Source: ECMA-262, "Patterns"; Unicode properties from RE2's tables
"""

from collections.abc import Iterable
from functools import lru_cache

import re2

type Ranges = tuple[tuple[int, int], ...]  # sorted, disjoint, both ends inclusive

LAST = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)


def unite(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the ranges sorted and merged."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def negate(ranges: Ranges) -> Ranges:
    found, after = [], 0
    for low, high in ranges:
        if low > after:
            found.append((after, low - 1))
        after = high + 1
    if after <= LAST:
        found.append((after, LAST))
    return tuple(found)


def are_apart(one: Ranges, other: Ranges) -> bool:
    """Return whether two sets are disjoint."""
    return not any(low <= top and bottom <= high for low, high in one for bottom, top in other)


def of_characters(text: str) -> Ranges:
    return unite((ord(letter), ord(letter)) for letter in text)


def without_surrogates(ranges: Ranges) -> Ranges:
    """Return a set without surrogates, which no validated text contains."""
    low, high = _SURROGATES
    return negate(unite((*negate(ranges), (low, high))))


ANY: Ranges = ((0, LAST),)
LINE_ENDS = of_characters("\n\r\u2028\u2029")
DIGITS: Ranges = ((0x30, 0x39),)
WORD = unite([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
SPACE = unite(
    [*of_characters("\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"),
     (0x2000, 0x200A)]
)  # fmt: skip
_ESCAPES = {"d": DIGITS, "w": WORD, "s": SPACE}


def of_escape(letter: str) -> Ranges:
    r"""Return the set of \d, \w, \s, \D, \W or \S."""
    found = _ESCAPES[letter.lower()]
    return found if letter.islower() else negate(found)


_CATEGORIES = {
    "Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll",
    "Titlecase_Letter": "Lt", "Modifier_Letter": "Lm", "Other_Letter": "Lo",
    "Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc",
    "Enclosing_Mark": "Me",
    "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl",
    "Other_Number": "No",
    "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
    "Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
    "Final_Punctuation": "Pf", "Other_Punctuation": "Po",
    "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk",
    "Other_Symbol": "So",
    "Separator": "Z", "Space_Separator": "Zs", "Line_Separator": "Zl",
    "Paragraph_Separator": "Zp",
    "Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs",
    "Private_Use": "Co", "Unassigned": "Cn",
}  # fmt: skip
_SHORT = frozenset(_CATEGORIES.values())
_SCRIPTS = {  # ISO 15924, for scripts in modern use; RE2 has only the long names
    "Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Bopo": "Bopomofo",
    "Brai": "Braille", "Cans": "Canadian_Aboriginal", "Cher": "Cherokee", "Copt": "Coptic",
    "Qaac": "Coptic", "Cyrl": "Cyrillic", "Deva": "Devanagari", "Ethi": "Ethiopic",
    "Geor": "Georgian", "Grek": "Greek", "Gujr": "Gujarati", "Guru": "Gurmukhi",
    "Hang": "Hangul", "Hani": "Han", "Hebr": "Hebrew", "Hira": "Hiragana", "Kana": "Katakana",
    "Khmr": "Khmer", "Knda": "Kannada", "Laoo": "Lao", "Latn": "Latin", "Mlym": "Malayalam",
    "Mong": "Mongolian", "Mymr": "Myanmar", "Orya": "Oriya", "Sinh": "Sinhala",
    "Syrc": "Syriac", "Taml": "Tamil", "Telu": "Telugu", "Thaa": "Thaana", "Thai": "Thai",
    "Tibt": "Tibetan", "Yiii": "Yi", "Zinh": "Inherited", "Qaai": "Inherited",
    "Zyyy": "Common",
}  # fmt: skip
_BINARY: dict[str, Ranges] = {
    "Any": ANY,
    "ASCII": ((0, 0x7F),),
    "ASCII_Hex_Digit": unite([(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
    "White_Space": negate(unite([*negate(unite([*SPACE, (0x85, 0x85)])), (0xFEFF, 0xFEFF)])),
}
_BINARY |= {"AHex": _BINARY["ASCII_Hex_Digit"], "space": _BINARY["White_Space"]}


@lru_cache(maxsize=512)
def of_property(text: str) -> Ranges | None:
    r"""Return the set of \p{text}; None if it is unknown."""
    name, sign, value = text.partition("=")
    if not sign:
        return _BINARY.get(name) or _of_binary(name) or _of_category(name)
    if name in {"General_Category", "gc"}:
        return _of_category(value)
    if name in {"Script", "sc"}:
        return _of_class(rf"\p{{{_SCRIPTS.get(value, value)}}}") if value.isidentifier() else None
    return None


def _of_binary(name: str) -> Ranges | None:
    if name == "Assigned":
        return negate(_unassigned())
    return None


def _of_category(name: str) -> Ranges | None:
    short = _CATEGORIES.get(name, name)
    match short if short in _SHORT else "":
        case "":
            return None
        case "LC":
            return _of_class(r"[\p{Lu}\p{Ll}\p{Lt}]")
        case "Cn":
            return _unassigned()
        case "C":
            return _of_class(r"[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}]")
        case "Cs":
            return (_SURROGATES,)
        case _:
            return _of_class(rf"\p{{{short}}}")


def _unassigned() -> Ranges:
    named = _of_class(r"[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cc}\p{Cf}\p{Co}]") or ()
    return negate(unite((*named, _SURROGATES)))


def _of_class(written: str) -> Ranges | None:
    """Return the set of an RE2 class, by matching it against every character."""
    options = re2.Options()
    options.log_errors = False
    try:
        regex = re2.compile(f"{written}+".encode(), options)
    except re2.error:
        return None
    every = _every_character()
    runs = [every[slice(*found.span())].decode() for found in regex.finditer(every)]
    return unite((ord(run[0]), ord(run[-1])) for run in runs)


@lru_cache(maxsize=1)
def _every_character() -> bytes:
    low, high = _SURROGATES
    return "".join(map(chr, (*range(low), *range(high + 1, LAST + 1)))).encode()
