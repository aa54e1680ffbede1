"""What arguments of this facet's verbs name."""

from typing import ClassVar

from pydantic import Field

from bihuan.spec.arguments import AnyInput, Args, FactName, Share


class OfEach(Args):
    """Arguments of a verb that only a kind with `each` can use."""

    facet: ClassVar[str] = "each"


class Open(OfEach):
    shown: ClassVar[tuple[str, ...]] = ("fields",)
    subject: str = Field(examples=["年度任务"], description="what each of them is called")
    fields: dict[str, AnyInput] = Field(
        default_factory=dict,
        examples=[{"body": "words"}],
        description="field of the child, or body → input of this action",
    )
    facts: dict[str, FactName] = Field(
        default_factory=dict, description="field of the child → fact of this matter"
    )
    given: dict[str, str] = Field(
        default_factory=dict, description="field of the child → what it is always filled with"
    )


class Done(Share, OfEach):
    """How many of them."""
