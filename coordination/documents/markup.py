"""WordprocessingML elements whose children always stand in the schema's order: Word refuses any other."""

from functools import cache
from typing import Any

from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser
from docx.oxml.xmlchemy import BaseOxmlElement

# The sequences of ISO/IEC 29500-1 (wml.xsd), cut to what official papers use.
_SEQUENCES = {
    "pPr": "pStyle keepNext keepLines widowControl pBdr tabs autoSpaceDE autoSpaceDN adjustRightInd snapToGrid spacing ind jc outlineLvl",
    "rPr": "rFonts strike snapToGrid color spacing w sz szCs lang",
    "tblPr": "tblpPr tblOverlap tblW tblInd tblBorders tblLayout tblCellMar",
    "trPr": "cantSplit trHeight tblHeader",
    "tcPr": "tcW gridSpan vMerge tcBorders vAlign",
    "style": "name basedOn uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr",
    "settings": "zoom defaultTabStop evenAndOddHeaders characterSpacingControl compat themeFontLang decimalSymbol listSeparator",
    "font": "altName charset family pitch",
}
_NAMESPACE = {"w": nsmap["w"]}
ORDER = {tag: names.split() for tag, names in _SEQUENCES.items()}


def element(tag: str, *children: BaseOxmlElement, **attributes: Any) -> BaseOxmlElement:
    """``<w:tag>`` with its attributes (all in the w namespace) and its children as they are given."""
    said = {_name(name): str(value) for name, value in attributes.items()}
    made: BaseOxmlElement = oxml_parser.makeelement(_name(tag), attrib=said, nsmap=_NAMESPACE)
    made.extend(children)
    return made


@cache
def _name(local: str) -> str:
    """The name in the w namespace; remembered, for a paper of ten pages asks for it ten thousand times."""
    return qn(f"w:{local}")


def ordered(tag: str, attributes: dict[str, Any] | None = None, **children: Any) -> BaseOxmlElement:
    """``<w:tag>`` whose children are put in the schema's order, whatever order they are named in.

    A child is an element as it is, a dict of its attributes, True for a bare element, or the value of its w:val.
    KeyError names a child that has no place in ``ORDER``.
    """
    order = ORDER[tag]
    unknown = set(children) - set(order)
    if unknown:
        raise KeyError(f"{tag} has no place for {sorted(unknown)}")
    return element(tag, *(_child(name, children[name]) for name in order if name in children), **(attributes or {}))


def _child(name: str, value: Any) -> BaseOxmlElement:
    match value:
        case True:
            return element(name)
        case False:
            return element(name, val=0)
        case int() | str():
            return element(name, val=value)
        case dict():
            return element(name, **value)
    return value
