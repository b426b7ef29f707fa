"""Computes what a browser without JavaScript sends for an HTML form.

Source: HTML Living Standard, "Constructing the entry list", "Value sanitization algorithm"
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime

from django.utils.datastructures import MultiValueDict

from tests.html import parse

Element = ET.Element

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?")
_BUTTONS = {"submit", "button", "reset", "image"}


def submit(html: str, button: str = "", **typed: str) -> MultiValueDict[str, object]:
    """Return what is sent for a form, without changes except those of the arguments.

    button  value of the `~do` button that submits the form
    typed   values typed before that, {pointer without its slash: text}
    """
    root = parse(html)
    for name, text in typed.items():
        fill(root, f"/{name}", text)
    data = send(root)
    if button:
        pressed = [e for e in root.iter("button") if e.get("value") == button]
        assert pressed, f"there is no button {button!r}"
        data.appendlist("~do", button)
    return data


def fill(root: Element, name: str, text: str) -> None:
    """Set the value of the control with a name."""
    controls = [each for each in root.iter() if each.get("name") == name and _is_control(each)]
    assert controls, f"there is no control {name!r}"
    control = controls[0]
    if control.get("type") == "radio":
        for each in controls:
            each.attrib.pop("checked", None)
        next(each for each in controls if each.get("value") == text).set("checked", "")
    elif control.get("type") == "checkbox":
        control.attrib.pop("checked", None)
        if text:
            control.set("checked", "")
    elif control.tag == "textarea":
        control.text = text
    elif control.tag == "select":
        for option in control.iter("option"):
            option.attrib.pop("selected", None)
            if _value(option) == text:
                option.set("selected", "")
    else:
        control.set("value", text)


def _is_control(element: Element) -> bool:
    return element.tag in {"select", "textarea"} or (
        element.tag == "input" and element.get("type") not in {"hidden", "file"}
    )


def send(root: Element) -> MultiValueDict[str, object]:
    data: MultiValueDict[str, object] = MultiValueDict()
    for control in _enabled(root, disabled=False):
        name = control.get("name")
        if not name:
            continue
        for value in _values(control):
            data.appendlist(name, _crlf(value))
    return data


def _crlf(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def _enabled(element: Element, *, disabled: bool) -> Iterator[Element]:
    """Yield the controls in tree order, without those of a disabled fieldset."""
    if element.tag in {"datalist", "template"}:
        return
    if element.tag in {"input", "select", "textarea"}:
        if not disabled and element.get("disabled") is None:
            yield element
        return
    shut = element.tag == "fieldset" and element.get("disabled") is not None
    legend_seen = False
    for each in element:
        spared = shut and each.tag == "legend" and not legend_seen
        legend_seen = legend_seen or each.tag == "legend"
        yield from _enabled(each, disabled=disabled or (shut and not spared))


def _values(control: Element) -> Iterator[str]:
    if control.tag == "select":
        yield from _chosen(control)
    elif control.tag == "textarea":
        yield control.text or ""
    elif control.get("type") in {"checkbox", "radio"}:
        if control.get("checked") is not None:
            yield control.get("value", "on")
    elif control.get("type") == "file":
        yield ""  # Django's value for "no file"
    elif control.get("type") not in _BUTTONS:
        yield _sanitized(control.get("type", "text"), control.get("value", ""))


def _chosen(select: Element) -> Iterator[str]:
    options = [each for each in select.iter("option") if each.get("disabled") is None]
    chosen = [each for each in options if each.get("selected") is not None]
    if select.get("multiple") is not None:
        yield from map(_value, chosen)
    elif chosen or options:
        yield _value((chosen or options[:1])[-1])


def _value(option: Element) -> str:
    value = option.get("value")
    return " ".join("".join(option.itertext()).split()) if value is None else value


def _sanitized(kind: str, value: str) -> str:  # noqa: PLR0911 - one for each type
    match kind:
        case "number":
            return value if _NUMBER.fullmatch(value) and abs(float(value)) < 1e308 * 1.8 else ""
        case "date":
            return value if re.fullmatch(r"\d{4}-\d\d-\d\d", value) and _is_moment(value) else ""
        case "datetime-local":
            return _local(value)
        case "color":
            return value.lower() if re.fullmatch(r"#[0-9A-Fa-f]{6}", value) else "#000000"
        case "url" | "email":
            return re.sub(r"[\r\n]", "", value).strip(" \t\f")
        case "hidden":
            return value
        case _:
            return re.sub(r"[\r\n]", "", value)


def _local(value: str) -> str:
    """Return the shortest form of a valid local date and time, or ""."""
    found = _LOCAL.fullmatch(value)
    if not found or not _is_moment(value):
        return ""
    minute, second, fraction = found.groups()
    fraction = (fraction or "").rstrip("0")
    if fraction:
        return f"{minute}:{second}.{fraction}"
    return minute if second in {None, "00"} else f"{minute}:{second}"


def _is_moment(value: str) -> bool:
    """Return whether the date and the time exist."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
