"""What is let in as a file: by its bytes, not its name."""

import io
import os
import struct
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from house import House
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import IFDRational
from PIL.WebPImagePlugin import WebPImageFile

from bihuan.foundation.files import api as files
from bihuan.foundation.files import pictures, store
from bihuan.foundation.files.api import FileError
from bihuan.lib.problems import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store_of_its_own(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def picture(kind="JPEG", size=(40, 30), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **more)
    return out.getvalue()


def with_position():
    exif = Image.Exif()
    exif[0x010E] = "my home"
    exif[0x0112] = 6
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (IFDRational(36), IFDRational(37), IFDRational(2))
    gps[3], gps[4] = "E", (IFDRational(101), IFDRational(46), IFDRational(40))
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif, comment=b"secret comment")
    return out.getvalue()


def office(folder="xl", **members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/main.xml", "<x/>")
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def test_pictures_are_taken_and_their_bytes_kept():
    for kind, mime in (("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")):
        stored = files.accept("灯.dat", picture(kind))
        assert stored.mime == mime
        assert not files.path_of(stored.sha256).exists(), "not before something names it"
        files.keep([stored])
        assert files.path_of(stored.sha256).stat().st_size == stored.size


def test_position_and_remarks_are_gone_and_the_picture_upright():
    raw = with_position()
    assert b"my home" in raw
    stored = files.accept("家门口.jpg", raw)
    content = stored.content
    with Image.open(io.BytesIO(content)) as found:
        assert not found.getexif()
        assert not found.info.get("comment")
        assert found.size == (30, 40), "turned as the camera said"
    assert b"my home" not in content
    assert b"secret comment" not in content


def test_what_hides_behind_the_pixels_is_gone():
    stored = files.accept("灯.png", picture("PNG") + b"<script>alert(1)</script>")
    assert b"script" not in stored.content


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("表.jpg", office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("文.txt", office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("x.exe", b"%PDF-1.7\n%%EOF\n", "application/pdf"),
    ],
)  # fmt: skip
def test_the_bytes_say_what_it_is(name, content, mime):
    assert files.accept(name, content).mime == mime


MALICIOUS = {
    "empty": ("灯.jpg", b"", "files.empty"),
    "too large": ("灯.jpg", b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024 + 1), "files.too_large"),
    "a program": ("灯.jpg", b"MZ" + b"\0" * 200, "files.not_allowed"),
    "a script": ("灯.jpg", b"#!/bin/sh\nrm -rf /", "files.not_allowed"),
    "a page": ("灯.jpg", b"<html><script>alert(1)</script>", "files.not_allowed"),
    "a drawing with script": ("灯.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "files.not_allowed"),
    "a plain zip": ("灯.zip", office("other"), "files.not_allowed"),
    "a workbook with macros": ("表.xlsx", office("xl", xl__vbaProject_dot_bin="x"), "files.not_allowed"),
    "macros in disguise": ("表.xlsx", office("xl", xl__VBAPROJECT_dot_BIN="x"), "files.not_allowed"),
    "a zip cut short": ("表.xlsx", office("xl")[:60], "files.not_allowed"),
    "half a picture": ("灯.jpg", picture(size=(400, 400))[:300], "files.broken_image"),
    "a picture's first bytes": ("灯.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "files.broken_image"),
    "fifty megapixels": ("灯.png", lambda: picture("PNG")[:16] + struct.pack(">II", 10_000, 5_000) + picture("PNG")[24:], "files.too_many_pixels"),
    "a hundred and eighty megapixels": ("灯.png", lambda: picture("PNG")[:16] + struct.pack(">II", 20_000, 9_000) + picture("PNG")[24:], "files.too_many_pixels"),
    "a large WebP": ("灯.webp", lambda: picture("WEBP", (2_200, 1_700)), "files.too_many_pixels"),
    "fifty progressive megapixels": ("灯.jpg", lambda: picture("JPEG", (8_160, 6_120), progressive=True), "files.too_many_pixels"),
    "a telephone's own format": ("灯.heic", b"\0\0\0\x18ftypheic" + b"\0" * 200, "files.heic"),
    "a header that lies": ("灯.webp", b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f" + b"\xff" * 12, "files.too_many_pixels"),
    "a workbook of ten thousand members": ("表.xlsx", lambda: office("xl", **{f"m{n}": "" for n in range(10_000)}), "files.not_allowed"),
    "text": ("灯.txt", "灯坏了".encode(), "files.not_allowed"),
    "gif": ("灯.gif", picture("GIF"), "files.not_allowed"),
    "nothing but NUL": ("灯.jpg", b"\0" * 1000, "files.not_allowed"),
}  # fmt: skip


@pytest.mark.parametrize("name", MALICIOUS)
def test_what_is_not_taken(name):
    shown, held, key = MALICIOUS[name]
    content = held() if callable(held) else held
    with pytest.raises(FileError) as caught:
        files.accept(shown, content)
    assert caught.value.key == key
    assert caught.value.values["name"]


def decoded(monkeypatch):
    """The sizes in which pictures are decoded, in order."""
    seen = []
    for one in (JpegImageFile, PngImageFile, WebPImageFile):

        def load(self, _load=one.load):
            seen.append(self.size)
            return _load(self)

        monkeypatch.setattr(one, "load", load)
    return seen


@pytest.mark.parametrize(
    ("width", "height"), [(8064, 6048), (8160, 6120), (4032, 3024), (2560, 1920)]
)
def test_a_telephones_photo_is_taken_and_decoded_small(monkeypatch, width, height):
    content = picture("JPEG", (width, height))
    seen = decoded(monkeypatch)
    stored = files.accept("灯.jpg", content)
    with Image.open(io.BytesIO(stored.content)) as found:
        assert found.width * found.height <= pictures.MOST_DECODED
        assert found.width >= 2000
        assert abs(found.width / found.height - width / height) < 0.01
    assert all(w * h <= pictures.MOST_DECODED for w, h in seen), seen


def test_a_second_picture_behind_the_first_is_neither_counted_nor_kept():
    one = picture("JPEG", (8064, 6048))
    assert files.accept("灯.jpg", one + one).content == files.accept("灯.jpg", one).content


def test_scans_that_would_be_hidden_are_counted_or_cut_off():
    one = picture("JPEG", (64, 64), progressive=True)
    scan = one.index(b"\xff\xda")
    many = one[:-2] + one[scan:-2] * 20 + b"\xff\xd9"
    with pytest.raises(FileError, match="too_many_pixels"):
        files.accept("灯.jpg", many)
    hidden = one[:-2] + b"\xff\xfe\0\4\xff\xd9" + one[scan:-2] * 20 + b"\xff\xd9"
    assert pictures.weigh(hidden, "image/jpeg").end < len(one) + 6


def sent(*contents):
    return [ContentFile(content, f"{n}.jpg") for n, content in enumerate(contents)]


def test_the_work_of_all_pictures_is_counted_before_any_is_decoded(monkeypatch):
    large = picture("JPEG", (8064, 6048))
    seen = decoded(monkeypatch)
    with pytest.raises(FileError, match="too_much_at_once"):
        files.take(sent(*[large] * 8), 8)
    with pytest.raises(FileError, match="too_many "):
        files.take(sent(*[large] * 6))
    with pytest.raises(FileError, match="not_allowed"):
        files.take(sent(large, b"text"))
    assert not seen
    assert len(files.take(sent(*[large] * 5))) == 5
    assert seen


@given(content=st.binary(max_size=400), kind=st.sampled_from(sorted(pictures.MIMES)))
def test_no_bytes_break_the_scales(content, kind):
    heads = {
        "image/jpeg": b"\xff\xd8",
        "image/png": b"\x89PNG\r\n\x1a\n",
        "image/webp": b"RIFF\0\0\0\0WEBP",
    }
    with suppress(pictures.BrokenError, pictures.TooLargeError):
        plan = pictures.weigh(heads[kind] + content, kind)
        assert plan.work >= 0
        assert plan.width * plan.height // plan.scale**2 <= 9_000_000


def test_a_large_screenshot_becomes_a_photograph_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (1200, 1000), (0, 0, 0, 0)).save(out, "PNG")
    stored = files.accept("屏幕.png", out.getvalue())
    assert (stored.name, stored.mime) == ("屏幕.jpg", "image/jpeg")
    with Image.open(io.BytesIO(stored.content)) as found:
        assert found.getpixel((5, 5)) == (255, 255, 255)


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused():
    bomb = office("xl", xl__big_dot_xml=b"0" * (300 * 1024 * 1024))
    assert len(bomb) < 2 * 1024 * 1024
    with pytest.raises(FileError, match="not_allowed"):
        files.accept("表.xlsx", bomb)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\windows\\灯.jpg", "灯.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("灯\x00.jpg", "灯.jpg"),
        ("灯\r\n.jpg", "灯.jpg"),
        ("", "file"),
        ("\u202e", "file"),
        ("x" * 300 + ".jpg", "x" * 100 + ".jpg"),
        ("灯." + "y" * 50, "灯.yyyyyyyy"),
        (".jpg", ".jpg"),
        ("a/", "file"),
    ],
)
def test_names(given, kept):
    assert files.accept(given, picture()).name == kept


def test_altered_and_lost_files_are_found(house):
    stored = files.accept("灯.jpg", picture(size=(41, 31)))
    other = files.accept("灯.jpg", picture(size=(42, 31)))
    opened = house.open(files=[stored, other])
    assert [a.name for a in files.of(opened.matter.stream)] == ["灯.jpg", "灯.jpg"]
    assert list(files.verify()) == []
    files.path_of(stored.sha256).write_bytes(b"something else")
    files.path_of(other.sha256).unlink()
    assert [f.what for f in files.verify()] == [
        "the stored file was altered",
        "the stored file is gone",
    ]
    files.path_of(stored.sha256).unlink()


def test_the_same_bytes_are_stored_once():
    first, second = files.accept("a.jpg", picture()), files.accept("b.jpg", picture())
    assert first.sha256 == second.sha256


def aged(stored, **age):
    """Makes a stored file as old as if it had come so long ago."""
    then = (House().at - timedelta(**age)).timestamp()
    os.utime(files.path_of(stored.sha256), (then, then))


def test_what_a_refused_step_left_is_collected_after_a_day(house):
    kept, orphan, young = (files.accept("a.png", picture("PNG", (n, 9))) for n in (51, 52, 53))
    house.open(files=[kept])
    files.keep([orphan, young])
    aged(kept, days=9)
    aged(orphan, days=2)
    aged(young, hours=23)
    cut_off = files.path_of(orphan.sha256).with_name("tmpabc")
    cut_off.write_bytes(b"half")
    os.utime(cut_off, (0, 0))
    assert files.collect_orphans(house.at) == 2
    assert [files.path_of(s.sha256).exists() for s in (kept, orphan, young)] == [True, False, True]
    assert not cut_off.exists()
    assert files.collect_orphans(house.at) == 0
    assert list(files.verify()) == []


def test_a_collector_that_was_killed_loses_nothing(house):
    kept = files.accept("a.png", picture("PNG", (54, 9)))
    house.open(files=[kept])
    aged(kept, days=9)
    path = files.path_of(kept.sha256)
    path.rename(path.with_name(f"{kept.sha256}.aside"))
    assert [f.what for f in files.verify()] == ["the stored file is gone"]
    files.collect_orphans(house.at)
    assert list(files.verify()) == []


def test_bytes_sent_again_while_they_are_collected_stay():
    """The upload comes at the worst instant: after the collector found no row, before it removes."""
    stored = files.accept("a.png", picture("PNG", (55, 9)))
    files.keep([stored])
    aged(stored, days=9)
    asked = []

    def in_use(sha256):
        # Asked before anything is touched, and once more when the file was put aside.
        asked.append(sha256)
        files.keep([stored])
        return False

    assert store.collect(datetime.now(UTC), in_use) == 0
    assert len(asked) == 1, "young again: that alone saves it"
    assert files.path_of(stored.sha256).read_bytes() == stored.content


def test_a_refused_step_writes_no_file(house):
    stored = files.accept("a.png", picture("PNG", (56, 9)))
    opened = house.open()
    for refused in (
        lambda: house.open("", files=[stored]),
        lambda: house.act(opened, "reply", "handler", files=[stored], reply="好"),
        lambda: house.act(opened, "add", "sender", files=[stored], text=""),
    ):
        with pytest.raises((ProblemError, LookupError)):
            refused()
    assert not files.path_of(stored.sha256).exists()


def test_an_anonymous_sender_leaves_no_document_and_no_name(house):
    letter, photo = (
        files.accept("周某某.docx", office("word")),
        files.accept("周某某.jpg", picture()),
    )
    with pytest.raises(FileError, match="signed"):
        house.open(anonymous=True, files=[letter])
    opened = house.open(anonymous=True, files=[photo])
    with pytest.raises(FileError, match="signed"):
        house.act(opened, "add", "sender", text="补充", files=[photo, letter])
    assert not files.path_of(letter.sha256).exists()
    house.act(opened, "add", "sender", text="补充", files=[photo, photo])
    house.act(opened, "add", "desk", text="补充", files=[letter])
    names = [a.name for a in files.of(opened.matter.stream)]
    assert names == ["1.jpeg", "1.jpeg", "2.jpeg", "周某某.docx"], "staff's own are theirs"
