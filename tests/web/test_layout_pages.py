"""Layouts on the desk: from the house's own to one in use; what is refused is told line by line."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from bihuan.insight import api as insight
from bihuan.outcomes.publicity.bulletins import api as bulletins

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def april(house):
    insight.export(insight.store())
    with time_machine.travel(house.at + timedelta(days=32), tick=False):
        yield house


def sent(house, content, name="红头", who="leader"):
    what = f"public_voice.monthly.{house.org('city').pk}"
    given = {"what": what, "name": name}
    if content is not None:
        given["file"] = SimpleUploadedFile("a.docx", content)
    return house.client(who).post("/desk/layouts", given)


def test_from_the_houses_own_to_one_in_use(april):
    client = april.client("leader")
    assert 'href="/desk/layouts"' in client.get("/desk/bulletins").content.decode()
    assert (
        'href="/desk/layouts"' not in april.client("desk").get("/desk/bulletins").content.decode()
    )
    what = f"public_voice.monthly.{april.org('city').pk}"
    begin = client.get("/desk/layouts/start", {"what": what})
    assert begin.status_code == 200
    assert april.client("desk").get("/desk/layouts/start", {"what": what}).status_code == 403
    answer = sent(april, begin.content)
    assert answer.status_code == 302
    again = sent(april, begin.content)
    assert again.url == answer.url
    url = answer.url
    assert client.get(f"{url}/file").content == begin.content
    preview = client.get(f"{url}/preview", {"period": "2026-03"})
    assert "【预览】" in "".join(p.text for p in Document(io.BytesIO(preview.content)).paragraphs)
    assert client.get(f"{url}/preview", {"period": "三月"}).status_code == 400
    row = bulletins.layout(april.actor("leader"), int(url.rpartition("/")[2]))
    refused = client.post(url, {"do": "start", "version": row.version, "day": "2020-01-01"})
    assert refused.status_code == 400
    assert 'value="2020-01-01"' in refused.content.decode()
    what = f"public_voice.monthly.{april.org('center').pk}"
    draft = april.client("desk").post("/desk/bulletins", {"what": what, "period": "2026-03"}).url
    assert "按版式“红头”" not in client.get(draft).content.decode()
    given = {"do": "start", "version": row.version, "day": "2026-04-03"}
    assert client.post(url, given).status_code == 302
    assert "使用中" in client.get("/desk/layouts").content.decode()
    assert "按版式“红头”第1版" in client.get(draft).content.decode()
    word = b"".join(client.get(f"{draft}/preview").streaming_content)
    texts = [p.text for p in Document(io.BytesIO(word)).paragraphs]
    # The layout is the city's; whoever issues stands in the red head.
    assert texts[0] == "受理中心"
    assert "受理中心2026年3月民意直通情况统计" in texts
    assert april.client("stranger").get(f"{draft}/preview").status_code == 404
    # Sent twice, done once.
    assert client.post(url, given).status_code == 400
    assert client.post(url, given | {"do": "burn"}).status_code == 404


def test_what_is_wrong_is_told_line_by_line_and_what_was_typed_stays(april):
    document, out = Document(), io.BytesIO()
    for line in ("{{number}}", "本月收到{{recieved}}件", "<b>{{text}}"):
        document.add_paragraph(line)
    document.save(out)
    answer = sent(april, out.getvalue(), name="市局红头")
    page = answer.content.decode()
    assert answer.status_code == 400
    for words in (
        "有5处问题", "没有“{{recieved}}”这个标签。应写成 {{received}}。", "正文第2段：本月收到{{recieved}}件",
        "缺少标签 {{title}}", "要在正文里单独成段", "&lt;b&gt;{{text}}", 'value="市局红头"',
    ):  # fmt: skip
        assert words in page
    assert bulletins.layouts(april.actor("leader")) == []
    for content, words in (
        (None, "没有选择文件"),
        (b"", "完整的 .docx"),
        (b"x" * 7_000_000, "超过5MB"),
    ):
        answer = sent(april, content)
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert sent(april, b"x", who="desk").status_code == 403
