"""What is checked before a file is opened: its size, what kind it is, and how far an archive would expand."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from tongzhou_engines.base.errors import InputError, Where

__all__ = [
    "MAX_BYTES",
    "MAX_CELLS",
    "MAX_CELL_LENGTH",
    "MAX_EXPANDED",
    "check_archive",
    "check_file",
    "check_parquet",
    "file_kind",
]

#: Greatest size of any input file, bytes (200 MiB).
MAX_BYTES = 200 * 2**20
#: Greatest size of the parts of a workbook when unpacked, bytes (1 GiB).
MAX_EXPANDED = 2**30
#: A workbook above 64 MiB unpacked may be at most this many times its packed size (real ones: 5 to 40).
MAX_RATIO = 150
#: Greatest rows x columns of one sheet (a cell in the last row and last column claims 17 billion).
MAX_CELLS = 50_000_000
#: Greatest length of one cell, characters (what Excel allows).
MAX_CELL_LENGTH = 32_767
#: A Parquet file above 64 MiB unpacked may be at most this many times its packed size (repeated texts pack well).
MAX_PARQUET_RATIO = 1000

_RATIO_FROM = 64 * 2**20
_CHUNK = 1 << 20
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d{1,9})["']""")


def check_file(path: Path, max_bytes: int = MAX_BYTES) -> None:
    """Refuse what is missing, no ordinary file or larger than `max_bytes` before a byte is read (InputError)."""
    where = Where(file=str(path))
    try:
        status = path.stat()
    except OSError as error:
        raise _missing(path, error) from None
    size = status.st_size
    if stat.S_ISDIR(status.st_mode):
        raise InputError(
            "file_unreadable",
            "这是文件夹，不是文件",
            "this is a directory, not a file",
            "请给出其中的文件",
            "Name a file in it",
            where,
        )
    if not stat.S_ISREG(status.st_mode):  # a device or pipe may never end
        raise InputError(
            "file_unreadable",
            "这是设备或管道，不是普通文件",
            "this is a device or a pipe, not an ordinary file",
            "请先存成文件再读",
            "Save it as a file first",
            where,
        )
    if size > max_bytes:
        zh = f"文件有 {size / 2**20:,.0f} MiB，超过上限 {max_bytes / 2**20:,.0f} MiB"
        en = f"the file has {size / 2**20:,.0f} MiB, the limit is {max_bytes / 2**20:,.0f} MiB"
        raise InputError(
            "file_too_large",
            zh,
            en,
            "请拆成几个文件，或删去图片和空行",
            "Split it, or delete pictures and empty rows",
            where,
        )


def _missing(path: Path, error: OSError) -> InputError:
    where = Where(file=str(path))
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return InputError(
            "file_missing",
            "没有这个文件",
            "there is no such file",
            "请检查路径和文件名",
            "Check the path and the name",
            where,
        )
    reason = error.strerror or str(error)
    return InputError(
        "file_unreadable",
        f"打不开（{reason}）",
        f"cannot be opened ({reason})",
        "请检查文件的权限和路径",
        "Check the file's permissions and path",
        where,
    )


def file_kind(path: Path) -> str:
    """What the first bytes say the file is: workbook (zip), old_workbook (OLE), encrypted, parquet or text."""
    try:
        with path.open("rb") as handle:
            head = handle.read(8)
            if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
                return "encrypted" if _names_encrypted_package(handle) else "old_workbook"
    except OSError as error:
        raise _missing(path, error) from None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "workbook"
    return "parquet" if head.startswith(b"PAR1") else "text"


def _names_encrypted_package(handle: BinaryIO) -> bool:
    """Whether the OLE container holds the stream a password-protected xlsx is wrapped in ([MS-OFFCRYPTO] 2.3.4)."""
    needle, tail = "EncryptedPackage".encode("utf-16-le"), b""
    handle.seek(0)
    while chunk := handle.read(_CHUNK):
        if needle in tail + chunk:
            return True
        tail = chunk[-len(needle) :]
    return False


def check_archive(path: Path, max_expanded: int = MAX_EXPANDED, max_cells: int = MAX_CELLS) -> None:
    """Refuse a workbook that would expand far beyond its size, by what it declares and by really unpacking it.

    Checked: sum of declared sizes, ratio, parts that overlap, parts longer than declared, sheets whose cells span
    more than `max_cells`, and long shared texts used very often. Raises InputError file_bomb or file_unreadable.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            declared = sum(part.file_size for part in parts)
            packed = path.stat().st_size
            if declared > max_expanded or (declared > _RATIO_FROM and declared > MAX_RATIO * packed):
                raise _bomb(path, declared)
            if sum(part.compress_size for part in parts) > packed:
                raise _bomb(path, declared)
            _check_parts(path, parts, max_cells)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise InputError(
            "file_unreadable",
            f"工作簿已损坏（{error}）",
            f"the workbook is damaged ({error})",
            "请在表格软件里打开后另存为 xlsx",
            "Open it in a spreadsheet program and save it again as xlsx",
            Where(file=str(path)),
        ) from None


def _bomb(path: Path, size: int) -> InputError:
    return InputError(
        "file_bomb",
        f"解开后至少有 {size:,} 字节，远大于文件本身",
        f"unpacked it has at least {size:,} bytes, far more than the file itself",
        "请确认文件来源；需要时另存为 CSV 再读",
        "Make sure where the file comes from; save it as CSV if needed",
        Where(file=str(path)),
    )


def check_parquet(path: Path, scan: pl.LazyFrame) -> None:
    """Refuse a Parquet file whose rows would fill memory, before they are loaded (one text may stand for millions).

    Checked: rows x columns against `MAX_CELLS`, and the bytes of all texts, counted without unfolding them. Columns of
    lists or records are refused as file_unreadable. Raises InputError; polars errors of a damaged file pass through.
    """
    schema = scan.collect_schema()
    nested = next((name for name, kind in schema.items() if kind.is_nested()), None)
    if nested is not None:
        raise InputError(
            "file_unreadable",
            "这一列的格里是列表或记录",
            "the cells of this column are lists or records",
            "请导出成普通的列",
            "Export it as plain columns",
            Where(file=str(path), column=nested),
        )
    height = int(scan.select(pl.len()).collect().item())
    if height * max(len(schema), 1) > MAX_CELLS:
        raise InputError(
            "file_bomb",
            f"表有 {height:,} 行",
            f"the table has {height:,} rows",
            "请拆成几个文件",
            "Split it",
            Where(file=str(path)),
        )
    sizes = [_text_bytes(name, kind) for name, kind in schema.items() if _is_text(kind)]
    unpacked = sum(int(n or 0) for n in scan.select(sizes).collect(engine="streaming").row(0)) if sizes else 0
    if unpacked > MAX_EXPANDED or (unpacked > _RATIO_FROM and unpacked > MAX_PARQUET_RATIO * path.stat().st_size):
        raise _bomb(path, unpacked)


def _is_text(kind: pl.DataType) -> bool:
    return kind in (pl.String, pl.Binary, pl.Categorical, pl.Enum)


def _text_bytes(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    lengths = column.bin.size() if kind == pl.Binary else column.cast(pl.String).str.len_bytes()
    return lengths.cast(pl.UInt64).sum()


def _check_parts(path: Path, parts: list[zipfile.ZipInfo], max_cells: int) -> None:
    longest_shared, shared_uses = 0, 0
    with path.open("rb") as handle:
        for part in parts:
            if part.flag_bits & 1:
                raise InputError(
                    "file_encrypted",
                    "压缩包有密码",
                    "the archive is password-protected",
                    "请去掉密码后再读",
                    "Remove the password and read again",
                    Where(file=str(path)),
                )
            total, rows, columns, tail = 0, 0, 0, b""
            is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
            is_shared = part.filename.endswith("sharedStrings.xml")
            for chunk in _unpacked(handle, part):
                total += len(chunk)
                if total > part.file_size:
                    raise _bomb(path, total)
                if is_sheet:
                    window = tail + chunk
                    rows, columns = _extent(window, rows, columns)
                    shared_uses += chunk.count(b't="s"')
                    tail = window[-200:]
                elif is_shared:
                    pieces = (tail + chunk).split(b"<si")
                    longest_shared = max(longest_shared, *(len(piece) for piece in pieces))
                    tail = pieces[-1]
            if rows * columns > max_cells:
                raise _too_wide(path, part.filename, rows, columns)
    if longest_shared > 2**15 and longest_shared * shared_uses > 4 * MAX_EXPANDED:
        raise _bomb(path, longest_shared * shared_uses)


def _extent(window: bytes, rows: int, columns: int) -> tuple[int, int]:
    """The greatest row and column (1-based) that cells of this piece of a sheet name, with those known so far."""
    for letters, row in set(_CELL.findall(window)):
        rows = max(rows, int(row))
        if len(letters) > 1 or columns < 26:
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            columns = max(columns, column)
    for row in _ROW.findall(window):
        rows = max(rows, int(row))
    return rows, columns


def _too_wide(path: Path, part: str, rows: int, columns: int) -> InputError:
    return InputError(
        "file_bomb",
        f"{part} 里的单元格占了 {rows:,} 行 × {columns:,} 列",
        f"the cells of {part} span {rows:,} rows x {columns:,} columns",
        "请删去表格右边和下面的空行空列后另存",
        "Delete the empty rows and columns beside the table and save again",
        Where(file=str(path)),
    )


def _unpacked(handle: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of `part` in pieces of at most 1 MiB, unpacked from its own bytes (declared sizes may lie)."""
    handle.seek(part.header_offset)
    header = handle.read(30)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    handle.seek(part.header_offset + 30 + name_length + extra_length)
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(f"compression {part.compress_type}")
    unpacker = zlib.decompressobj(-15)
    left = part.compress_size
    while left > 0:
        piece = handle.read(min(_CHUNK, left))
        if not piece:
            raise EOFError("truncated")
        left -= len(piece)
        if part.compress_type == zipfile.ZIP_STORED:
            yield piece
            continue
        while piece:
            out = unpacker.decompress(piece, _CHUNK)
            yield out
            piece = unpacker.unconsumed_tail
            if unpacker.eof:
                return
