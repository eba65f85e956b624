"""Hostile and broken files are refused with a clear error before they cost memory."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.base.files import read_rows

SHEET = "xl/worksheets/sheet1.xml"


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_rows(path)
    for lang in ("zh", "en"):
        assert path.name in caught.value.text(lang)
        assert caught.value.text(lang).startswith(f"[{caught.value.code}]")
    return caught.value


def book(path: Path, **parts: bytes) -> Path:
    """A workbook whose named parts are replaced."""
    plain = path.with_suffix(".plain")
    with xlsxwriter.Workbook(plain) as made:
        made.add_worksheet("表").write_row(0, 0, ["名称", "数量"])
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            out.writestr(name, parts.get(name.split("/")[-1].removesuffix(".xml"), source.read(name)))
    return path


def sheet_xml(*cells: str) -> bytes:
    rows = "".join(
        f'<row r="{cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{cell}"><v>1</v></c></row>' for cell in cells
    )
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_missing_file_and_directory(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.csv").code == "file_missing"
    assert refused(tmp_path / "no" / "no.csv").code == "file_missing"
    assert refused(tmp_path).code == "file_unreadable"


def test_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    with path.open("wb") as handle:
        handle.write(b"PK\x03\x04")
        handle.truncate(2**30)
    error = refused(path)
    assert error.code == "file_too_large"
    assert "1,024" in error.text("zh")


def test_unknown_kind(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(b"PK\x03\x04")
    assert refused(path).code == "file_kind"


def test_damaged_workbook(tmp_path: Path) -> None:
    path = tmp_path / "damaged.xlsx"
    whole = book(tmp_path / "whole.xlsx").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refused(path).code == "file_unreadable"
    path.write_bytes(b"PK\x03\x04 and nothing else")
    assert refused(path).code == "file_unreadable"
    empty = tmp_path / "nosheets.xlsx"
    with zipfile.ZipFile(empty, "w") as out:
        out.writestr("hello.txt", "no workbook")
    assert refused(empty).code == "file_unreadable"


def compound_file(stream: str) -> bytes:
    """The smallest compound file (MS-CFB) with one stream of this name: header, FAT sector, directory sector."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += (
        struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    )
    fat = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504

    def entry(name: str, kind: int, child: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        body = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return body + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)

    directory = entry("Root Entry", 5, 1) + entry(stream, 2, 0xFFFFFFFF) + bytes(256)
    return header + fat + directory


def test_password_protected_workbook(tmp_path: Path) -> None:
    path = tmp_path / "secret.xlsx"
    path.write_bytes(compound_file("EncryptedPackage"))
    error = refused(path)
    assert error.code == "file_encrypted"
    assert "密码" in error.text("zh")
    other = tmp_path / "odd.xls"
    other.write_bytes(compound_file("SomethingElse"))
    assert refused(other).code == "file_unreadable"


def test_zip_with_a_password(tmp_path: Path) -> None:
    path = book(tmp_path / "locked.xlsx")
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(mark, at + 4)
    path.write_bytes(bytes(raw))
    assert refused(path).code == "file_encrypted"


def test_zip_bomb_that_declares_itself(tmp_path: Path) -> None:
    path = book(tmp_path / "bomb.xlsx", sheet1=b" " * (80 * 2**20))
    assert path.stat().st_size < 2**20
    assert refused(path).code == "file_bomb"


def test_zip_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = book(tmp_path / "liar.xlsx", sheet1=b" " * (80 * 2**20))
    raw = path.read_bytes()
    true, small = struct.pack("<I", 80 * 2**20), struct.pack("<I", 1000)
    assert raw.count(true) >= 1
    path.write_bytes(raw.replace(true, small))
    assert refused(path).code == "file_bomb"


@pytest.mark.parametrize("cells", [("A1", "XFD1048576"), ("A1", "XFD900000"), ("ZZZ999999",)])
def test_two_cells_that_span_billions(tmp_path: Path, cells: tuple[str, ...]) -> None:
    error = refused(book(tmp_path / "wide.xlsx", sheet1=sheet_xml(*cells)))
    assert error.code == "file_bomb"
    assert "行" in error.text("zh")


def test_a_long_column_is_no_bomb(tmp_path: Path) -> None:
    rows = read_rows(book(tmp_path / "long.xlsx", sheet1=sheet_xml("A1", "B1048576")))
    assert len(rows["表"]) == 1048576


def test_one_long_text_used_a_million_times(tmp_path: Path) -> None:
    strings = b"<sst><si><t>" + b"x" * 40_000 + b"</t></si></sst>"
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(1, 120_001))
    sheet = b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"
    assert refused(book(tmp_path / "shared.xlsx", sheet1=sheet, sharedStrings=strings)).code == "file_bomb"


def test_parquet_with_too_many_cells(tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    pl.select(pl.repeat(1, 51_000_000, dtype=pl.Int8).alias("a")).write_parquet(path)
    assert path.stat().st_size < 2**20
    assert refused(path).code == "file_bomb"


def test_damaged_parquet(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    assert refused(path).code == "file_unreadable"
