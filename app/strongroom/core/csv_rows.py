"""CSV files as people's spreadsheets write them (RFC 4180), for payments and address books."""

from __future__ import annotations

import csv
import io

Row = tuple[int, tuple[str, ...]]


def parse_rows(data: bytes) -> tuple[Row, ...]:
    """The rows that are not empty, each with its line number, no space around a cell.

    Raises `ValueError` for what is not UTF-8 (a byte order mark is allowed) or not CSV.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return tuple((lines.line_num, tuple(cell.strip() for cell in row)) for row in lines if row)
    except csv.Error as error:
        raise ValueError(f"line {lines.line_num}: {error}") from error


def render_rows(rows: tuple[tuple[str, ...], ...]) -> bytes:
    """The file that `parse_rows` reads back."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
