"""scenarios/<name>.toml: who does what when, and what must hold afterwards. No part of a release."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli
from pydantic import Field, StringConstraints, ValidationError, model_validator

from bihuan.spec.base import Name, Strict
from bihuan.spec.load import REMEDIES, Problem

FOLDER = "scenarios"
# A kind of the programme itself, or of one it needs: `programme.kind`.
KindRef = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*$")]
# A matter by the name a step gave it, or the newest of a kind opened under it (at a place, or with somebody):
# `it/directive`, `it/promise@unit`.
MatterRef = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*(@[a-z0-9_]+)?)*$")
]
Length = Annotated[str, StringConstraints(pattern=r"^\d{1,3} (days|hours|minutes)$")]
_LENGTH = re.compile(r"(\d+) (days|hours|minutes)")


class Then(Strict):
    """What must hold after a step. `told` is who has a new notice of which text; `children` the kinds
    that hang under the matter by now; `refused` the key with which the step must be refused;
    `members` where somebody belongs and how, as `status@place`, '' where nowhere."""

    state: Name | None = None
    level: Literal["none", "near", "urgent", "late"] | None = None
    clocks: dict[Name, Literal["running", "paused", "stopped", "near", "urgent", "late"]] = Field(
        default_factory=dict
    )
    facts: dict[Name, str | int | bool | list[Any] | dict[str, Any]] = Field(default_factory=dict)
    told: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    assignee: str | None = None
    unit: str | None = None
    children: tuple[Name, ...] | None = None
    refused: str | None = None
    members: dict[Name, str] = Field(default_factory=dict)


class ScenarioMember(Strict):
    """Somebody of a scenario who belongs somewhere when it begins: `of` a membership (of another
    programme as `programme.membership`), in a `status`, at an organisation; with an account."""

    of: str
    status: Name
    at: Literal["root", "home", "unit", "other"] = "home"


class ScenarioStep(Strict):
    """One step: somebody opens a matter (`open`), takes an action (`act`), or time passes (`wait`).

    `by` is a role (`desk`), a second one of it (`desk2`), one at another unit (`other_handler`), or
    sender, assignee, system. `matter` is which one: the first is `it`. `home` is where it is opened,
    `unit` who has it from the beginning. The input by which people sign in may say `screen`: the code
    that the chair's screen shows then.
    """

    open: KindRef | None = None
    act: Name | None = None
    wait: Length | None = None
    by: str = ""
    matter: MatterRef = "it"
    under: MatterRef | None = None
    home: Literal["root", "home", "unit", "other"] = "home"
    unit: Literal["home", "unit", "other"] | None = None
    subject: str = ""
    body: str = "照剧本写下的一句话。"
    fields: dict[Name, Any] = Field(default_factory=dict)
    inputs: dict[Name, Any] = Field(default_factory=dict)
    then: Then = Then()

    @model_validator(mode="after")
    def _one_thing(self) -> "ScenarioStep":
        if sum(one is not None for one in (self.open, self.act, self.wait)) != 1:
            msg = "a step does one thing: open, act or wait"
            raise ValueError(msg)
        if self.wait is None and not self.by:
            msg = "say by whom"
            raise ValueError(msg)
        return self

    def length(self) -> timedelta:
        """How long to wait."""
        found = _LENGTH.fullmatch(self.wait or "")
        return timedelta(**{found[2]: int(found[1])}) if found else timedelta()


class Scenario(Strict):
    """One life of a matter, told step by step. It begins on Monday, 2 March 2026, at nine."""

    about: str = Field(min_length=1)
    members: dict[Name, ScenarioMember] = Field(default_factory=dict)
    step: tuple[ScenarioStep, ...] = Field(min_length=1)


def read(folder: Path) -> tuple[dict[str, Scenario], list[Problem]]:
    """The scenarios of a programme's folder by file name, and what is wrong with their form."""
    found: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob("*.toml")):
        file = f"{FOLDER}/{path.name}"
        try:
            found[path.stem] = Scenario.model_validate(
                tomli.loads(path.read_text(encoding="utf-8"))
            )
        except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(Problem(file, "", f"not TOML: {error}", "correct the line named"))
        except ValidationError as error:
            for item in error.errors(include_url=False):
                where = ".".join(str(part) for part in item["loc"])
                remedy = REMEDIES.get(item["type"], "correct the value")
                problems.append(Problem(file, where, item["msg"], remedy))
    return found, problems
