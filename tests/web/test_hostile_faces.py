"""Bar S3 at the faces: each named hostile input through the real doors gets a clear answer.

A 4xx in the reader's language or a plain success, no trace of a fault, and nothing half written.
"""

import gzip
import io
import json
import zipfile
from urllib.parse import quote_from_bytes

import hostile
import openpyxl
import pytest
from django.core.cache import cache
from django.test import Client
from house import BODY
from PIL import Image

pytestmark = pytest.mark.django_db

FAULTS = ("Traceback", "Exception", "/site-packages/", 'File "', "Error at /", "<class ")
CHINESE = range(0x4E00, 0x9FFF)


def judged(send):
    """What is wrong with the answer to a request, or ''. `send` returns the response."""
    cache.clear()
    before = hostile.counted()
    answer = send()
    text = answer.content.decode(errors="replace")
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    # The page may repeat what was typed, so only what no input holds counts as a fault.
    if any(fault in text for fault in FAULTS):
        return "a trace of the fault"
    if answer.status_code >= 400:
        if hostile.counted() != before:
            return f"{answer.status_code} and half a write"
        if not any(ord(c) in CHINESE for c in text):
            return "not in the reader's language"
    return ""


def wrong(cases):
    """Which of named cases went wrong, and how."""
    found = {name: judged(send) for name, send in cases.items()}
    return {name: what for name, what in found.items() if what}


def formed(fields):
    """A form as a browser without manners sends it: half characters and all."""
    return "&".join(
        f"{name}={quote_from_bytes(str(value).encode('utf-8', 'surrogatepass'))}"
        for name, value in fields.items()
    )


def post(client, path, fields):
    return client.post(path, formed(fields), content_type="application/x-www-form-urlencoded")


# One of a kind and the long ones only once: the kernel's own tests take every one of them.
TEXTS = {
    name: text for name, text in hostile.TEXTS.items()
    if not name.startswith(("control", "bidi", "invisible", "nonch", "private", "sql"))
    or name.endswith(("U+0000", "U+202E", "U+200B", "U+FFFE", "U+E000", "quote"))
}  # fmt: skip


@pytest.fixture
def public(house):
    return Client(raise_request_exception=False, headers={"Accept-Language": "zh-CN"})


@pytest.fixture
def desk(house):
    client = house.client("desk", raise_request_exception=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def test_the_portal_s_form(house, public):
    sound = {"category": "complaint", "body": BODY}
    cases = {
        f"{field}: {name}": lambda f=field, t=text: post(public, "/ask", {**sound, f: t})
        for name, text in TEXTS.items()
        if len(text) < 100_000 or name == "ten megabytes"
        for field in (
            ("body",) if len(text) > 4000 else ("body", "place" if len(text) % 2 else "phone")
        )
    }
    cases |= {
        f"{field} of a hostile kind: {name}": lambda f=field, t=text: post(
            public, "/ask", {**sound, f: t}
        )
        for field in ("to", "category", "key", "email", "name")
        for name, text in list(TEXTS.items())[::12]
        if len(text) < 4000
    }
    assert wrong(cases) == {}


def test_the_code_box_and_the_desk_s_forms(house, public, desk):
    opened = house.open()
    cases = {}
    for name, text in TEXTS.items():
        if len(text) > 30_000:
            continue
        cases[f"code: {name}"] = lambda t=text: post(public, "/follow", {"code": t})
        cases[f"note: {name}"] = lambda t=text: post(
            desk, f"/desk/matters/{opened.matter.pk}/note", {"note": t}
        )
        if len(text) < 3000:
            cases[f"register: {name}"] = lambda t=text: post(
                desk, "/desk/register", {"category": t, "channel": "hotline", "body": BODY}
            )
    assert wrong(cases) == {}


def test_the_interface(house, public):
    ask = {
        "programme": "public_voice", "kind": "voice", "home": house.org("center").pk,
        "body": BODY, "fields": {"category": "complaint", "channel": "web"},
    }  # fmt: skip

    def send(body):
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return public.generic(
            "POST", "/api/v1/public/matters", text, content_type="application/json"
        )

    def plain(value):
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            return False
        return True

    cases = {}
    for name, value in {**TEXTS, **{f"value {k}": v for k, v in hostile.VALUES.items()}}.items():
        if not plain(value) or len(str(value)) > 100_000:
            continue
        field = ("body", "home", "fields", "contact", "files", "kind")[len(cases) % 6]
        cases[f"{field}: {name}"] = lambda f=field, v=value: send({**ask, f: v})
    cases |= {
        "deeply nested": lambda: send('{"body":' + "[" * 100_000 + "]" * 100_000 + "}"),
        "deep objects": lambda: send('{"a":' * 50_000 + "1" + "}" * 50_000),
        "not JSON": lambda: send("{"),
        "NaN": lambda: send('{"home": NaN}'),
        "a number of a million digits": lambda: send('{"home": ' + "9" * 1_000_000 + "}"),
        "UTF-16": lambda: send(json.dumps(ask).encode("utf-16")),
        "GBK": lambda: send(json.dumps(ask, ensure_ascii=False).encode("gbk")),
        "half a surrogate": lambda: send('{"body": "\\ud800"}'),
        "the same name twice": lambda: send('{"body": "a", "body": 1}'),
        "ten megabytes": lambda: send({**ask, "body": "灯" * 3_500_000}),
        "nothing": lambda: send(""),
        "a list": lambda: send([ask]),
    }
    assert wrong(cases) == {}


def image(kind="PNG", size=(20, 20)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def made(held):
    """What takes long to make is made where it is sent, not wherever tests are listed."""
    return held() if callable(held) else held


UPLOADS = {
    "empty": ("a.jpg", b""),
    "a program": ("a.jpg", b"MZ" + b"\0" * 400),
    "an ELF": ("a.png", b"\x7fELF" + b"\0" * 400),
    "a shell script": ("a.pdf", b"#!/bin/sh\nid"),
    "a page": ("a.jpg", b"<html><script>alert(1)</script>"),
    "an SVG": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "a spreadsheet as picture": ("a.jpg", zipped(xl__workbook_dot_xml="<x/>")),
    "a picture as spreadsheet": ("a.xlsx", image()),
    "a truncated picture": ("a.png", image(size=(400, 400))[:200]),
    "a truncated JPEG": ("a.jpg", image("JPEG", (400, 400))[:200]),
    "PNG header and noise": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    "a decompression bomb": ("a.png", lambda: image(size=(9000, 9000))),
    "a zip bomb": ("a.xlsx", lambda: zipped(xl__a_dot_xml=b"0" * 210_000_000)),
    "macros": ("a.docx", zipped(word__vbaProject_dot_bin="x", word__document_dot_xml="<x/>")),
    "a plain zip": ("a.zip", zipped(a_dot_txt="x")),
    "a zip cut short": ("a.docx", zipped(word__document_dot_xml="<x/>")[:40]),
    "a JAR with a PNG in front": ("a.png", image() + zipped(A_dot_class="x")),
    "a GIF with a script": ("a.gif", b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)"),
    "a PDF with a page in front": ("a.pdf", b"<script>1</script>%PDF-1.7"),
    "a PDF from nobody": ("a.pdf", b"%PDF-1.7\n%%EOF"),
    "text": ("a.txt", "灯坏了".encode()),
    "gzip": ("a.gz", gzip.compress(b"x")),
    "a name up": ("../../../etc/passwd", image()),
    "a name of a device": ("CON", image()),
    "a name of ten thousand": ("x" * 10_000 + ".png", image()),
    "a name turned round": ("a\u202egnp.exe", image()),
    "a name with a line": ("a\r\nX-Y: z.png", image()),
    "a name with quotes": ('a";filename="b.png', image()),
    "eleven megabytes": ("a.jpg", b"\xff\xd8\xff" + b"0" * 11_000_000),
}


def test_uploads_at_the_portal_and_the_desk(house, public, desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    opened = house.open()
    cases = {}
    for name, (shown, held) in UPLOADS.items():
        content = made(held)
        for face, client, path, fields in (
            ("portal", public, "/ask", {"category": "complaint", "body": BODY}),
            ("desk", desk, f"/desk/matters/{opened.matter.pk}/act/add", {"text": "补充"}),
        ):
            cases[f"{face}: {name}"] = lambda c=client, p=path, f=fields, s=shown, b=content: (
                c.post(p, {**f, "files": SimpleUploadedFile(s, b)})
            )
    assert wrong(cases) == {}


HEADER = "时间,渠道,类别,内容\n"
DATES = (
    "2026-03-02 09:00", "2026/3/2", "2026年3月2日", "02.03.2026", "3/2/26", "2026-02-30", "0000-01-01",
    "9999-12-31", "46083", "46083.5", "1e9", "-1", "昨天", "2026-03-02T09:00:00Z", "２０２６-03-02",
    "2026-03-02 25:61", "١٤٤٧", "=NOW()",
)  # fmt: skip


def sheet(rows, **more):
    out = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in more.items():
        book.active[place] = value
    book.save(out)
    return out.getvalue()


def swapped(content, member, before, after):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(
                info.filename, data.replace(before, after) if info.filename == member else data
            )
    return out.getvalue()


GOOD = sheet([["内容", "渠道", "类别"], [BODY, "热线", "投诉"]])
FIRST = "xl/worksheets/sheet1.xml"
IMPORTS = {
    "empty": ("a.csv", b""),
    "only blanks": ("a.csv", b" \n \n"),
    "NUL": ("a.csv", b"\0" * 5000),
    "a program": ("a.csv", b"MZ\x90\0" * 100),
    "a picture": ("a.xlsx", image()),
    "a picture as CSV": ("a.csv", image()),
    "neither UTF-8 nor GBK": ("a.csv", b"\x81\x00\xff\xff" * 50),
    "GBK": ("a.csv", (HEADER + f",热线,投诉,{BODY}\n").encode("gbk")),
    "UTF-16": ("a.csv", (HEADER + f",热线,投诉,{BODY}\n").encode("utf-16")),
    "UTF-16 cut in half": ("a.csv", HEADER.encode("utf-16")[:-1]),
    "the same title twice": ("a.csv", "内容,内容,类别\na,b,投诉\n".encode()),
    "no title we know": ("a.csv", b"x,y\n1,2\n"),
    "only titles": ("a.csv", HEADER.encode()),
    "an open quote": ("a.csv", (HEADER + '"' + "灯" * 200_000).encode()),
    "a hundred thousand columns": ("a.csv", b"a," * 100_000),
    "ragged": ("a.csv", (HEADER + "1\n1,2,3,4,5,6,7,8,9\n").encode()),
    "a cell of a megabyte": ("a.csv", (HEADER + ",热线,投诉," + "x" * 900_000).encode()),
    "formulas": ("a.csv", (HEADER + ",热线,投诉,=cmd|' /C calc'!A0\n,热线,投诉,@SUM(1)\n").encode()),
    "pages": ("a.csv", (HEADER + ",热线,投诉,<script>alert(1)</script>\n").encode()),
    "a gzip bomb": ("a.csv.gz", lambda: gzip.compress(b"0" * 220_000_000, 1)),
    "gzip cut short": ("a.csv.gz", gzip.compress(HEADER.encode())[:20]),
    "a zip bomb": ("a.xlsx", lambda: zipped(xl__a_dot_xml=b"0" * 210_000_000)),
    "a zip of nothing": ("a.xlsx", zipped(a="b")),
    "a zip cut short": ("a.xlsx", GOOD[:500]),
    "text called a workbook": ("a.xlsx", HEADER.encode()),
    "a far cell": ("a.xlsx", swapped(GOOD, FIRST, b'r="C2"', b'r="XFD1048576"')),
    "a far row": ("a.xlsx", swapped(GOOD, FIRST, b'r="2"', b'r="1048576"')),
    "a far cell in other quotes": ("a.xlsx", swapped(GOOD, FIRST, b'r="C2"', b"r='XFD1048576'")),
    "a broken sheet": ("a.xlsx", swapped(GOOD, FIRST, b"</sheetData>", b"")),
    "an entity bomb": ("a.xlsx", swapped(GOOD, FIRST, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "b">]><worksheet')),
    "a far entity": ("a.xlsx", swapped(GOOD, FIRST, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet')),
    "an outside link": ("a.xlsx", sheet([["内容", "渠道", "类别"]], A2="='[http://x.example/a.xlsx]S'!A1")),
    "a formula": ("a.xlsx", sheet([["内容", "渠道", "类别"], ["=1/0", "热线", "投诉"]])),
    "a workbook without sheets": ("a.xlsx", swapped(GOOD, "xl/workbook.xml", b"<sheet ", b"<shoot ")),
    **{f"date {one}": ("a.csv", f"{HEADER}{one},热线,投诉,{BODY}\n".encode()) for one in DATES},
}  # fmt: skip


def test_imports(house, desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    def send(name, content, **more):
        return desk.post("/desk/import", {"file": SimpleUploadedFile(name, content), **more})

    cases = {}
    for name, (shown, held) in IMPORTS.items():
        content = made(held)
        # A date is read alike whether one looks or takes.
        if not name.startswith("date "):
            cases[f"look: {name}"] = lambda s=shown, c=content: send(s, c)
        cases[f"take: {name}"] = lambda s=shown, c=content: send(s, c, confirm="1")
    cases["a forged ticket"] = lambda: desk.post(
        "/desk/import", {"ticket": "x:y:z", "confirm": "1"}
    )
    cases["no file"] = lambda: desk.post("/desk/import", {})
    assert wrong(cases) == {}


def test_there_are_enough_of_them():
    assert len(TEXTS) + len(hostile.VALUES) + len(UPLOADS) + len(IMPORTS) >= 200
