"""The first run: from an empty folder to a desk that receives what somebody sends, by the command and by
the page."""

import json
import re

import pytest
from place import HEAD, Place, Places

PASSWORD = "Quiet-harbour-71"
SETUP = ["setup", "--organisation", "安宁街道", "--level", "乡镇", "--name", "李静", "--username", "lijing", "--password-stdin"]  # fmt: skip
# A stranger writes on the portal; who receives logs in and looks at the queue.
QUICK = """
import house
from django.conf import settings
settings.PASSWORD_HASHERS = ["house.Quick"]
"""
SENT = (
    QUICK
    + """
import json, re
from django.test import Client
def browser():
    return Client(SERVER_NAME="127.0.0.1")
def sent(username):
    portal = browser()
    page = portal.get("/ask").content.decode()
    told = portal.post("/ask", {"body": "路灯坏了三天，晚上看不清路。", "category": "complaint"})
    desk = browser()
    into = desk.post("/desk/login", {"username": username, "password": "Quiet-harbour-71"})
    queue = desk.get("/desk/").content.decode()
    return {"asked": told.status_code, "in": into.status_code, "seen": "路灯坏了三天" in queue,
            "named": "安宁街道" in page}
"""
)
BY_COMMAND = SENT + "print(json.dumps(sent('lijing')))"
BY_PAGE = """
from bihuan.kernel.upkeep import first_run
told = {"lead": browser().get("/").headers["Location"]}
guesser = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="203.0.113.1")
told["guessed"] = [guesser.post("/setup", {"code": "AAAA-AAAA-AAAA"}).status_code for _ in range(12)]
told["guessed"].append(guesser.post("/setup", {"code": first_run.code()}).status_code)
stranger = browser()
form = {"organisation": "安宁街道", "name": "李静", "username": "lijing", "password": "Quiet-harbour-71",
        "programmes": ["public_voice"], "calendar": "weekends", "desk_name": "王芳", "desk_username": "wangfang",
        "code": "AAAA-AAAA-AAAA"}
told["form"] = stranger.get("/setup").content.decode()
wrong = stranger.post("/setup", form)
told["wrong"] = [wrong.status_code, first_run.is_open(), "李静" in wrong.content.decode()]
form["code"] = first_run.spoken_code().lower()
lacking = stranger.post("/setup", {**form, "password": "12345", "organisation": "", "desk_username": ""})
told["lacking"] = [lacking.status_code, first_run.is_open(), lacking.content.decode()]
weak = stranger.post("/setup", {**form, "password": "12345"})
told["weak"] = [weak.status_code, first_run.is_open(), "12345" in weak.content.decode()]
done = stranger.post("/setup", {**form, "mail_to": "someone@example.org"})
told["done"] = [done.status_code, done.content.decode()]
secret = re.search(r"/desk/invited#([0-9A-Z]{20})", told["done"][1])[1]
told["home"] = stranger.get("/studio/").status_code
again = [browser().get("/setup"), browser().post("/setup", form)]
told["again"] = [(one.status_code, one.headers.get("Location")) for one in again]
invited = browser().post("/desk/invited", {"code": secret, "password": "Quiet-harbour-71"})
told["invited"] = invited.status_code
told["sent"] = sent("wangfang")
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What each step said; beside it a copy of the folder as `init` left it."""
    place = Places(tmp_path_factory.mktemp("first")).new()
    empty = tmp_path_factory.mktemp("copy") / "data"
    copied = f"import shutil; from django.db import connection; connection.close(); shutil.copytree({str(place.data)!r}, {str(empty)!r})"  # fmt: skip
    _, *steps = place.together(
        QUICK,
        ["init"],
        copied,
        ["setup"],
        ["setup", "--organisation", "安宁街道", "--level", "", "--name", "李静", "--username", "li"],
        [*SETUP, "--programme", "没有的载体", f"<{PASSWORD}\n"],
        [*SETUP, "--programme", "o", f"<{PASSWORD}\n"],
        [*SETUP, "--programme", "民意", "<12345\n"],
        ["user", "create", "w", "王芳"],
        [*SETUP, "--programme", "民意", "--programme", "issue management", "--mail", "a@example.org", f"<{PASSWORD}\n"],
        BY_COMMAND,
        [*SETUP, "--yes", f"<{PASSWORD}\n"],
        "from bihuan.cli import setting_up; setting_up.tell_door()",
        ["verify"],
    )  # fmt: skip
    return steps, Place(empty)


def test_a_command_leads_from_an_empty_folder_to_a_desk_that_receives(told):
    steps, _ = told
    init, _, silent, partly, unknown, several, weak, prompt, done, sent, again, later, proved = (
        steps
    )
    code = re.search(r"/setup#(\S+) .* ([0-9A-Z]{4}(-[0-9A-Z]{4}){2}) ", init.stdout)
    assert code[1] == code[2]
    for one, words in (
        (silent, "--organisation"),
        (partly, "--password-stdin"),
        (prompt, "--password-stdin"),
    ):
        assert (one.returncode, words in one.stderr) == (2, True), one.stderr
        assert "Traceback" not in one.stderr
    assert unknown.returncode == 2
    assert "Public voice" in unknown.stderr, "what there is, is told"
    assert "several" in several.stderr
    assert weak.returncode == 1
    assert "password: The password" in weak.stderr
    assert done.returncode == 0, done.stderr
    assert "Comes along: Supervision" in done.stdout
    assert "In force: Supervision, Public voice, Issue management." in done.stdout
    assert "the mail was printed" in done.stdout
    assert json.loads(sent.stdout) == {"asked": 200, "in": 302, "seen": True, "named": True}
    assert (again.returncode, "over" in again.stderr) == (2, True)
    assert not later.stdout, "the code is told to nobody any more"
    assert proved.returncode == 0, proved.stdout


def test_a_page_does_the_same_for_who_has_the_code_and_for_nobody_else(told):
    _, empty = told
    done = json.loads(empty._python(HEAD + SENT + BY_PAGE).splitlines()[-1])
    assert done["lead"] == "/setup"
    assert "民意直通" in done["form"]
    assert "一并启用：督查督办" in done["form"]
    assert done["guessed"] == [403] * 10 + [429] * 3, "guessing ends in waiting"
    assert done["wrong"] == [403, True, True]
    status, still_open, page = done["lacking"]
    assert (status, still_open) == (422, True)
    assert page.count('aria-invalid="true"') == 2
    assert 'value="王芳"' in page
    assert done["weak"] == [422, True, False], "nothing happened, and no password is shown again"
    status, page = done["done"]
    assert status == 200, page
    assert "王芳负责受理" in page
    assert done["home"] == 200, "the first administrator is in"
    assert done["again"] == [[302, "/desk/login"]] * 2
    assert done["invited"] == 302
    assert done["sent"] == {"asked": 200, "in": 302, "seen": True, "named": True}
