"""Messages with a minimum or maximum of characters, items or fields."""

from collections.abc import Callable

from playground.schema.translation import ngettext, spell_count

type Counted = Callable[[int], str]

# {kind of the list's items: message}
LEAST_ITEMS: dict[str, Counted] = {
    "image": lambda count: ngettext(
        "Add at least %(count)s picture",
        "Add at least %(count)s pictures",
        count,
    ),
    "video": lambda count: ngettext(
        "Add at least %(count)s video",
        "Add at least %(count)s videos",
        count,
    ),
    "audio": lambda count: ngettext(
        "Add at least %(count)s audio file",
        "Add at least %(count)s audio files",
        count,
    ),
    "file": lambda count: ngettext(
        "Add at least %(count)s file",
        "Add at least %(count)s files",
        count,
    ),
    "option": lambda count: ngettext(
        "Choose at least %(count)s option",
        "Choose at least %(count)s options",
        count,
    ),
    "item": lambda count: ngettext(
        "Add at least %(count)s item",
        "Add at least %(count)s items",
        count,
    ),
}
MOST_ITEMS: dict[str, Counted] = {
    "image": lambda count: ngettext(
        "Choose at most %(count)s picture",
        "Choose at most %(count)s pictures",
        count,
    ),
    "video": lambda count: ngettext(
        "Choose at most %(count)s video",
        "Choose at most %(count)s videos",
        count,
    ),
    "audio": lambda count: ngettext(
        "Choose at most %(count)s audio file",
        "Choose at most %(count)s audio files",
        count,
    ),
    "file": lambda count: ngettext(
        "Choose at most %(count)s file",
        "Choose at most %(count)s files",
        count,
    ),
    "option": lambda count: ngettext(
        "Choose at most %(count)s option",
        "Choose at most %(count)s options",
        count,
    ),
    "item": lambda count: ngettext(
        "Keep at most %(count)s item",
        "Keep at most %(count)s items",
        count,
    ),
}


def say_least_characters(count: int) -> str:
    return ngettext(
        "Enter at least %(count)s character",
        "Enter at least %(count)s characters",
        count,
    )


def say_fewer_characters(count: int) -> str:
    return ngettext(
        "Enter fewer than %(count)s character",
        "Enter fewer than %(count)s characters",
        count,
    )


def say_more_characters(count: int) -> str:
    return ngettext(
        "Enter more than %(count)s character",
        "Enter more than %(count)s characters",
        count,
    )


def say_fewer_items(count: int) -> str:
    return ngettext(
        "Keep fewer than %(count)s item",
        "Keep fewer than %(count)s items",
        count,
    )


def say_more_items(count: int) -> str:
    return ngettext(
        "Add more than %(count)s item",
        "Add more than %(count)s items",
        count,
    )


def say_least_fields(count: int) -> str:
    return ngettext(
        "Fill in at least %(count)s of these fields",
        "Fill in at least %(count)s of these fields",
        count,
    )


def say_most_fields(count: int) -> str:
    return ngettext(
        "Fill in at most %(count)s of these fields",
        "Fill in at most %(count)s of these fields",
        count,
    )


def say_fewer_fields(count: int) -> str:
    return ngettext(
        "Fill in fewer than %(count)s of these fields",
        "Fill in fewer than %(count)s of these fields",
        count,
    )


def say_more_fields(count: int) -> str:
    return ngettext(
        "Fill in more than %(count)s of these fields",
        "Fill in more than %(count)s of these fields",
        count,
    )


def say(message: Counted, count: int) -> str:
    """Return a message with its count."""
    return message(count) % {"count": spell_count(count)}
