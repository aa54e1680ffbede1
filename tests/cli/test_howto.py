"""docs/howto/programme.md and its Chinese twin: the worked example passes every check, links lead somewhere."""

import re
from pathlib import Path

import pytest

from bihuan import cli
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import check

DOCS = Path(__file__).parents[2] / "docs"
TWINS = ("programme.md", "programme.zh-CN.md")
MANIFEST = """
id = "lessons_learned"
version = "0.1.0"
spec = 1
[[sources]]
id = "house"
kind = "house"
title = "自定"
[[roles]]
id = "quality"
at = "home"
does = ["receive"]
[[roles]]
id = "publisher"
at = "home"
does = ["publish"]
[[roles]]
id = "director"
at = "any"
does = ["lead"]
"""
SCENARIO = """
about = "Written, handed in, released by somebody else."
[[step]]
open = "lesson"
by = "quality"
fields = { category = "fall" }
[[step]]
act = "hand_in"
by = "quality"
inputs = { lessons = "夜间每小时巡视。" }
[[step]]
act = "release"
by = "publisher"
then = { state = "released" }
"""


def blocks(name):
    text = (DOCS / "howto" / name).read_text(encoding="utf-8")
    return re.findall(r"```toml\n(.*?)```", text, re.DOTALL)


def example(name):
    """The files of the worked example, by name."""
    whole = next(one for one in blocks(name) if one.startswith("# matters.toml"))
    parts = re.split(r"^# ([a-z_/]+(?:zh-Hans)?\.toml).*$", whole, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


# Lived through once: the twins say the same in code (below).
@pytest.mark.parametrize(
    ("name", "lived"),
    [
        (TWINS[0], True),
        (TWINS[1], False),
        pytest.param(TWINS[1], True, marks=pytest.mark.again),
    ],
)
def test_the_worked_example_passes_every_check(name, lived, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    folder = tmp_path / "lessons_learned"
    files = example(name)
    assert len(files) == 5
    files |= {"programme.toml": MANIFEST, "scenarios/released.toml": SCENARIO}
    files["strings/en.toml"] = files["strings/zh-Hans.toml"]
    for file, text in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    # The rest as an author would do it: printed, pasted, written.
    spec = programmes.read_folder(folder)
    for locale in check.LOCALES:
        path = folder / "strings" / f"{locale}.toml"
        missing = check.missing_strings(spec, locale)
        own = "".join(f'{key} = "词"\n' for key in missing)
        path.write_text(f"{own}{path.read_text(encoding='utf-8')}", encoding="utf-8")
    asked = ["check", str(folder)] if lived else ["check", "--no-scenarios", str(folder)]
    assert cli.main(asked) == 0, capsys.readouterr().out
    told = capsys.readouterr().out
    assert "board lessons: answer = hand_in.lessons" in told
    assert not lived or "1 scenarios, which end with lesson: released" in told


def test_the_twins_say_the_same_in_code():
    def bare(name):
        return [re.sub(r"#.*|\"[^\"]*\"|\"\"\".*?\"\"\"", "", one) for one in blocks(name)]

    english, chinese = (bare(name) for name in TWINS)
    assert [one.split() for one in english] == [one.split() for one in chinese]


@pytest.mark.parametrize("name", TWINS)
def test_links_lead_somewhere(name):
    text = (DOCS / "howto" / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    inside = [one for one in links if not one.startswith("http")]
    assert inside
    assert [one for one in inside if not (DOCS / "howto" / one).exists()] == []


def test_both_readmes_lead_to_their_howto():
    for readme, name in zip(("README.md", "README.zh-CN.md"), TWINS, strict=True):
        text = (DOCS.parent / readme).read_text(encoding="utf-8")
        assert f"docs/howto/{name}" in text


INSTALL = ("install.md", "install.zh-CN.md")


def test_installing_is_told_alike_in_both_languages():
    """Word for word in code but for names of people and places; every file it names is there."""
    told = [(DOCS / "howto" / name).read_text(encoding="utf-8") for name in INSTALL]
    code = [re.findall(r"```\n(.*?)```", one, re.DOTALL) for one in told]
    english, chinese = ([re.sub(r'"[^"]*"', '""', one) for one in blocks] for blocks in code)
    assert english == chinese
    assert len(english) > 6
    for text in told:
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (DOCS / "howto" / link).exists(), link


@pytest.mark.parametrize(
    ("readme", "name"), list(zip(("README.md", "README.zh-CN.md"), INSTALL, strict=True))
)
def test_the_readmes_commands_are_known_and_lead_on(readme, name, capsys):
    text = (DOCS.parent / readme).read_text(encoding="utf-8")
    assert f"docs/howto/{name}" in text
    makefile = (DOCS.parent / "Makefile").read_text(encoding="utf-8")
    howto = (DOCS / "howto" / name).read_text(encoding="utf-8")
    code = "".join(re.findall(r"```\n(.*?)```", text + howto, re.DOTALL))
    for target in re.findall(r"^make (\w+)", code, re.MULTILINE):
        assert f"\n{target}:" in makefile
    commands = set(re.findall(r"bihuan (init|setup|serve|upgrade|search|verify|backup)\b", code))
    assert len(commands) > 4
    for one in commands:
        assert cli.main([one, "--help"]) == 0
    capsys.readouterr()
