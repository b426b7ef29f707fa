"""Parses HTML by the rules of the HTML Living Standard, as browsers do.

The parser is lexbor, written in C, because the tests parse thousands of pages.
"""

import xml.etree.ElementTree as ET

from selectolax.lexbor import LexborHTMLParser, LexborNode

TEXT, COMMENT = "-text", "-comment"


def parse(html: str) -> ET.Element:
    """Return the root element, <html>, without comments."""
    root = LexborHTMLParser(html).root
    assert root is not None
    return _element(root)


def read_text(html: str) -> str:
    """Return the text of a page, without scripts and styles; white space becomes one space."""
    root = parse(html)
    for parent in [*root.iter()]:
        for child in [*parent]:
            if child.tag in {"script", "style", "template"}:
                parent.remove(child)
    return " ".join(" ".join(root.itertext()).split())


def _element(node: LexborNode) -> ET.Element:
    made = ET.Element(node.tag or "", {k: v or "" for k, v in node.attributes.items()})
    last: ET.Element | None = None
    child = node.first_child
    while child is not None:
        if child.tag == TEXT:
            text = child.text_content or ""
            if last is None:
                made.text = (made.text or "") + text
            else:
                last.tail = (last.tail or "") + text
        elif child.tag != COMMENT:
            last = _element(child)
            made.append(last)
        child = child.next
    return made
