"""What arguments of this facet's verbs name."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from bihuan.spec.arguments import AnyInput, Args, FactName, NumberSetting


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


class Done(OfEach):
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
