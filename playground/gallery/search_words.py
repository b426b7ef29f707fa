"""Tokenizer of the full-text search, the same for SQLite and PostgreSQL.

The index stores tokenised text, so that PostgreSQL's "simple" configuration and SQLite's FTS5 see
the same words. Chinese, Japanese, Thai, Lao, Khmer and Burmese have no spaces between words: there
each character is a token, and adjacent characters of a query must be adjacent in the text. Neither
database counts the vowel signs of such scripts as part of a word, so each character is stored as a
rare ideograph.
"""

import re
import unicodedata
from collections.abc import Iterator

# Version of the tokenizer and the indexed texts: `search_index.reindex_some` updates older rows.
# Version 3 leaves out secret inputs; version 4 has the titles of a
# model in all languages.
VERSION = 4

MOST_WORDS = 24
LONGEST_WORD = 120

# Characters that are tokens: Chinese, Japanese kana, Korean syllables.
IDEOGRAPHS = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003134f"
)
# Letters and signs of scripts without spaces: Thai and Lao, Burmese, Khmer, Tai Le and New Tai Lue,
# signs of Khmer, Tai Tham, more Burmese, Tai Viet.
UNSPACED_BLOCKS = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x1950, 0x19DF),
    (0x19E0, 0x19FF),
    (0x1A20, 0x1AAF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAADF),
)
FIRST_STAND_IN = 0x2A700  # of 4,000 rare ideographs
# Diacritics that are ignored: accents of Latin, Greek and Cyrillic letters, Hebrew and Arabic
# vowels, marks of symbols, variation selectors. Others change the letter: the voicing of kana,
# Indic vowels.
ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u08ca-\u08ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U000e0100-\U000e01ef]+"
)
# Invisible characters within words: soft hyphens and joiners. Some writers put a zero-width space
# between words of scripts without spaces.
UNSEEN = re.compile(
    "[\u00ad\u180e\u200d\u2060\ufeff]+|(?<=[\u0900-\u109f\u1780-\u1aaf\ua8e0-\uabff])[\u200b\u200c]+"
)


def list_characters(ranges: Iterator[int], kinds: str) -> list[str]:
    return [chr(each) for each in ranges if unicodedata.category(chr(each))[0] in kinds]


STAND_INS = {
    character: chr(FIRST_STAND_IN + at)
    for at, character in enumerate(
        list_characters(
            (each for first, last in UNSPACED_BLOCKS for each in range(first, last + 1)), "LMN"
        )
    )
}
UNSPACED = "".join(STAND_INS)
MARKS = "".join(
    each
    for each in list_characters(iter(range(0x0300, 0x12000)), "M")
    if each not in STAND_INS and not ACCENTS.match(each) and not re.match(f"[{IDEOGRAPHS}]", each)
)
PIECE = re.compile(
    rf"[{UNSPACED}]+|[{IDEOGRAPHS}]+"
    rf"|[^\W_{IDEOGRAPHS}{UNSPACED}](?:[^\W_{IDEOGRAPHS}{UNSPACED}]|[{MARKS}])*"
    r"(?:(?:#|\+{1,2})(?![\w#+]))?"
)
IDEOGRAPH = re.compile(f"[{IDEOGRAPHS}]")
MARK = re.compile(f"[{MARKS}]")
SIGNS = {"#": "sharp", "+": "plus"}  # C#, C++

type Phrase = tuple[str, ...]


def fold(text: str) -> str:
    """Normalise case, width and accents of a text."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", ACCENTS.sub("", UNSEEN.sub("", spread)))


def cut(text: str) -> str:
    """Return the tokens of a text, separated by single spaces."""
    return " ".join(word for phrase in read_phrases(text, stems=True) for word in phrase)


def read_phrases(text: str, *, stems: bool = False) -> Iterator[Phrase]:
    """Yield the phrases of a query: a word, or adjacent Chinese characters.

    stems  also yield a word with a trailing sign, such as C#, without it
    """
    for piece in PIECE.findall(fold(text)):
        if piece[0] in STAND_INS:
            yield tuple(STAND_INS[each] for each in piece)
        elif IDEOGRAPH.match(piece):
            if phrase := tuple(each for each in piece if each.isalnum()):
                yield phrase
        else:
            bare = piece.rstrip("#+")
            if stems and bare != piece:
                yield (write_word(bare),)
            yield (write_word(piece),)


def write_word(piece: str) -> str:
    """Encode a word in letters and digits; marks become their code points."""
    spelt = MARK.sub(lambda found: f"{ord(found[0]):04x}", piece)
    return "".join(SIGNS.get(each, each) for each in spelt)[:LONGEST_WORD]


def sqlite_query(text: str) -> str:
    """Return an FTS5 query: all phrases, the last one as a prefix; "" for none."""
    phrases = list(read_phrases(text))[:MOST_WORDS]
    quoted = [f'"{" ".join(phrase)}"' for phrase in phrases]
    return " AND ".join(
        f"{each}*" if goes_on(text, at, phrases) else each for at, each in enumerate(quoted)
    )


def postgresql_query(text: str) -> str:
    """Return the same query for to_tsquery; "" for none."""
    phrases = list(read_phrases(text))[:MOST_WORDS]
    parts = []
    for at, phrase in enumerate(phrases):
        words = [f"'{word}'" for word in phrase]
        if goes_on(text, at, phrases):
            words[-1] += ":*"
        parts.append(f"({' <-> '.join(words)})")
    return " & ".join(parts)


def goes_on(text: str, at: int, phrases: list[Phrase]) -> bool:
    """Whether a phrase is a prefix: the last one, which is still being typed."""
    is_last = at == len(phrases) - 1
    return is_last and not text[-1:].isspace() and not IDEOGRAPH.match(phrases[at][-1])
