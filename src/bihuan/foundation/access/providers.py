"""Which providers somebody may log in by: declared by the operator in one file, read at the start.

A provider says who somebody is; who that is here, and whether they may come in, is asked in
`connecting`. Nothing of Django is needed to read this: settings do.
"""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli

KINDS = ("oidc", "dingtalk", "feishu", "wecom")
# By which of what a person is kept under here they may be known, and what a provider calls it where
# the operator says no other word.
PROVED: Mapping[str, Mapping[str, str]] = {
    "oidc": {"code": "employee_number", "email": "email"},
    "dingtalk": {"email": "email"},
    "feishu": {"code": "employee_no", "email": "enterprise_email"},
    "wecom": {"code": "userid"},
}
# Whose organisation a provider tells of, where it serves many; WeCom is asked for one from the start.
TENANTED = ("dingtalk", "feishu")
# Which of a kind's own addresses may be others: of another country's, of one kept in the house.
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "oidc": (),
    "dingtalk": ("authorize", "token", "profile"),
    "feishu": ("authorize", "token", "profile"),
    "wecom": ("authorize", "inside", "token", "profile"),
}
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NEEDED = {"oidc": ("client", "secret", "address", "name"), "wecom": ("client", "secret", "agent")}
_TEXTS = ("kind", "name", "name_en", "client", "secret", "address", "tenant", "agent")
_KNOWN = {*_TEXTS, "proves", "addresses"}


class ProvidersError(ValueError):
    """The file cannot be what the operator meant; says what, where and what to do."""


@dataclass(frozen=True)
class Provider:
    """A provider as declared. `name` is '' where the kind's own word stands on its button; `proves`
    tells by what a person is known the first time: of ours → what the provider calls it."""

    key: str
    kind: str
    client: str
    secret: str
    name: str = ""
    name_en: str = ""
    address: str = ""
    tenant: str = ""
    agent: str = ""
    proves: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


def load(path: Path) -> dict[str, Provider]:
    """The providers of a file by their keys, in its order; none where there is no file. Raises
    ProvidersError."""
    if not path.exists():
        return {}
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ProvidersError(f"{path} may be read by other users of this machine: chmod 600 {path}")
    try:
        found = tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProvidersError(f"{path} is no TOML: {error}") from error
    return {key: _provider(key, said, path) for key, said in found.items()}


def _provider(key: str, said: Any, path: Path) -> Provider:
    where = f"{path} [{key}]"
    if _KEY.fullmatch(key) is None:
        raise ProvidersError(f"{where}: a key is small letters, digits, - and _, 40 at most")
    if not isinstance(said, dict):
        raise ProvidersError(f"{where}: give each provider a table of its own")
    if unknown := sorted(set(said) - _KNOWN):
        raise ProvidersError(f"{where}: nothing is called {unknown[0]}; there are {sorted(_KNOWN)}")
    given = _texts(said, where)
    kind = given["kind"]
    proves = _proves(said.get("proves", []), kind, where)
    if proves and kind in TENANTED and not given["tenant"]:
        msg = (
            f"{where} tenant: say of which organisation, or anybody of any could prove to be yours"
        )
        raise ProvidersError(msg)
    addresses = _addresses(said.get("addresses", {}), kind, where)
    for address in filter(None, (given["address"], *addresses.values())):
        _address(address, where)
    return Provider(key=key, proves=proves, addresses=addresses, **given)


def _texts(said: Mapping[str, Any], where: str) -> dict[str, str]:
    for name in _TEXTS:
        if not isinstance(said.get(name, ""), str):
            raise ProvidersError(f"{where} {name}: write it in quotes")
    given = {name: said.get(name, "").strip() for name in _TEXTS}
    kind = given["kind"]
    if kind not in KINDS:
        raise ProvidersError(f"{where} kind: one of {', '.join(KINDS)}")
    for name in _NEEDED.get(kind, ("client", "secret")):
        if not given[name]:
            raise ProvidersError(f"{where} {name}: {kind} cannot do without it")
    return given


def _proves(said: Any, kind: str, where: str) -> dict[str, str]:
    usual = PROVED[kind]
    if isinstance(said, list) and all(isinstance(one, str) for one in said):
        said = {one: usual.get(one, one) for one in said}
    if not isinstance(said, dict) or not all(isinstance(one, str) and one for one in said.values()):
        said = {"": ""}
    if unknown := sorted(set(said) - set(usual)):
        told = f"{kind} proves {' or '.join(usual)}, not {unknown[0]!r}"
        raise ProvidersError(f'{where} proves: {told}; write proves = ["{next(iter(usual))}"]')
    return dict(said)


def _addresses(said: Any, kind: str, where: str) -> dict[str, str]:
    known = ADDRESSES[kind]
    if not isinstance(said, dict) or not all(isinstance(one, str) for one in said.values()):
        raise ProvidersError(f'{where} addresses: write {{ token = "https://…" }}')
    if unknown := sorted(set(said) - set(known)):
        told = f"there are {', '.join(known)}" if known else "oidc finds its own by `address`"
        raise ProvidersError(f"{where} addresses: not {unknown[0]!r}; {told}")
    return dict(said)


def _address(address: str, where: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ProvidersError(f"{where}: {address!r} is no address; it begins with https://")
