"""What arguments of this facet's verbs name."""

from typing import Annotated, ClassVar

from pydantic import Field

from bihuan.spec.arguments import (
    ActionName,
    Args,
    FactName,
    Names,
    Share,
    TextInput,
)

WhoInput = Annotated[
    str,
    Names("input", ("person", "org")),
    Field(examples=["who"], description="an input that names one of those in the round"),
]
WHY = "an input of type text: asked for where a rule is broken that is not firm"


class OfPair(Args):
    """Arguments of a verb that only a round of pairing can use."""

    facet: ClassVar[str] = "pair"


class OfPartners(Args):
    """Arguments of a verb that only a kind with partners can use."""

    facet: ClassVar[str] = "partners"


class Gather(OfPair):
    again: bool = Field(
        default=False,
        description="a second time it adds who came since, and sees who has left or moved",
    )


class Confirm(OfPair):
    shown: ClassVar[tuple[str, ...]] = ("facts",)
    subject: str = Field(examples=["结对"], description="what each pair's matter is called")
    facts: dict[str, FactName] = Field(
        default_factory=dict,
        examples=[{"year": "year"}],
        description="field of the pair's matter → fact of this one",
    )
    given: dict[str, str] = Field(
        default_factory=dict, description="field of it → what it is always filled with"
    )


class Two(OfPair):
    first: WhoInput = Field(examples=["who"])
    second: WhoInput = Field(examples=["with_whom"])


class Edit(Two):
    reason: TextInput | None = Field(None, description=WHY)


class Apart(Two):
    reason: TextInput | None = Field(None, description="an input of type text: why")


class One(OfPair):
    who: WhoInput


class LeaveOut(One):
    reason: TextInput


class Complete(Share, OfPair):
    """How many of those in the round."""


class Ended(Share, OfPair):
    """How many of the pairs."""


class Agree(OfPartners):
    shown: ClassVar[tuple[str, ...]] = ("who",)
    who: WhoInput | None = Field(
        None,
        examples=["who"],
        description="an input that names the partner for whom somebody else writes it down; absent,"
        " or left empty: whoever acts",
    )


class Both(OfPartners):
    action: ActionName = Field(
        examples=["vow"], description="an action with pair.agree that both must have taken"
    )
