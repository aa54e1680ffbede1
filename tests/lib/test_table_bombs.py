"""Tables that strangers send: bombs are refused cheaply, and no cell given out is a formula."""

import gzip
import io
import os
import resource
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.lib import confined, tables
from bihuan.lib.tables import TableError
from bihuan.lib.tables.guard import guarded, unguarded

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    "</Types>"
)


def _links(*pairs: tuple[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(pairs, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def book(cells: str, texts: str = "", more: int = 0) -> bytes:
    """A workbook as no spreadsheet program writes it."""
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{texts}</sst>",
    } | {f"x{n}": "" for n in range(more)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _shared(count: int, size: int, cell: str = '<c r="A{n}" t="s"><v>0</v></c>') -> bytes:
    rows = "".join(f'<row r="{n}">{cell.format(n=n)}</row>' for n in range(1, count + 1))
    return book(rows, f"<si><t>{'字' * size}</t></si>")


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{cell}"><v>1</v></c></row>'
ENTITY = '<!DOCTYPE a [<!ENTITY a "' + "x" * 1000 + '">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 100}">' for a, b in zip("abcd", "bcde", strict=True)
) + "]>"  # fmt: skip
# Made when they are thrown, not when tests are collected.
BOMBS = {
    "two far cells": (lambda: book(FAR.format(row=200000, cell="GR200000")), "a.xlsx"),
    "cells beyond any sheet": (lambda: book(FAR.format(row=1, cell="ZZZZZZ1")), "a.xlsx"),
    "one text in many cells": (lambda: _shared(100_000, 15_000), "a.xlsx"),
    "the same, hidden from counting": (
        lambda: _shared(50_000, 20_000, '<c y="' + "y" * 600 + '" r="A{n}" t="s"><v>0</v></c>'), "a.xlsx",
    ),
    "the same, without places": (lambda: _shared(50_000, 20_000, '<c t="s"><v>0</v></c>'), "a.xlsx"),
    "members without number": (lambda: book("", more=5_000), "a.xlsx"),
    "zeros": (lambda: gzip.compress(b"a,b\n" + b"\0" * 300_000_000, 1), "a.csv.gz"),
    "rows of nothing but commas": (lambda: gzip.compress(b"a\n" + (b"," * 190 + b"x\n") * 90_000), "a.csv.gz"),
    "columns by the span": (lambda: b"<table><tr>" + b"<td colspan=99999>x</td>" * 500 + b"</table>", "a.xls"),
    "tables without end": (lambda: b"<table><tr><td>x</td></tr></table>" * 2_000, "a.xls"),
    "tables in tables": (lambda: b"<table><tr><td>" * 20_000, "a.xls"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_without_taking_memory_or_time(bomb):
    made, name = BOMBS[bomb]
    content = made()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    try:
        found = tables.read(content, name)
    except TableError as error:
        assert error.key.startswith("intake.")  # noqa: PT017 - or it is read, and small
    else:
        assert sum(len(line) for sheet in found for line in sheet.lines) < 10_000
    assert time.monotonic() - began < 20
    # In this process; the child has its own limit.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_entities_and_nested_archives_are_not_unpacked():
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'
    hostile = book(cell)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(hostile)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            text = old.read(member)
            new.writestr(
                member.filename, ENTITY.encode() + text if "sheet1" in member.filename else text
            )
    for content, name in (
        (out.getvalue(), "a.xlsx"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "a.csv.gz"),
        (book("", more=1) + book(""), "a.xlsx"),
    ):
        try:
            found = tables.read(content, name)
        except TableError:
            continue
        assert sum(len(c) for sheet in found for line in sheet.lines for c in line) < 10_000


def test_the_reader_has_no_secrets_and_dies_of_its_limit(tmp_path: Path, monkeypatch):
    (tmp_path / "greedy.py").write_text(
        "import os, sys\nfrom bihuan.lib import confined\n"
        "confined.confine(int(sys.argv[1]), int(sys.argv[2]))\n"
        "if 'env' in sys.argv: print(sorted(os.environ))\n"
        "elif 'sleep' in sys.argv: __import__('time').sleep(60)\n"
        "else: print(len(b'x' * 2_000_000_000))\n"
    )
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    )
    monkeypatch.setenv("BIHUAN_SECRET", "x")
    told = confined.run("greedy", b"", "env", memory=1 << 29, seconds=20)
    assert b"BIHUAN" not in told
    with pytest.raises(confined.ExhaustedError):
        confined.run("greedy", b"", "sleep", memory=1 << 29, seconds=1)
    if sys.platform == "linux":
        with pytest.raises((confined.ExhaustedError, confined.FailedError)):
            confined.run("greedy", b"", memory=1 << 29, seconds=20)


def test_threads_read_one_after_the_other():
    found: list[int] = []
    work = [
        threading.Thread(
            target=lambda: found.append(len(tables.read(b"a,b\n1,2\n", "a.csv")[0].lines))
        )
        for _ in range(4)
    ]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert found == [2] * 4


@pytest.mark.parametrize(
    "cell",
    [
        "=1",
        "+1",
        "-1",
        "@x",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\n=1",
        "\r\n=1",
        "\t=1",
        " =1",
        "\u3000=1",
        "\ufeff=1",
        "−1",
        "\n",
    ],
)
def test_what_some_program_would_calculate_is_guarded(cell):
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@given(st.text(alphabet="=+-@＝＋－＠ \t\r\n'a1\u3000", max_size=6))
def test_the_guard_comes_off_again(cell):
    assert guarded(cell)[:1] not in tuple("=+-@＝＋－＠\t\r\n")
    if not cell.startswith("'"):
        assert unguarded(guarded(cell)) == cell
