"""What arguments of this facet's verbs name."""

from typing import Annotated, ClassVar

from pydantic import Field

from bihuan.spec.arguments import Args, Names

LinkArg = Annotated[
    str, Names("link"), Field(examples=["covers"], description="a link of this kind")
]
TheirAction = Annotated[
    str,
    Names("their_action"),
    Field(examples=["close"], description="an action of the linked kind"),
]


class OfLinks(Args):
    """Arguments of a verb that only a kind with links can use."""

    facet: ClassVar[str] = "links"


class OneLink(OfLinks):
    link: LinkArg
