"""Text as it is searched: one way of cutting it into words for both databases.

What is stored is cut here already, so that PostgreSQL's plain configuration and SQLite's FTS5 see
the same words. Chinese and its like are written without spaces between words: there each character
is a word of its own, and what stands together in a question has to stand together in the text.
"""

import re
import unicodedata
from collections.abc import Iterator

MOST_WORDS = 24
LONGEST_WORD = 60

# Characters that stand for words: Chinese, Japanese kana, Korean syllables.
IDEOGRAPHS = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
PIECE = re.compile(rf"[{IDEOGRAPHS}]+|[^\W_{IDEOGRAPHS}]+")
IDEOGRAPH = re.compile(f"[{IDEOGRAPHS}]")

type Phrase = tuple[str, ...]


def fold(text: str) -> str:
    """Return a text in which case, width and accents make no difference."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(each for each in spread if not unicodedata.combining(each))
    return unicodedata.normalize("NFC", bare)


def cut(text: str) -> str:
    """Return a text as it is stored: words between single spaces."""
    return " ".join(word for phrase in read_phrases(text) for word in phrase)


def read_phrases(text: str) -> Iterator[Phrase]:
    """Yield what stands together: a word of letters alone, characters of Chinese in a row."""
    for piece in PIECE.findall(fold(text)):
        if IDEOGRAPH.match(piece):
            if phrase := tuple(each for each in piece if each.isalnum()):
                yield phrase
        else:
            yield (piece[:LONGEST_WORD],)


def ask_sqlite(text: str) -> str:
    """Return a question for FTS5: every phrase must be there, the last may go on; "" for none."""
    phrases = list(read_phrases(text))[:MOST_WORDS]
    quoted = [f'"{" ".join(phrase)}"' for phrase in phrases]
    return " AND ".join(
        f"{each}*" if goes_on(text, at, phrases) else each for at, each in enumerate(quoted)
    )


def ask_postgresql(text: str) -> str:
    """Return the same question for to_tsquery; "" for none."""
    phrases = list(read_phrases(text))[:MOST_WORDS]
    parts = []
    for at, phrase in enumerate(phrases):
        words = [f"'{word}'" for word in phrase]
        if goes_on(text, at, phrases):
            words[-1] += ":*"
        parts.append(f"({' <-> '.join(words)})")
    return " & ".join(parts)


def goes_on(text: str, at: int, phrases: list[Phrase]) -> bool:
    """Whether a phrase may be the beginning of a word: the last one, which is still being typed."""
    is_last = at == len(phrases) - 1
    return is_last and not text[-1:].isspace() and not IDEOGRAPH.match(phrases[at][-1])
