"""Arguments of verbs: the base of every argument class, and the types that say what they name."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import Field, model_validator

from bihuan.spec.base import Strict

# What sort of thing it is: `input`, `fact`, `kind`, …; files that apps register bring their own.
Noun = str
ClockChange = Literal["", "starts", "goes_on", "stops"]


@dataclass(frozen=True)
class Names:
    """That an argument names something. `types` are those of an input or a setting that fit (empty:
    any); `of` is the argument beside it whose value this one is."""

    noun: Noun
    types: tuple[str, ...] = ()
    of: str = ""


class Args(Strict):
    """Arguments of a verb: closed and frozen, so that `bihuan check` finds a misspelling.

    `sets` are the facts the verb leaves of itself, `clocks` what becomes of the clock it names,
    `shown` what its example shows beside what it must have.
    `facet` is the block without which a kind cannot use it. An effect that stands `beside` those of
    others is not refused because others had such effects since its actor looked; one that is `alone` is
    where another had the very same.
    """

    sets: ClassVar[tuple[str, ...]] = ()
    clocks: ClassVar[ClockChange] = ""
    shown: ClassVar[tuple[str, ...]] = ()
    facet: ClassVar[str] = ""
    beside: ClassVar[bool] = False
    alone: ClassVar[bool] = False


class Nothing(Args):
    """Of a verb that needs none."""


AnyInput = Annotated[
    str, Names("input"), Field(examples=["how_it_was"], description="an input of this action")
]
ChoiceInput = Annotated[
    str,
    Names("input", ("choice", "bool", "text")),
    Field(examples=["how_it_was"], description="an input of this action that is chosen"),
]
TextInput = Annotated[
    str,
    Names("input", ("text", "longtext")),
    Field(examples=["reason"], description="an input of this action that holds text"),
]
OrgInput = Annotated[
    str, Names("input", ("org",)), Field(examples=["unit"], description="an input of type org")
]
OrgsInput = Annotated[
    str,
    Names("input", ("org", "orgs")),
    Field(examples=["units"], description="an input of type org or orgs"),
]
PersonInput = Annotated[
    str,
    Names("input", ("person",)),
    Field(examples=["person"], description="an input of type person"),
]
MatterInput = Annotated[
    str,
    Names("input", ("matter",)),
    Field(examples=["into"], description="an input of type matter"),
]
MattersInput = Annotated[
    str,
    Names("input", ("matter", "matters")),
    Field(examples=["matters"], description="an input of type matter or matters"),
]
FactName = Annotated[
    str,
    Names("fact"),
    Field(examples=["asked"], description="a field of the kind, or a fact that a verb of it sets"),
]
GivenFact = Annotated[
    str, Names("given_fact"), Field(examples=["asked"], description="the fact to set")
]
FactValue = Annotated[
    str | int | bool,
    Names("value", of="fact"),
    Field(examples=["approved"], description="a value the fact can have"),
]
InputValue = Annotated[str, Names("value", of="input")]
ClockName = Annotated[
    str, Names("clock"), Field(examples=["promise"], description="a clock of this kind")
]
NumberSetting = Annotated[
    str,
    Names("setting", ("int",)),
    Field(examples=["most_times"], description="a setting of type int"),
]
LimitSetting = Annotated[
    str,
    Names("setting", ("limit",)),
    Field(examples=["every_few_days"], description="a setting of type limit"),
]
AnySetting = Annotated[
    str, Names("setting"), Field(examples=["two_must_agree"], description="a setting")
]
SettingValue = Annotated[
    str | int | bool,
    Names("value", of="setting"),
    Field(examples=[True], description="a value the setting can have"),
]
ActionName = Annotated[
    str,
    Names("action"),
    Field(examples=["report"], description="an action of this kind, or open"),
]
AboveAction = Annotated[str, Names("above")]
RoleName = Annotated[str, Names("role")]
ProgrammeName = Annotated[
    str,
    Names("programme"),
    Field(examples=["oversight"], description="this programme, or one of its needs"),
]
KindName = Annotated[
    str,
    Names("kind", of="programme"),
    Field(examples=["order_to_act"], description="a kind of that programme"),
]
NoticeText = Annotated[
    str,
    Names("text"),
    Field(examples=["notice.received"], description="a text of notices (`notice.…`)"),
]
MailText = Annotated[
    str,
    Names("mail"),
    Field(examples=["answered"], description="a text of mails, without `mail.`"),
]


class Share(Args):
    """All of some, or so many per cent of them."""

    shown: ClassVar[tuple[str, ...]] = ("percent",)
    percent: int | None = Field(
        None, ge=0, le=100, examples=[90], description="the share; or `setting`; absent: all"
    )
    setting: NumberSetting | None = Field(None, description="a setting of type int; or the number")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.percent is not None and self.setting is not None:
            msg = "give percent or a setting, and not both"
            raise ValueError(msg)
        return self


@dataclass(frozen=True)
class Named:
    """One thing that given arguments name: where, what it is, its name."""

    path: str
    names: Names
    name: Any


def _within(annotation: Any, value: Any, path: str) -> Iterator[Named]:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        yield from (Named(path, note, value) for note in notes if isinstance(note, Names))
        yield from _within(inner, value, path)
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _within(one, value, path)
    elif origin is tuple:
        inner = get_args(annotation)[0]
        for index, one in enumerate(value):
            yield from _within(inner, one, f"{path}.{index}")
    elif origin is dict:
        inner = get_args(annotation)[1]
        for key, one in value.items():
            yield from _within(inner, one, f"{path}.{key}")


def named(args: Args) -> Iterator[Named]:
    """Everything that arguments name, those left out apart."""
    for name, annotation in get_type_hints(type(args), include_extras=True).items():
        value = getattr(args, name)
        if name in type(args).model_fields and value is not None:
            yield from _within(annotation, value, name)


def example(model: type[Args]) -> dict[str, Any]:
    """Arguments as an author might write them: what is required, and what is worth showing."""
    return {
        name: field.examples[0]
        for name, field in model.model_fields.items()
        if field.examples and (field.is_required() or name in model.shown)
    }
