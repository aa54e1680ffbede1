"""What arguments of this facet's verbs name."""

from typing import Annotated, ClassVar

from pydantic import Field

from bihuan.spec.arguments import Args, Names

TheirAction = Annotated[
    str,
    Names("their_action"),
    Field(examples=["let_vote"], description="an action of the nominations"),
]
IntInput = Annotated[
    str, Names("input", ("int",)), Field(examples=["n"], description="an input of type int")
]
OrderInput = Annotated[
    str,
    Names("input", ("matters",)),
    Field(examples=["order"], description="an input of type matters: who comes before whom"),
]


class OfRound(Args):
    """Arguments of a verb that only a kind that is a round can use."""

    facet: ClassVar[str] = "round"


class OfNomination(Args):
    """Arguments of a verb that only a kind that is a nomination can use."""

    facet: ClassVar[str] = "nomination"
