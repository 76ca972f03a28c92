"""Files people hand in as evidence (佐证材料): what each is follows from its bytes, never from what it is called.

Taken are PDF, JPG, PNG, .docx, .xlsx and .pptx. A name is cut to its last part, so that it can point nowhere; what an Office file unpacks
to is counted before anything opens it; macros, pages (HTML, SVG) and archives are refused in words.
"""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from models.errors import BadInput
from models.text import clean_text

TYPES = "PDF、JPG、PNG、Word（.docx）、Excel（.xlsx）、PPT（.pptx）"
MOST_FILES = 10
LARGEST = 20 * 1024 * 1024
MOST_UNPACKED = 300 * 1024 * 1024
MOST_PARTS = 5_000
LONGEST_NAME = 120
_PLAIN = ((b"%PDF-", "application/pdf", ".pdf"), (b"\xff\xd8\xff", "image/jpeg", ".jpg"), (b"\x89PNG\r\n\x1a\n", "image/png", ".png"))
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OFFICE = {
    "word/document.xml": (f"{_OPEN_XML}wordprocessingml.document", ".docx"),
    "xl/workbook.xml": (f"{_OPEN_XML}spreadsheetml.sheet", ".xlsx"),
    "ppt/presentation.xml": (f"{_OPEN_XML}presentationml.presentation", ".pptx"),
}
DOCX = f"{_OPEN_XML}wordprocessingml.document"
# What a text has no need of: other programs' files inside it, controls, pages to be drawn in, and templates fetched from elsewhere.
_FOREIGN_PART = re.compile(r"^word/(?:embeddings|activeX)/|\.(?:bin|html?|mht)$", re.I)
_FOREIGN_LINK = re.compile(rb"relationships/(?:oleObject|package|control|aFChunk|attachedTemplate|subDocument|frame)", re.I)
_NO_DOCX = "“{}”不是.docx文件，请用Word另存为.docx后再上传"
_PACKED = b"PK"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Evidence:
    """One file that may be kept."""

    name: str
    media_type: str
    content: bytes


def examined(given: Iterable[tuple[str, bytes]]) -> list[Evidence]:
    """The (name, bytes) given as files that may be kept; BadInput says which may not, why, and what to do."""
    files = [_examine(name_of(name), content) for name, content in given]
    if len(files) > MOST_FILES:
        raise BadInput(f"一次最多上传{MOST_FILES}个文件，请合并后再上传")
    if sum(len(file.content) for file in files) > LARGEST:
        raise BadInput("文件合计超过20MB，请压缩或分开上传")
    return files


def word_document(name: str, content: bytes) -> Evidence:
    """One .docx that is text and pictures alone; BadInput for every other file, and for one that brings other things along."""
    if content and not content.startswith(_PACKED):  # what examined says of these speaks of other kinds of files too
        raise BadInput(_NO_DOCX.format(name_of(name)))
    (file,) = examined([(name, content)])
    if file.media_type != DOCX:
        raise BadInput(_NO_DOCX.format(file.name))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.namelist()
        links = b"".join(archive.read(part) for part in parts if part.lower().endswith(".rels"))
    if any(_FOREIGN_PART.search(part) for part in parts) or _FOREIGN_LINK.search(links):
        raise BadInput(f"“{file.name}”含嵌入对象（OLE）、控件或外部模板，不予接收，请删去后另存为.docx")
    return file


def name_of(given: str) -> str:
    """What a file is called, without any folder before it; a long name keeps its ending."""
    last = re.split(r"[\\/]", (clean_text(given) or "").replace("\n", " "))[-1].strip(" .")
    stem, dot, ending = last.rpartition(".")
    if len(last) > LONGEST_NAME and dot and len(ending) <= 5:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return last[:LONGEST_NAME] or "文件"


def _examine(name: str, content: bytes) -> Evidence:
    if not content:
        raise BadInput(f"“{name}”是空的，请重新选择")
    if len(content) > LARGEST:
        raise BadInput(f"“{name}”超过20MB，请压缩或分开上传")
    media_type, ending = _kind(name, content)
    endings = (".jpg", ".jpeg") if ending == ".jpg" else (ending,)
    if not name.lower().endswith(endings):
        name = f"{name[: LONGEST_NAME - len(ending)]}{ending}"
    return Evidence(name, media_type, content)


def _kind(name: str, content: bytes) -> tuple[str, str]:
    """Media type and ending of what these bytes are."""
    for start, media_type, ending in _PLAIN:
        if content.startswith(start):
            return media_type, ending
    if content.startswith(_OLD_OFFICE):
        raise BadInput(f"“{name}”是旧格式的Office文件，请另存为.docx、.xlsx或.pptx后再上传")
    if content.startswith(_PACKED):
        return _office(name, content)
    raise BadInput(f"“{name}”的类型不予接收，可上传{TYPES}")


def _office(name: str, content: bytes) -> tuple[str, str]:
    """An Office file by its parts; everything is unpacked once, into nothing, and counted."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or _unpacked(archive, entries) > MOST_UNPACKED:
                raise BadInput(f"“{name}”展开后过大，不予接收，请检查文件")
            parts = {entry.filename for entry in entries}
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in parts else b""
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as wrong:
        raise BadInput(f"“{name}”已损坏或有密码，无法读取，请另存后再上传") from wrong
    if b"macroEnabled" in types or any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise BadInput(f"“{name}”含宏，不予接收，请另存为不含宏的文件后再上传")
    found = next((kind for part, kind in _OFFICE.items() if part in parts), None)
    if found is None:
        raise BadInput(f"“{name}”是压缩包，不予接收，请把其中的文件逐个上传")
    return found


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> int:
    """How many bytes the parts come to, read as they are and not as they say; counting stops where it is too much."""
    total = 0
    for entry in entries:
        with archive.open(entry) as part:
            while chunk := part.read(1 << 20):
                total += len(chunk)
                if total > MOST_UNPACKED:
                    return total
    return total
