"""The command itself: help, exit codes, plain words."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from urllib.error import HTTPError

import openpyxl
import pytest
from place import Place, Places

from bihuan import cli
from bihuan.kernel.programmes.api import registry
from bihuan.spec import verb_pages

COMMANDS = [
    ["init"],
    ["setup"],
    ["doctor"],
    ["new", "programme"],
    ["serve"],
    ["work"],
    ["check"],
    ["verify"],
    ["upgrade"],
    ["backup"],
    ["restore"],
    ["import"],
    ["export"],
    ["facts", "export"],
    ["facts", "verify"],
    ["facts", "rebuild"],
    ["facts", "status"],
    ["figures", "list"],
    ["figures", "show"],
    ["story"],
    ["demo"],
    ["docs"],
    ["schema"],
    ["org"],
    ["org", "create"],
    ["user"],
    ["user", "create"],
    ["user", "add"],
    ["user", "invite"],
    ["user", "uninvite"],
    ["user", "factor-off"],
    ["user", "password"],
    ["move-release"],
    ["redact"],
    ["mail", "returned"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command, capsys):
    assert cli.main([*command, "--help"]) == 0
    told = capsys.readouterr().out
    assert "usage: bihuan" in told
    assert len(told.splitlines()) >= 4


def test_an_organisation_tries_its_own_texts(tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_text("我叫林望舒。\n柳家大院漏水，电话13912345678。\n", encoding="utf-8")
    assert cli.main(["redact", str(text), "--known", "柳家大院"]) == 0
    told = capsys.readouterr().out
    assert "林望舒" not in told
    assert "柳家大院" not in told
    assert "13912345678" not in told
    assert cli.main(["redact", str(text), "--list"]) == 0
    assert "2\tmobile\t13912345678" in capsys.readouterr().out
    text.write_bytes(b"\xff\xfe\x00")
    assert cli.main(["redact", str(text)]) == 2
    assert cli.main(["redact", str(tmp_path / "none")]) == 2


@pytest.mark.parametrize(
    "argv", [[], ["bogus"], ["backup"], ["serve", "--port", "0"], ["work", "--interval", "x"]]
)
def test_misuse_is_two(argv, capsys):
    assert cli.main(argv) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_start_loads_nothing_that_few_commands_need(places: Places):
    told = places.new().python(
        """
        import sys
        from bihuan.language import letters, redact
        few = ("rjieba", "pypinyin", "bihuan.language.personal.names", "xlsxwriter", "duckdb", "matplotlib")
        print([name for name in few if name in sys.modules])
        redact.find("我叫林望舒")
        letters.spelt("城管局")
        print("rjieba" in sys.modules, "pypinyin" in sys.modules)
        """
    )
    assert told.splitlines() == ["[]", "True True"]


def test_a_database_that_was_never_brought_up_to_date_is_told_so(places: Places):
    place = places.new()
    # A server that was left running meanwhile: every face says the same.
    *refused, told = place.together(
        ["serve", "--port", "8799"],
        ["work", "--once"],
        """
        from django.test import Client
        client = Client(raise_request_exception=False)
        for path in ("/ask", "/desk/login", "/published", "/api/v1/public/kinds"):
            answer = client.get(path, headers={"Accept-Language": "en"})
            print(path, answer.status_code, b"bihuan init" in answer.content)
        """,
    )
    for done in refused:
        assert done.returncode == 2
        assert "run `bihuan init`" in done.stderr
        assert "Traceback" not in done.stderr
    assert told.stdout.splitlines() == [
        "/ask 503 True",
        "/desk/login 200 False",
        "/published 503 True",
        "/api/v1/public/kinds 503 True",
    ]


def test_a_new_installation_gets_its_first_administrator(places: Places):
    place = places.new()
    before = place.run("verify")
    assert before.returncode == 1
    assert "bihuan init" in before.stderr
    assert "Traceback" not in before.stderr
    assert place.run("init").returncode == 0
    again, first, second, proved, *orgs, made, verified = place.together(
        ["init"],
        ["work", "--once"],
        ["work", "--once"],
        ["verify"],
        ["org", "create", "示例市", "--code", "root"],
        ["org", "create", "示例局", "--parent", "root"],
        ["org", "create", "示例处", "--parent", "nowhere"],
        ["org", "create", "  "],
        [
            *("user", "create", "first", "管理员", "--org", "root", "--role", "admin"),
            *("--password-stdin", "<Long-enough-77\n"),
        ],
        ["verify"],
    )
    assert again.returncode == first.returncode == 0
    assert "retention" in first.stdout
    assert "duties: none" in second.stdout
    assert "as it was written" in proved.stdout
    assert [one.returncode for one in orgs] == [0, 0, 2, 1]
    assert made.returncode == 0, made.stderr
    assert "as it was written" in verified.stdout


def test_check_names_every_problem(places: Places, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "programme.toml").write_text('id = "other"\nspec = 2\nbogus = 1\n', encoding="utf-8")
    done = places.new().run("check", broken)
    assert done.returncode == 1
    for part in ("matters.toml", "bogus", "→"):
        assert part in done.stdout


def test_verify_names_a_tampered_row(places: Places):
    _, done = places.built().together(
        """
        from bihuan.kernel.matters.api import Matter
        from house import House
        House().open()
        assert Matter.objects.filter(pk=1).update(category="consult") == 1
        """,
        ["verify"],
    )
    assert done.returncode == 1
    assert "matter:1: category is not what its events say" in done.stdout


def test_accounts(places: Places):
    place = places.built()
    create = ["user", "create", "new", "新人"]
    weak, good, again, reset, nobody, none, nobodys, taken, moved = place.together(
        [*create, "--password-stdin", "<123\n"],
        [*create, "--org", "center", "--role", "desk", "--password-stdin", "<Long-enough-77\n"],
        [*create, "--no-password"],
        ["user", "password", "new", "--password-stdin", "<Other-long-88\n"],
        ["user", "password", "nobody", "--password-stdin"],
        ["user", "factor-off", "new"],
        ["user", "factor-off", "nobody"],
        """
        from datetime import UTC, datetime
        from allauth.mfa.totp.internal import auth as totp
        from bihuan.foundation.access import api, factors
        from bihuan.foundation.orgs import api as orgs
        from bihuan import cli
        at, secret = datetime.now(UTC), factors.new_secret()
        actor = api.actor(orgs.person_called("new"), at.date())
        shown = totp.format_hotp_value(totp.hotp_value(secret, int(at.timestamp()) // 30))
        factors.add_app(actor, secret, shown, at)
        assert factors.has_any(actor.person_id)
        assert cli.main(["user", "factor-off", "new"]) == 0
        assert not factors.of(actor.person_id)
        """,
        ["move-release", "98", "99"],
    )
    assert weak.returncode == 1
    assert "Traceback" not in weak.stderr
    assert good.returncode == 0, good.stderr
    assert again.returncode == 1
    assert reset.returncode == 0
    assert nobody.returncode == 2
    assert (none.returncode, none.stdout) == (0, "there was none\n")
    assert nobodys.returncode == 2
    assert taken.returncode == 0, taken.stderr
    assert moved.returncode == 2


def test_export_holds_texts_only(city: Place, tmp_path):
    target, one = tmp_path / "list.xlsx", tmp_path / "one.xlsx"
    export = ["export", one, "--as", "leader", "--query"]
    done = city.together(
        ["export", target, "--as", "leader"], [*export, "state=closed"], [*export, "bogus=1"]
    )
    assert [each.returncode for each in done] == [0, 0, 2]
    sheet = openpyxl.load_workbook(target).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Number"
    assert len(rows) > 4
    assert any(str(cell).startswith("=HYPERLINK") for row in rows for cell in row)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert openpyxl.load_workbook(one).active.max_row == 2


def test_documents_are_current(capsys):
    assert cli.main(["docs", "--check"]) == 0, capsys.readouterr().out
    cli.main(["schema"])
    committed = (cli.telling.ROOT / "docs" / "programme.schema.json").read_text(encoding="utf-8")
    assert committed == capsys.readouterr().out == verb_pages.schema(registry.verbs())


def test_stale_documents_are_found(tmp_path, capsys):
    assert cli.main(["docs", "--folder", str(tmp_path)]) == 0
    page = tmp_path / "programmes" / "public_voice.md"
    page.write_text(page.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert cli.main(["docs", "--folder", str(tmp_path), "--check"]) == 1
    assert "public_voice.md: stale" in capsys.readouterr().out


def test_serve_refuses_a_taken_port(places: Places):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = places.new().run("serve", "--port", taken.getsockname()[1])
    assert done.returncode == 2
    assert "is taken" in done.stderr


def _answers(port: int, server: subprocess.Popen) -> bool:
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/none", timeout=5):
                return True
        except HTTPError:
            return True
        except OSError:
            time.sleep(0.2)
    return False


def test_serve_answers_works_and_stops(places: Places):
    place = places.built()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = place.start(
        "serve", "--port", str(port), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        answered = _answers(port, server)
        worked = place.python(
            """
            import time
            from django.apps import apps
            from bihuan.jobs import schedule
            wanted = len(schedule.duties(None))
            duties = apps.get_model("notify", "Duty").objects.filter(last_run__isnull=False)
            for _ in range(100):
                if duties.count() == wanted: break
                time.sleep(0.1)
            print(duties.count() == wanted)
            """
        )
    finally:
        # As Ctrl-C does and service managers do: everything that is in the group is told.
        os.killpg(server.pid, signal.SIGTERM)
        told, _ = server.communicate(timeout=30)
    assert answered
    assert worked == "True"
    assert "killed" not in told
    assert server.returncode == 0
    # Addresses must not be written down: no access log.
    assert "GET /none" not in told


def test_who_administers_needs_a_factor_but_in_a_demonstration(places: Places):
    place = places.built()
    told = place.python(
        """
        import importlib
        os.environ.pop("BIHUAN_ADMINS_NEED_FACTOR")
        from bihuan.conf import settings
        print(importlib.reload(settings).ADMINS_NEED_FACTOR)
        settings.DEMONSTRATION.touch()
        print(importlib.reload(settings).ADMINS_NEED_FACTOR)
        settings.DEMONSTRATION.unlink()
        """
    )
    assert told.split() == ["True", "False"]
