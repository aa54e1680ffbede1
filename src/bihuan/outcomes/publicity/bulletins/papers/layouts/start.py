"""A layout to begin with: the house's own, with tags where the words go."""

from datetime import datetime

from bihuan.outcomes.press.blocks import Block, Imprint, Run
from bihuan.outcomes.publicity.bulletins.papers.paper import Definition, Line, Paper
from bihuan.outcomes.publicity.bulletins.papers.word import word


def start(definitions_title: str, author: str, at: datetime) -> bytes:
    """The Word file. The bulletin's table and chart come with its words."""
    return word(
        Paper(
            head="{{unit}}",
            number="{{number}}",
            title="{{title}}",
            lines=(Line("{{text}}", (Block("paragraph", (Run("{{text}}"),)),)),),
            definitions_title=definitions_title,
            definitions=(Definition("", "{{definitions}}", {}),),
            horizon="",
            date="{{date}}",
            chart={},
            imprint=Imprint("", author, at),
        )
    )
