"""A table that was sent in: refused when it is not what it says, else laid down for the engine to read."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path, PurePosixPath

from tongzhou_engines.base.errors import InputError, Where

__all__ = ["LARGEST_BYTES", "SUFFIXES", "date_in", "lay_down", "looked_over", "source_name"]

#: Greatest size of a table sent in, bytes. A year of the real sheets fits ten times.
LARGEST_BYTES = 20 * 2**20
#: Kinds taken. A zip holds JSON, CSV or XLSX files, as they were published.
SUFFIXES = (".xlsx", ".xls", ".csv", ".tsv", ".json", ".zip")
_MOST_PARTS = 500
_MOST_UNPACKED = 60 * 2**20
_DATE = re.compile(r"(?<!\d)(20\d{2})[-_.年]?(1[0-2]|0?[1-9])[-_.月]?(3[01]|[12]\d|0?[1-9])(?!\d)日?")
_COPY = re.compile(r"[\s_-]*(?:[(（]\d+[)）]|副本|copy|最终版?|新版?|v\d+)\s*\Z", re.IGNORECASE)


def source_name(file_name: str) -> str:
    """What a table is called without its date and its copy marks: the same in every version of it."""
    stem = PurePosixPath(file_name.replace("\\", "/")).stem
    plain = _DATE.sub("", stem)
    while (shorter := _COPY.sub("", plain)) != plain:
        plain = shorter
    return re.sub(r"[\s_-]{2,}", " ", plain).strip(" _-.")[:120] or stem[:120]


def date_in(file_name: str) -> dt.date | None:
    """The last date written in a name, or None."""
    for found in reversed(list(_DATE.finditer(file_name))):
        try:
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None


def _refused(code: str, zh: str, en: str, todo_zh: str, todo_en: str, name: str) -> InputError:
    return InputError(code, zh, en, todo_zh, todo_en, Where(file=name))


def looked_over(name: str, content: bytes) -> None:
    """Refuse what cannot be a table before anything is opened. Raises InputError file_kind, file_too_large, no_rows."""
    suffix = PurePosixPath(name).suffix.lower()
    if len(content) > LARGEST_BYTES:
        raise _refused(
            "file_too_large",
            f"文件超过 {LARGEST_BYTES // 2**20} MB",
            f"the file is larger than {LARGEST_BYTES // 2**20} MB",
            "请删去图片和空行，或分成几份",
            "Delete pictures and empty rows, or split it",
            name,
        )
    if not content.strip():
        raise _refused(
            "no_rows",
            "文件是空的",
            "the file is empty",
            "请检查是不是选错了文件",
            "Check that it is the right file",
            name,
        )
    if suffix in (".xlsm", ".xlsb", ".xltm") or (content[:2] == b"PK" and b"vbaProject.bin" in content):
        raise _refused(
            "file_kind",
            "这个工作簿带有宏，不能收",
            "the workbook holds macros and is not taken",
            "请在表格软件里另存为 .xlsx（不带宏）",
            "Save it as .xlsx without macros",
            name,
        )
    if suffix not in SUFFIXES:
        raise _refused(
            "file_kind",
            f"不认识的文件类型 {suffix or name[-20:]}",
            f"unknown kind of file {suffix or name[-20:]}",
            "请给 XLSX、XLS、CSV、JSON，或装着它们的 ZIP",
            "Give XLSX, XLS, CSV, JSON, or a ZIP of them",
            name,
        )
    _same_inside(suffix, content, name)


def _same_inside(suffix: str, content: bytes, name: str) -> None:
    """What the first bytes say must be what the name says."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    packed, old = content.startswith(b"PK\x03\x04"), content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<script")):
        what = ("网页或 XML", "a web page or XML")
    elif content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf")):
        what = ("图片、PDF 或程序", "a picture, a PDF or a program")
    elif suffix in (".xlsx", ".zip") and not packed and not old:
        what = ("别的东西（不是工作簿）", "something else (not a workbook)")
    elif suffix in (".csv", ".tsv", ".json") and (packed or old):
        what = ("工作簿或压缩文件", "a workbook or an archive")
    else:
        return
    raise _refused(
        "file_kind",
        f"名字以 {suffix} 结尾，里面却是{what[0]}",
        f"the name ends in {suffix}, but inside is {what[1]}",
        "请用表格软件打开，再另存为 xlsx",
        "Open it in a spreadsheet program and save it again as xlsx",
        name,
    )


def lay_down(name: str, content: bytes, folder: Path) -> Path:
    """Write the table into `folder` (a zip: its tables, flat names kept apart); the path the engine is to read.

    Raises InputError as `looked_over`, and file_bomb, file_unreadable for a bad zip.
    """
    looked_over(name, content)
    plain = (
        re.sub(r"[\x00-\x1f/\\:*?\"<>|]", "_", PurePosixPath(name.replace("\\", "/")).name)[-120:].lstrip(".")
        or "table"
    )
    if PurePosixPath(plain).suffix.lower() != ".zip":
        path = folder / plain
        path.write_bytes(content)
        return path
    inside = folder / (PurePosixPath(plain).stem or "tables")
    inside.mkdir()
    _unpack(plain, content, inside)
    return inside


def _unpack(name: str, content: bytes, folder: Path) -> None:
    bomb = _refused(
        "file_bomb",
        "压缩文件解开后过大，或者里面文件太多",
        "the archive expands too far or holds too many files",
        "请只放 JSON、CSV 或 XLSX 表格",
        "Put only JSON, CSV or XLSX tables into it",
        name,
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise bomb
            room = _MOST_UNPACKED
            for part in parts:
                path = PurePosixPath(part.filename.replace("\\", "/"))
                names = [one for one in path.parts if one not in ("..", ".", "/") and not one.endswith(":")]
                if not names or path.suffix.lower() not in (*SUFFIXES[:-1],) or names[0] == "__MACOSX":
                    continue
                with archive.open(part) as stream:
                    data = stream.read(room + 1)
                room -= len(data)
                if room < 0:
                    raise bomb
                _same_inside(path.suffix.lower(), data, "/".join(names)) if data.strip() else None
                target = folder.joinpath(*names)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _refused(
            "file_unreadable",
            "压缩文件打不开（损坏或有密码）",
            "the archive cannot be opened (broken or password-protected)",
            "请重新打包，不要设密码",
            "Pack it again without a password",
            name,
        ) from error
