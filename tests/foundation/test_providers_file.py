"""`providers.toml`: what the operator may write there, and what is said of what cannot be."""

import re
from pathlib import Path

import pytest

from bihuan.foundation.access import providers
from bihuan.foundation.access.providers import ProvidersError

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
WECOM = '[w]\nkind = "wecom"\nclient = "c"\nsecret = "s"\nagent = "1"\n'
DING = '[d]\nkind = "dingtalk"\nclient = "c"\nsecret = "s"\n'
OIDC = '[o]\nkind = "oidc"\nclient = "c"\nsecret = "s"\nname = "n"\naddress = "https://x.example"\n'


def written(folder, text, mode=0o600):
    path = folder / "providers.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.mark.parametrize("name", ["log-in.md", "log-in.zh-CN.md"])
def test_the_howtos_examples_are_taken_in_their_order(tmp_path, name):
    shown = re.findall(r"```toml\n(.*?)```", (HOWTO / name).read_text(encoding="utf-8"), re.DOTALL)
    found = providers.load(written(tmp_path, "\n".join(shown)))
    assert list(found) == ["sso", "wecom", "dingtalk", "feishu", "lark"]
    assert found["wecom"].proves == {"code": "userid"}
    assert found["lark"].addresses["token"].startswith("https://open.larksuite.com/")
    links = re.findall(r"\]\(([^)#]+)\)", (HOWTO / name).read_text(encoding="utf-8"))
    assert links
    assert all((HOWTO / one).exists() for one in links)


def test_both_howtos_show_the_same_code():
    def bare(name):
        text = (HOWTO / name).read_text(encoding="utf-8")
        shown = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
        return [re.sub(r" *#.*", "", one) for one in shown]

    assert bare("log-in.md") == bare("log-in.zh-CN.md")


def test_no_file_declares_nobody(tmp_path):
    assert providers.load(tmp_path / "providers.toml") == {}


def test_another_word_of_a_provider_for_what_it_proves(tmp_path):
    found = providers.load(written(tmp_path, OIDC + 'proves = { code = "work_no" }\n'))
    assert found["o"].proves == {"code": "work_no"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "is no TOML"),
        ("a = 1", "a table of its own"),
        ('[A]\nkind = "oidc"', "small letters"),
        ('[a]\nkind = "saml"', "one of oidc, dingtalk"),
        ("[a]\nkind = 1", "write it in quotes"),
        ('[a]\nkind = "oidc"\nclient = "c"\nsecret = "s"\nname = "n"', "cannot do without"),
        (WECOM.replace('agent = "1"\n', ""), r"\[w\] agent: wecom cannot do without it"),
        (WECOM + 'colour = "red"', "nothing is called colour"),
        (WECOM + 'proves = ["email"]', r'proves code, not .email.; write proves = \["code"\]'),
        (WECOM + "proves = 1", "wecom proves code"),
        (DING + 'proves = ["email"]', "tenant: say of which organisation"),
        (WECOM + 'addresses = { home = "https://x.example" }', "there are authorize, inside"),
        (OIDC + 'addresses = { token = "https://x.example" }', "finds its own by `address`"),
        (OIDC.replace("https:", "ftp:"), "is no address"),
        (WECOM + 'addresses = { token = "https://me@x.example" }', "is no address"),
    ],
)
def test_what_cannot_be_is_said_with_where_and_what_to_do(tmp_path, text, said):
    with pytest.raises(ProvidersError, match=said):
        providers.load(written(tmp_path, text))


def test_a_file_that_others_may_read_is_not_taken(tmp_path):
    with pytest.raises(ProvidersError, match="chmod 600"):
        providers.load(written(tmp_path, WECOM, 0o640))
