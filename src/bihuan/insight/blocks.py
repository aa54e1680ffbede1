"""blocks.toml: what leaders see in the cockpit beside figures, each a block that some app registered."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, ValidationError

from bihuan.spec import files
from bihuan.spec.base import Strict
from bihuan.spec.blocks import BLOCKS, BlockName
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme


class BlockUse(Strict):
    """A block, with its arguments."""

    block: BlockName
    args: Mapping[str, Any] = Field(default_factory=dict, alias="with")


def _problems(programme: Programme) -> Iterator[Problem]:
    """Arguments that are none, or that the block finds wrong."""
    for name, one in USED.of(programme).items():
        block, path = BLOCKS[one.block], f"{name}.with"
        try:
            args = block.args.model_validate(one.args)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                place = ".".join((path, *map(str, item["loc"])))
                yield Problem(USED.name, place, item["msg"], "see blocks in verbs.md")
            continue
        yield from block.problems(programme, path, args)


def _words(programme: Programme) -> Iterator[str]:
    return (f"blocks.{name}" for name in USED.of(programme))


USED: SpecFile[BlockUse] = files.register(
    SpecFile("blocks", BlockUse, problems=_problems, words=_words)
)
