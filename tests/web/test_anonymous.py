"""Bar S4: an anonymous message over a real connection to the real server, then a search of every
table, file and line of output for anything that leads back to whoever sent it."""

import hashlib
import http.client
import io
import json
import re
import socket
import sqlite3
import subprocess
import time
import uuid
import zipfile
from urllib.parse import urlencode

import psycopg
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from place import Place, Places, asked_of

# The whole of 127/8 is ours to connect from.
ADDRESS = "127.77.66.55"
FORWARDED = "203.0.113.77"
NAME = "欧阳标记"
HEADERS = {
    "User-Agent": "MarkBrowser/9.17",
    "Accept-Language": "en;q=0.9, tlh-MarkDialect",
    "Referer": "http://mark-referer.example/inner/page",
    "X-Forwarded-For": FORWARDED,
    "X-Real-IP": FORWARDED,
    "Forwarded": f"for={FORWARDED}",
    "From": "mark-from@example.org",
    "Authorization": "Basic bWFyay1hdXRo",
}
COOKIE = "mark_cookie=mark-cookie-value"
BODY = "人民路路灯坏了，夜里很黑，请派人修理。"
MORE = "补充一句：路口的两盏也不亮。"
MARKS = [
    ADDRESS, FORWARDED, NAME, "MarkBrowser", "MarkDialect", "mark-referer", "mark-from",
    "bWFyay1hdXRo", "mark_cookie", "mark-cookie-value", "mark-exif", "mark-comment", "mark-author",
    "mark-company", "mark-producer",
]  # fmt: skip


def photo():
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "mark-exif owner", "mark-exif rights"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (IFDRational(36), IFDRational(37), IFDRational(2))
    gps[3], gps[4] = "E", (IFDRational(101), IFDRational(46), IFDRational(40))
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(out, "JPEG", exif=exif, comment=b"mark-comment")
    return out.getvalue()


def office(folder):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<x/>")
        archive.writestr("docProps/core.xml", "<dc:creator>mark-author</dc:creator>")
        archive.writestr("docProps/app.xml", "<Company>mark-company</Company>")
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<</Author(mark-author)/Producer(mark-producer)>>\nendobj\n%%EOF\n"
DOCUMENTS = {f"{NAME}.docx": office("word"), f"{NAME}.xlsx": office("xl"), f"{NAME}.pdf": PDF}


class Sender:
    """Somebody at ADDRESS with a talkative browser."""

    def __init__(self, port):
        self.port, self.cookies = port, COOKIE
        self.token = self.key = self.to = ""

    def ask(self, method, path, body=b"", kind=""):
        line = http.client.HTTPConnection("127.0.0.1", self.port, 20, (ADDRESS, 0))
        headers = {**HEADERS, "Cookie": self.cookies} | ({"Content-Type": kind} if kind else {})
        line.request(method, path, body, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            assert cookie.startswith("csrftoken="), "no session for a sender"
            self.cookies = f"{COOKIE}; {cookie.partition(';')[0]}"
        line.close()
        return answer.status, text

    def open_form(self, path):
        status, text = self.ask("GET", path)
        assert status == 200
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)[1]
        return text

    def post(self, path, fields, files=None):
        fields = {"csrfmiddlewaretoken": self.token, **fields}
        if files is None:
            return self.ask("POST", path, urlencode(fields), "application/x-www-form-urlencoded")
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
            for k, v in fields.items()
        ]
        for name, content in files.items():
            head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"'
            parts.append(f"{head}\r\nContent-Type: x/mark\r\n\r\n".encode() + content + b"\r\n")
        body = b"".join([*parts, f"--{edge}--\r\n".encode()])
        return self.ask("POST", path, body, f"multipart/form-data; boundary={edge}")


@pytest.fixture
def place(tmp_path, request):
    places = Places(tmp_path)
    made = places.built(request.param)
    (tmp_path / "tmp").mkdir()
    # Everything said, everything put aside, and no second writer to wait for.
    made.env |= {"BIHUAN_LOG_LEVEL": "DEBUG", "TMPDIR": str(tmp_path / "tmp")}
    yield made
    places.close()


def served(place, port):
    """Starts the product as an operator does, its output kept."""
    with (place.data / "output.txt").open("wb") as output:
        process = place.start(
            "serve", "--no-work", "--port", str(port), stdout=output, stderr=subprocess.STDOUT
        )
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    raise AssertionError((place.data / "output.txt").read_text())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def forms(mark):
    """A mark as it is, as JSON writes it, packed, and hashed the usual ways."""
    raw = mark.encode()
    yield from (raw, json.dumps(mark)[1:-1].encode(), raw.hex().encode())
    yield from (hashlib.new(name, raw).hexdigest().encode() for name in ("md5", "sha1", "sha256"))
    if mark in (ADDRESS, FORWARDED):
        yield socket.inet_aton(mark)


def rows(place):
    """(table, row as text) of every table the database has, Django's own and indexes included."""
    if place.url:
        with psycopg.connect(place.url) as held:
            found = held.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in found.fetchall():
                for (row,) in held.execute(f'SELECT t::text FROM "{table}" t'):
                    yield table, row.encode()
        return
    with sqlite3.connect(place.data / "bihuan.sqlite3") as held:
        for (table,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for row in held.execute(f'SELECT * FROM "{table}"'):
                yield table, repr(row).encode()


def kept(place):
    """(where, what) of all that is there to be read: tables, and every file the installation wrote anywhere."""
    tables: dict[str, list[bytes]] = {}
    for table, row in rows(place):
        tables.setdefault(table, []).append(row)
    files = [one for one in place.data.parent.rglob("*") if one.is_file()]
    return (
        {table: b"\n".join(found) for table, found in tables.items()},
        [(one.name, one.read_bytes()) for one in files],
    )


def traces(held, mark):
    """Where a mark is found."""
    tables, files = held
    wanted = set(forms(mark))
    found = {table for table, text in tables.items() if any(w in text for w in wanted)}
    long = [one for one in wanted if len(one) > 4]
    return found | {name for name, text in files if any(w in text for w in long)}


def code_of(text):
    shown = re.search(r'class="code-big[^>]*>\s*<span[^>]*>([A-Z0-9 ]+)</span>', text)
    return shown[1].replace(" ", "")


@pytest.mark.parametrize("place", asked_of("sqlite"), indirect=True)
def test_nothing_leads_back_to_an_anonymous_sender(place: Place):
    port = free_port()
    process = served(place, port)
    try:
        sender = Sender(port)
        page = sender.open_form("/ask")
        fields = {
            "key": re.search(r'name="key" value="([\w-]+)"', page)[1],
            "to": re.search(r'name="to" value="([\w.]+)"', page)[1],
            "category": "complaint",
            "body": BODY,
        }
        for name, content in DOCUMENTS.items():
            status, text = sender.post("/ask", fields, {name: content})
            assert status == 422
            assert "screenshot" in text, "what to do instead"
        status, text = sender.post("/ask", fields, {f"{NAME}.jpg": photo()})
        assert status == 200, text
        code = code_of(text)
        sender.open_form("/follow")
        assert sender.post("/follow", {"code": "AAAAAAAAAA"})[0] == 404
        status, text = sender.post("/follow", {"code": code})
        assert status == 200
        ticket = re.search(r'href="(/follow/file/[^"]+)"', text)[1]
        key = re.search(r'name="key" value="([\w.-]+)"', text)[1]
        act = {"code": code, "action": "add", "text": MORE, "key": key}
        assert sender.post("/follow/act", act, {f"{NAME}.jpg": photo()})[0] == 200
        assert sender.post("/follow/act", act, {f"{NAME}.pdf": PDF})[0] in (200, 400)
        line = http.client.HTTPConnection("127.0.0.1", port, 20, (ADDRESS, 0))
        line.request("GET", ticket, headers=HEADERS)
        answer = line.getresponse()
        assert "1.jpeg" in answer.headers["Content-Disposition"]
        with Image.open(io.BytesIO(answer.read())) as shown:
            assert not shown.getexif()
        line.close()
        place.python(ANSWERED)
        status, text = sender.post(
            "/follow/act", {"code": code, "action": "rate", "rating": "satisfied"}
        )
        assert status == 200, text
        api = {
            "programme": "public_voice", "kind": "voice", "home": int(fields["to"].split(".")[0]),
            "body": BODY, "fields": {"category": "consult", "channel": "web"}, "anonymous": True,
            "contact": {"name": NAME, "phone": "13912345678", "email": "mark-from@example.org"},
        }  # fmt: skip
        status, text = sender.ask(
            "POST", "/api/v1/public/matters", json.dumps(api), "application/json"
        )
        assert status == 201, text
        codes = [code, json.loads(text)["code"]]
        place.run("work", "--once")
        # While it runs: the write-ahead log and whatever lies open are there to be read.
        held = kept(place)
        found = {mark: traces(held, mark) for mark in [*MARKS, *codes, sender.token, "13912345678"]}
        assert {mark: where for mark, where in found.items() if where} == {}
        # And the search does find what is there.
        assert {"audit_event", "matters_matter"} <= traces(held, BODY.rstrip("。"))
        assert {t for t, _ in rows(place)} & {"django_session", "audit_contact"} == set()
    finally:
        process.terminate()
        process.wait(20)


ANSWERED = """
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.api import Opened
from bihuan.lib.clock import now
from house import House
h = House(at=now())
m = Matter.objects.get(home__isnull=False)
h.answered(Opened(m, ""))
"""
