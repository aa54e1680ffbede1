"""`bihuan doctor`: each fault that is planted is named with what to do, and nothing else is."""

import json

from place import Places

LOOK = ["doctor", "--offline", "--json"]
# The house behind a proxy that is as good as `proxy` says, and a stranger's server beside it.
SERVED = """
import builtins, json, threading
from datetime import UTC, datetime
from wsgiref.simple_server import WSGIRequestHandler, make_server
from django.conf import settings
from django.db import connection
from bihuan.conf.wsgi import application
class Silent(WSGIRequestHandler):
    def log_message(self, *given): pass
proxy = {}
def ours(environ, start):
    if environ["PATH_INFO"] == "/clock":
        start("200 OK", [("Date", "Mon, 02 Mar 2026 01:00:00 GMT")])
        return [b""]
    if "to" in proxy:
        start("301 Moved", [("Location", proxy["to"])])
        return [b""]
    if "others" in proxy:
        start("200 OK", [])
        return [b'{"ok": true}']
    try:
        return application({**environ, **{k: v for k, v in proxy.items() if k.startswith("HTTP_")}}, start)
    finally:
        connection.close()
server = make_server("0.0.0.0", 0, ours, handler_class=Silent)
threading.Thread(target=server.serve_forever, daemon=True).start()
builtins.proxy, builtins.port = proxy, server.server_port
settings.PUBLIC_URL = f"http://127.0.0.1:{port}"
from bihuan.foundation.notify import duties
from bihuan.lib.clock import now
duties.note_duties(["seal"])
duties.finish_duty("seal", at=now())
from bihuan.foundation.orgs import api as orgs
for year in (now().year, now().year + 1):
    orgs.calendars.set_year(orgs.calendars.default(), {"year": year, "status": "announced"}, at=now(), actor="system")
"""
ON = "from django.conf import settings\nfrom datetime import timedelta\nfrom bihuan.lib.clock import now\n"
YEAR = "from bihuan.foundation.orgs import api as orgs\norgs.calendars.set_year(orgs.calendars.default(), {{'year': now().year, 'status': '{}'}}, at=now(), actor='system')"  # fmt: skip
DUTY = "from bihuan.foundation.notify.models import Duty\nDuty.objects.update(last_run={})"
MADE = "from bihuan.foundation.audit.models import SecurityEntry\nSecurityEntry.objects.filter(type='backup.made').update(at=now() - timedelta(days={}))"  # fmt: skip
HTTPS = "settings.PUBLIC_URL = f'https://127.0.0.1:{port}'"
# What is planted, what undoes it, (check, outcome) that names it, words of what to do.
PLANTED = [
    ("(settings.DATA / 'update.unfinished').touch(mode=0o600)", "(settings.DATA / 'update.unfinished').unlink()", ("migrations", "unfinished"), "bihuan init"),
    ("(settings.DATA / 'secrets.json').chmod(0o644)", "(settings.DATA / 'secrets.json').chmod(0o600)", ("folder", "open"), "secrets.json"),
    ("from bihuan.foundation.files import checkups\ncheckups.LEAST = 10**18", "from bihuan.foundation.files import checkups\ncheckups.LEAST = 0", ("disk", "full"), "Make room"),
    (YEAR.format("provisional"), YEAR.format("announced"), ("calendar", "unsure"), "State Council"),
    (DUTY.format("now() - timedelta(hours=3)"), "", ("worker", "stopped"), "180 minutes"),
    (DUTY.format("None"), DUTY.format("now()"), ("worker", "never"), "bihuan serve"),
    (MADE.format(5), MADE.format(1), ("backup", "old"), "5 days"),
    ("settings.PUBLIC_URL = f'http://127.0.0.2:{port}'; settings.ALLOWED_HOSTS = ['127.0.0.1']", "", ("public", "host"), "BIHUAN_HOSTS"),
    ("settings.PUBLIC_URL = 'http://127.0.0.1:1'", "settings.PUBLIC_URL = f'http://127.0.0.1:{port}'", ("public", "unreached"), "refused"),
    ("proxy['to'] = 'https://a.example/'", "proxy.clear()", ("public", "led_on"), "https://a.example/"),
    ("proxy['others'] = 1", "proxy.clear()", ("public", "others"), "BIHUAN_DATA"),
    ("proxy['HTTP_X_FORWARDED_FOR'] = '192.0.2.7'", "settings.TRUSTED_PROXIES = ['127.0.0.0/8']", ("public", "proxy_untrusted"), "BIHUAN_TRUSTED_PROXIES=127.0.0.1"),
    ("settings.EMAIL_BACKEND = 'bihuan.foundation.notify.smtp.EmailBackend'; settings.EMAIL_HOST, settings.EMAIL_PORT = '127.0.0.1', 1", "settings.EMAIL_BACKEND = 'django.core.mail.backends.locmem.EmailBackend'", ("mail", "unreached"), "BIHUAN_EMAIL_HOST"),
]  # fmt: skip


def wrong(done):
    """What is not well, and whether the exit code says so."""
    found = [one for one in json.loads(done.stdout) if not one["good"]]
    assert done.returncode == (1 if found else 0), done.stderr
    return {(one["check"], one["outcome"]): one["text"] for one in found}


def test_each_planted_fault_is_named_with_what_to_do_and_nothing_else(places: Places, tmp_path):
    place = places.built()
    mail = [*LOOK, "--mail", "someone@example.org"]
    begin, printed, never, _, *rest = place.together(
        SERVED,
        mail,
        LOOK,
        ["backup", tmp_path / "one.tar.gz"],
        *(
            step
            for plant, undo, _, _ in PLANTED
            for step in (f"{ON}{plant}", mail if "EMAIL" in plant else LOOK, f"{ON}{undo}")
        ),
        mail,
        [*LOOK, "--mail", "nobody"],
        ["doctor", "--json", "--clock-url", "http://127.0.0.1:1/"],
        f"{ON}print(f'http://127.0.0.1:{{port}}/clock')",
        ["doctor", "--offline"],
        f"{ON}from django.db.migrations.recorder import MigrationRecorder as M\nM.Migration.objects.latest('pk').delete()",
        LOOK,
    )
    assert begin.returncode == 0
    assert wrong(printed).keys() == {("mail", "printed"), ("backup", "never")}
    assert wrong(never).keys() == {("backup", "never")}
    for (plant, _, name, words), done in zip(PLANTED, rest[1::3], strict=False):
        found = wrong(done)
        assert found.keys() == {name}, plant
        assert words in found[name], found[name]
        assert "\n" in found[name], "what to do"
    well, nobody, alone, _, spoken, _, behind = rest[3 * len(PLANTED) :]
    assert wrong(well) == {}
    assert wrong(nobody).keys() == {("mail", "address")}
    assert wrong(alone) == {}, "an office without the internet is none the worse"
    assert "✓ Public address: http://127.0.0.1:" in spoken.stdout
    assert "All is well." in spoken.stdout
    assert wrong(behind).keys() == {("migrations", "lacking")}


def test_without_its_database_the_rest_is_looked_at_all_the_same(places: Places):
    place = places.new()
    place.url = "postgres://nobody@127.0.0.1:1/none"
    place.env["LANG"] = "zh_CN.UTF-8"
    done = place.run("doctor", "--offline")
    assert done.returncode == 1
    assert "✗ 数据库：连不上" in done.stdout
    assert "BIHUAN_DATABASE_URL" in done.stdout
    assert "✓ 数据目录和密钥的权限" in done.stdout
    assert "工作日历" not in done.stdout
    assert "Traceback" not in done.stderr
