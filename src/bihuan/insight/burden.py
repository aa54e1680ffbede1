"""burden.toml: what a method asks each of its roles to type in a month, here and on its own paper forms."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from pydantic import Field

from bihuan.spec import files
from bihuan.spec.base import Name, Strict
from bihuan.spec.files import SpecFile
from bihuan.spec.handbook import table
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, Grade, Programme

Per = Literal["week", "month", "quarter", "year", "matter"]
# How many of a period are in a month.
IN_A_MONTH: dict[str, Fraction] = {
    "week": Fraction(52, 12),
    "month": Fraction(1),
    "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
}
# Somebody who opens what members open; the house itself types nothing.
MEMBER, SYSTEM = "member", "system"
# A form of a method is seen in a document; nobody reads its fields in a clause of law.
_OF_A_LAW: Grade = "A"


class PaperForm(Strict):
    """A form of the method's own, on paper or in a spreadsheet: so many `fields`, filled in so many
    `times` per period by each person who has the role, or, with `kind`, for each matter of that kind
    while it is open. Counted once, from what `source` shows of it at its `clause`.

    The words are the programme's strings `burden.<role>.<name>`.
    """

    name: Name
    fields: int = Field(ge=1, le=500)
    times: int = Field(default=1, ge=1, le=500)
    per: Per
    kind: Name | None = None
    source: Name
    grade: Grade
    clause: str = Field(min_length=1)

    def month(
        self, *, matters: Fraction = Fraction(0), open_months: Fraction = Fraction(0)
    ) -> Fraction:
        """Fields a month: of one person; with `kind` of all of them together, where so many `matters`
        begin in a month and so many are open in it."""
        each = Fraction(self.fields * self.times)
        if self.per == "matter":
            return each * matters
        return each * IN_A_MONTH[self.per] * (open_months if self.kind else 1)


class BurdenSpec(Strict):
    """What is asked of one role. `typed`: how many fields a month one person types or chooses, rounded
    up, as the programme's story has it: `bihuan burden` measures it anew. `paper`: the method's own
    forms, where a source shows them."""

    typed: int | None = Field(default=None, ge=0, le=10_000)
    paper: tuple[PaperForm, ...] = ()


def _known(programme: Programme) -> list[str]:
    """Those of whom a programme may ask something."""
    roles = [role.id for role in programme.manifest.roles]
    return sorted({*roles, *BUILT_IN_ACTORS, MEMBER} - {SYSTEM})


def _asked(programme: Programme) -> set[str]:
    """Those of whom it does: somebody who opens or does something."""
    found: set[str] = set()
    for kind in programme.kinds.values():
        found.update(kind.opened_by, *(action.by for action in kind.actions.values()))
        if kind.for_members():
            found.add(MEMBER)
    return found


def _problems(programme: Programme) -> Iterator[Problem]:
    known, asked = _known(programme), _asked(programme)
    for role, one in BURDEN.of(programme).items():
        if role not in known:
            yield Problem(BURDEN.name, role, f"there is no role {role!r}", f"one of {known}")
        elif role not in asked:
            yield Problem(
                BURDEN.name,
                role,
                f"{role} opens nothing and takes no action",
                "remove it, or name who does",
            )
        if one.typed is None and not one.paper:
            yield Problem(BURDEN.name, role, "nothing is said of it", "give typed or paper")
        yield from _forms(programme, role, one)


def _forms(programme: Programme, role: str, one: BurdenSpec) -> Iterator[Problem]:
    sources = {source.id: source for source in programme.manifest.sources}
    counted = sorted(name for name, source in sources.items() if source.kind != "house")
    seen: set[str] = set()
    for index, form in enumerate(one.paper):
        path = f"{role}.paper.{index}"
        if form.name in seen:
            cause = f"{form.name} stands twice"
            yield Problem(BURDEN.name, f"{path}.name", cause, "give each form its own name")
        seen.add(form.name)
        if form.source not in sources:
            cause = f"no source {form.source!r}"
            yield Problem(BURDEN.name, f"{path}.source", cause, f"one of {counted}")
        elif form.source not in counted:
            cause = "the house's own choice: nobody counted a form"
            remedy = f"one of {counted}, or remove the form"
            yield Problem(BURDEN.name, f"{path}.source", cause, remedy)
        elif form.grade == _OF_A_LAW and sources[form.source].kind != "law":
            cause = "grade A is a clause of law that was read"
            yield Problem(BURDEN.name, f"{path}.grade", cause, "B, C or U")
        elif form.grade == "H":
            cause = "grade H is the house's own choice"
            yield Problem(BURDEN.name, f"{path}.grade", cause, "the grade of its source")
        if form.kind is not None and form.kind not in programme.kinds:
            remedy = f"one of {sorted(programme.kinds)}"
            yield Problem(BURDEN.name, f"{path}.kind", f"no kind {form.kind!r}", remedy)
        if form.per == "matter" and form.kind is None:
            cause = "per matter, and of no kind"
            yield Problem(BURDEN.name, f"{path}.kind", cause, "say for which kind it is filled in")


def _words(programme: Programme) -> Iterator[str]:
    for role, one in BURDEN.of(programme).items():
        yield from (f"burden.{role}.{form.name}" for form in one.paper)


def _page(programme: Programme) -> list[str]:
    """What is asked of whom, for the handbook."""
    lines = ["## What it asks in a month", ""]
    lines += table(
        ("Role", "Fields typed or chosen (story)", "Its paper forms"),
        [
            (f"`{role}`", "–" if one.typed is None else one.typed, "; ".join(map(_form, one.paper)) or "–")
            for role, one in BURDEN.of(programme).items()
        ],
    )  # fmt: skip
    return lines


def _form(one: PaperForm) -> str:
    often = f"{one.times} × " if one.times > 1 else ""
    of = f", each `{one.kind}`" if one.kind else ""
    return f"`{one.name}`: {one.fields} fields, {often}a {one.per}{of} ({one.source} {one.clause}, {one.grade})"


BURDEN: SpecFile[BurdenSpec] = files.register(
    SpecFile("burden", BurdenSpec, problems=_problems, words=_words, page=_page)
)
