"""skills.toml: what somebody can do or needs, as a programme's own dictionary."""

from collections.abc import Iterable, Iterator
from typing import Literal

from bihuan.spec import files
from bihuan.spec.base import Strict
from bihuan.spec.files import SpecFile
from bihuan.spec.handbook import table
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

Sort = Literal["person", "org"]


class SkillSpec(Strict):
    """Something that one can give and another may need: of persons, of organisations, or (absent) of
    both."""

    of: Sort | None = None

    def suits(self, sort: str) -> bool:
        """Whether it is one of persons (organisations)."""
        return self.of in (None, sort)


def _words(programme: Programme) -> Iterable[str]:
    return (f"skills.{name}" for name in SKILLS.of(programme))


def _problems(programme: Programme) -> Iterator[Problem]:
    """More than a page holds."""
    if len(SKILLS.of(programme)) > MOST:
        cause = f"there are more than {MOST}, and nobody reads so many"
        yield Problem(SKILLS.name, "", cause, "join those that are much the same")


def _page(programme: Programme) -> list[str]:
    """The dictionary, for the handbook."""
    rows = [(f"`{name}`", one.of or "both") for name, one in SKILLS.of(programme).items()]
    return ["## Strengths and needs", "", *table(("Skill", "Of"), rows)]


MOST = 60
SKILLS: SpecFile[SkillSpec] = files.register(
    SpecFile("skills", SkillSpec, problems=_problems, words=_words, page=_page, noun="skill")
)
