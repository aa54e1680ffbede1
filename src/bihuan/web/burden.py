"""What programmes ask of people in a month, as pages and the interface tell it."""

from dataclasses import dataclass

from bihuan.insight.burden import BURDEN, MEMBER, PaperForm
from bihuan.spec.schema import BUILT_IN_ACTORS, Programme
from bihuan.web import words


@dataclass(frozen=True)
class Form:
    """A paper form of a method in words: what it is, how much of it how often, where it was seen."""

    title: str
    often: str
    source: str


@dataclass(frozen=True)
class Declared:
    """What a programme says of one of its roles: fields a month here, None where no story tells; and its
    paper forms."""

    role: str
    typed: int | None
    forms: list[Form]


def role(programme: Programme, name: str) -> str:
    """As whom somebody acts, in words."""
    if name == MEMBER and programme.role(name) is None:
        return words.text("burden.member")
    if name in BUILT_IN_ACTORS:
        return words.text(f"editor.seen.{name}")
    return words.of(programme, f"roles.{name}")


def declared(programme: Programme) -> list[Declared]:
    """What a programme says that it asks of whom in a month."""
    return [
        Declared(role(programme, name), one.typed, [_form(programme, name, f) for f in one.paper])
        for name, one in BURDEN.of(programme).items()
    ]


def _form(programme: Programme, name: str, one: PaperForm) -> Form:
    source = next(s for s in programme.manifest.sources if s.id == one.source)
    often = words.text(f"burden.per.{one.per}", fields=one.fields, times=one.times)
    return Form(
        words.of(programme, f"burden.{name}.{one.name}"), often, f"{source.title} {one.clause}"
    )


def in_a_line(programme: Programme) -> str:
    """What a programme asks in a month, for its entry in the catalogue; '' where no story tells."""
    told = (one for one in declared(programme) if one.typed is not None)
    return words.listed(words.text("burden.fields", role=one.role, count=one.typed) for one in told)
