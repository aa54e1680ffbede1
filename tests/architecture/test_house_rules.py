"""Rules of the house that a machine can keep."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

import bihuan
from bihuan.foundation.audit import api as audit
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import files
from bihuan.spec.checks import told as check_told
from bihuan.web import words

SRC = Path(bihuan.__file__).parent
TOP = SRC.parent.parent
# A programme may be called as a file of the format is (`honours.toml`): then that is a word of the format.
PROGRAMMES = {folder.name for folder in programmes.folders()} - {
    one.name.partition(".")[0] for one in files.registered()
}
EDGE = ("web", "api", "jobs", "stories", "cli", "conf", "lib/clock.py")


def sources(*parts: str) -> Iterator[Path]:
    for part in parts or ("",):
        for path in sorted((SRC / part).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def shown(path: Path) -> str:
    return str(path.relative_to(SRC))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def strings_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_no_arrow_runs_up():
    """The contracts of pyproject.toml, by import-linter."""
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [tool, "--no-cache"], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_the_kernel_knows_no_programme():
    """Neither compared nor named: a programme chooses and parametrises, never overrides."""
    found = [
        f"{shown(path)}:{node.lineno} {node.value}"
        for path in sources(
            "kernel", "foundation", "language", "rules", "spec", "lib", "insight", "outcomes"
        )
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value in PROGRAMMES
    ]
    assert found == []


def test_rows_are_reached_through_doors_only():
    allowed = ("kernel", "foundation", "outcomes", "facets")
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in sources()
        if path.relative_to(SRC).parts[0] not in allowed
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
    ]
    # The only place that copies whole tables, for restore across databases.
    assert [f for f in found if not f.startswith(("jobs/tables.py", "jobs/restore.py"))] == []


def test_only_the_edge_reads_the_clock():
    names = {"now", "utcnow", "today"}
    found = []
    for path in sources():
        # A facet brings its pages and operations along.
        if shown(path).startswith(EDGE) or re.fullmatch(
            r"facets/\w+/(pages|operations)\.py", shown(path)
        ):
            continue
        for node in ast.walk(tree(path)):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called == "time.time" or ("." in called and called.rpartition(".")[2] in names):
                found.append(f"{shown(path)}:{node.lineno} {called}")
            if isinstance(node, ast.ImportFrom) and node.module == "bihuan.lib.clock":
                found.append(f"{shown(path)}:{node.lineno} import")
    assert found == []


def test_nobody_takes_the_day_of_london():
    """The clock tells UTC, whose day ends at eight in the morning here: until then it is yesterday."""
    day = re.compile(r"\bnow\(\)\.date\(\)")
    found = [
        f"{path.name}:{n}"
        for path in [*SRC.rglob("*.py"), *(TOP / "tests").rglob("*.py")]
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if day.search(line)
    ]
    assert found == []


GOVERNED = {
    "orgs": r"add_person|create_\w+|change_\w+|move_\w+|set_password|give_posts?|end_post|load_tree|close_into",
    "accounts": r"\w+",
    "inviting": "give|end",
    "calendars": "set_year",
    "access": "give|end|issue_token|revoke_token|tokens|move_grants",
    "grants": "give|end|issue_token|revoke_token|tokens|move_grants",
    "notify": "failed|retry",
}


def test_faces_administer_by_the_verbs_that_ask_who_is_over_whom():
    """The plain verbs of `orgs` and `access` ask nobody: pages, interface, command line call those
    of `foundation.access.governing`, and no other."""
    found = [
        f"{shown(path)}:{node.lineno} {ast.unparse(node)}"
        for path in sources("web", "api", "cli")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, (ast.Name, ast.Attribute))
        and re.fullmatch(
            GOVERNED.get(ast.unparse(node.value).rpartition(".")[2], "(?!)"), node.attr
        )
    ]
    assert found == []


def test_no_signals():
    found = [
        shown(path)
        for path in sources()
        if re.search(
            r"django\.(db\.models|dispatch|core)\.?signals|@receiver",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert found == []


OBVIOUS = {"__str__", "roles", "all_types", "rows", "part_models", "webhooks", "extensions"}


def test_public_doors_say_what_they_do():
    """Every public function that an api.py defines, or lets out of its app, has a docstring."""
    found = []
    for path in sources("kernel", "foundation", "insight", "outcomes"):
        if path.name in ("apps.py", "models.py", "admin.py") or "models" in path.parts:
            continue
        found += [
            f"{shown(path)}:{node.lineno} {node.name}"
            for node in tree(path).body
            if isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and node.name not in OBVIOUS | {"declare", "register"}
            and not ast.get_docstring(node)
        ]
    assert found == []


def test_every_event_has_words():
    house = words.house().words
    for locale in ("zh-Hans", "en"):
        missing = [t.name for t in audit.all_types() if f"event.{t.name}" not in house[locale]]
        assert missing == [], locale


def test_no_words_for_events_that_never_happen():
    known = {t.name for t in audit.all_types()}
    keys = {k for k in words.house().words["zh-Hans"] if k.startswith("event.")}
    assert {k.removeprefix("event.") for k in keys} - known == set()


def test_both_catalogues_have_the_same_keys():
    house = words.house().words
    assert set(house) == {"zh-Hans", "en"}
    assert set(house["zh-Hans"]) ^ set(house["en"]) == set()


def test_both_catalogues_take_the_same_values():
    house = words.house().words
    odd = [
        key
        for key, text in house["zh-Hans"].items()
        if set(re.findall(r"\{(\w+)\}", text))
        != set(re.findall(r"\{(\w+)\}", house["en"].get(key, "")))
    ]
    assert odd == []


def test_no_word_is_empty_and_english_is_english():
    house = words.house().words
    assert [k for table in house.values() for k, v in table.items() if not v.strip()] == []
    # Product names and examples of typing may stand in Chinese.
    chinese = [k for k, v in house["en"].items() if re.search(r"[\u4e00-\u9fff]{5,}", v)]
    assert chinese == []


def test_punctuation_stands_in_the_catalogues():
    """In a page or its code it would be Chinese for English readers too."""
    comment = re.compile(r"\{#.*?#\}")
    found = [
        f"{shown(path)}: {line.strip()[:60]}"
        for path in sorted(SRC.rglob("*.html"))
        for line in comment.sub("", path.read_text(encoding="utf-8")).splitlines()
        if re.search("[：（）、；，。]", line)
    ]
    found += [
        f"{shown(path)}: {line.strip()[:60]}"
        for path in sorted((SRC / "web").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r'"[：、；]"\.join', line)
    ]
    assert [one for one in found if not one.startswith(TYPED)] == []


# What people type and the house writes to be read again, and what is written for the office alone.
TYPED = ("web/portal/ask.py: ", "web/portal/apply.py: ")


def template_keys() -> dict[str, str]:
    found = {}
    for path in sorted(SRC.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"\{%\s*t\s+[\"']([\w.]+)[\"']", text):
            found[match[1]] = shown(path)
    return found


def python_keys() -> dict[str, str]:
    """Literal keys: words.text("…"), and what errors and refusals name."""
    callers = {"text", "default_text", "has"}
    errors = {
        "Refusal", "ProblemError", "RefusedError", "GoneError", "NotAllowedError", "BadValueError",
        "OrgError", "AccessError", "CalendarError", "FileError", "NotifyError", "ProgrammeError",
        "BulletinError",
    }  # fmt: skip
    found = {}
    for path in sources():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func)
            name = called.rpartition(".")[2]
            first = node.args[0]
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                continue
            if name in errors or (name in callers and called.startswith("words.")):
                found[first.value] = f"{shown(path)}:{node.lineno}"
    return {key: where for key, where in found.items() if re.fullmatch(r"[a-z_]+(\.\w+)+", key)}


def test_every_word_a_template_asks_for_exists():
    house = words.house().words["zh-Hans"]
    # A key that ends in a dot is completed in the template: some word must begin so.
    missing = {
        k: w
        for k, w in template_keys().items()
        if not (any(one.startswith(k) for one in house) if k.endswith(".") else words.has(k))
    }
    assert missing == {}


def test_every_word_the_code_asks_for_exists():
    # Errors name their key without the word "error".
    missing = {
        k: w
        for k, w in python_keys().items()
        if not (words.has(k) or words.has(f"error.{k}")) and not w.startswith("api/")
    }
    assert missing == {}


def test_every_notice_has_words():
    """Texts that the house puts into inboxes and mails; those of a programme are `bihuan check`'s."""
    wanted = {f"notice.step_{level}" for level in ("none", "near", "urgent", "late")}
    wanted |= {"notice.assigned", "notice.dispatched", *check_told.HOUSE}
    assert {key for key in wanted if not words.has(key)} == set()


@pytest.mark.django_db
def test_models_and_migrations_agree():
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


def test_exceptions_have_reasons():
    """`noqa` and `type: ignore` name a rule and say why."""
    bare = [
        f"{shown(path)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (re.search(r"#\s*noqa", line) and not re.search(r"#\s*noqa: [A-Z0-9, ]+ - \S+", line))
        or (
            re.search(r"#\s*type: ignore", line)
            and not re.search(r"#\s*type: ignore\[[\w, -]+\]\s+# \S+", line)
        )
    ]
    assert bare == []


def test_files_stay_short():
    long = {
        shown(p): n
        for p in sources()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


def test_the_documented_verbs_have_words_for_the_handbook():
    from bihuan.kernel.matters.verbs import documented

    for kind, name, line in documented():
        assert line.endswith((".", ":", ",", ";")) or len(line) > 15, (kind, name)


def test_no_expression_lets_a_line_end_follow():
    r"""`$` also stands before a last line end: `re` is told `\Z` or `fullmatch`."""
    asking = {"compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer"}
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            (node.func.attr in asking and ast.unparse(node.func.value) == "re")
            or node.func.attr == "RegexValidator"
        )
        and node.args
        and any(re.search(r"(?<!\\)\$(?:\)|\||\Z)", text) for text in strings_in(node.args[0]))
        # Where lines are meant, it is said.
        and "MULTILINE" not in ast.unparse(node)
    ]
    assert not found


# What makes a file or a message that leaves: where it may be named. What it must say of itself, and
# what must not get into it, is asked for there once.
LEAVES_BY = {
    "document.save(out)": "outcomes/press/imprint.py",
    "xlsxwriter.Workbook(": "kernel/exchange/export.py",
    "typst.compile(": "outcomes/press/setting.py",
    "csv.writer(": "kernel/exchange/intake.py",
    "EmailMessage(": "foundation/notify/channels.py",
    "Atom1Feed(": "web/feeds.py",
    "= Calendar()": "web/portal/calendar.py",
    "ET.tostring(": "api/open311/shape.py",
}


@pytest.mark.parametrize("maker", LEAVES_BY)
def test_what_leaves_is_made_in_one_place(maker):
    found = {shown(path) for path in sources() if maker in path.read_text(encoding="utf-8")}
    assert found == {LEAVES_BY[maker]}


def test_addresses_are_the_public_one():
    """A Host header is a visitor's word: it chooses no link that leaves."""
    asked = re.compile(r"build_absolute_uri|HTTP_HOST|get_host\(\)|get_current_site")
    found = {
        f"{shown(path)} {line.strip()}"
        for path in sources()
        for line in path.read_text(encoding="utf-8").splitlines()
        if asked.search(line)
    }
    back = "allowed_hosts={request.get_host()}"
    assert {line for line in found if back not in line} == set()


# What speaks to the network: each refuses to where a transaction is open (tests/foundation/test_smtp.py).
WAYS_OUT = {
    "foundation/notify/asking.py",
    "foundation/notify/outgoing.py",
    "foundation/notify/outward.py",
    "foundation/notify/smtp.py",
    "foundation/notify/channels.py",
}
NETWORK = {
    "socket", "ssl", "smtplib", "http.client", "urllib.request", "ftplib", "asyncio", "httpx",
    "requests", "urllib3", "aiohttp", "django.core.mail",
}  # fmt: skip
# Of these modules, names that open no connection; and a probe of our own port before serving.
HARMLESS = {
    ("http.client", "HTTPException"),
    ("django.core.mail.backends", "console"),
    *(
        ("smtplib", name)
        for name in (
            "SMTPAuthenticationError",
            "SMTPDataError",
            "SMTPException",
            "SMTPRecipientsRefused",
        )
    ),
}
OWN_PORT = {"cli/running.py"}


def imported(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((str(node.module), alias.name) for alias in node.names)


def test_only_what_refuses_in_a_transaction_speaks_to_the_network():
    found = [
        f"{shown(path)} {module}"
        for path in sources()
        if shown(path) not in WAYS_OUT | OWN_PORT
        for module, name in imported(path)
        if (module, name) not in HARMLESS
        and any(module == one or module.startswith(f"{one}.") for one in NETWORK)
    ]
    assert not found


MOST_NAMES = 39
# Doors that were wider when the rule came. A number here only falls.
WIDER = {
    "foundation/notify/api.py": 40,
    "foundation/orgs/api.py": 49,
    "outcomes/publicity/bulletins/api.py": 41,
}


def test_no_door_is_wider_than_somebody_can_read():
    names = {}
    for path in sources():
        if path.name != "api.py":
            continue
        for node in tree(path).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names[shown(path)] = len(ast.literal_eval(node.value))
    assert names["kernel/matters/api.py"] <= MOST_NAMES
    assert {door: n for door, n in names.items() if n > MOST_NAMES} == WIDER
