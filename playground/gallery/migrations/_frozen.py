"""What the migrations of this room need of code that goes on changing, as it was then."""

import re
import unicodedata

LONGEST_TEXT = 20_000
LONGEST_CHOICE = 40
MOST_CHOICES = 60
LONGEST_WORD = 120

# Characters that stand for words: Chinese, Japanese kana, Korean syllables.
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
FIRST_STAND_IN = 0x2A700  # of 4,000 ideographs that hardly any text has
# Accents and other marks that leave a letter what it is: of Latin, Greek and Cyrillic letters,
# Hebrew and Arabic vowels, marks of symbols, and which picture of a character is meant. Any others
# make another letter: the voicing of kana, the vowels of India.
ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u08ca-\u08ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U000e0100-\U000e01ef]+"
)
# What is not seen within a word: where it may be broken, and how its letters join. Between words
# of a script without spaces some write one, and others none.
UNSEEN = re.compile(
    "[\u00ad\u180e\u200d\u2060\ufeff]+|(?<=[\u0900-\u109f\u1780-\u1aaf\ua8e0-\uabff])[\u200b\u200c]+"
)


def list_characters(ranges, kinds):
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

def fold(text):
    """Return a text in which case, width and accents make no difference."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", ACCENTS.sub("", UNSEEN.sub("", spread)))


def cut(text):
    """Return a text as it is stored: words between single spaces."""
    return " ".join(word for phrase in read_phrases(text, stems=True) for word in phrase)


def read_phrases(text, *, stems=False):
    """Yield what stands together: a word of letters alone, characters of Chinese in a row.

    stems  a word with a sign behind it, as C#, also without it
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


def write_word(piece):
    """Return a word in letters and digits alone; a mark in it is written as its number."""
    spelt = MARK.sub(lambda found: f"{ord(found[0]):04x}", piece)
    return "".join(SIGNS.get(each, each) for each in spelt)[:LONGEST_WORD]


def walk_texts(value):
    """Yield every string of a JSON value."""
    if isinstance(value, str):
        yield value
    for each in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from walk_texts(each)


def text_of(run):
    """Return what was written: every text among the inputs, and what the model is called."""
    texts = [text for text in walk_texts(run.inputs) if not text.startswith(("upload:", "data:"))]
    return " ".join([run.spec.title, *texts])[:LONGEST_TEXT]


def choices_of(inputs):
    """Return (name, word) of what was chosen at the top of the inputs: short words, numbers."""
    found = []
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        word = in_word(value)
        if word is not None and len(name) <= 80:
            found.append((name, word))
    return found[:MOST_CHOICES]


def in_word(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)[:LONGEST_CHOICE]
    if isinstance(value, str) and value and len(value) <= LONGEST_CHOICE and "\n" not in value:
        return value
    return None
