"""What a programme tells people, or refuses them: in words of its own, or in the house's for all."""

from collections.abc import Iterator

from bihuan.spec.load import Problem
from bihuan.spec.schema import Kind, Programme, Verb

# Said in general words by the house; a programme may say them in its own.
HOUSE = (
    "notice.received",
    "notice.returned",
    "notice.nudged",
    "notice.reported",
    "notice.supplemented",
    "mail.answered",
    "mail.asked",
    "mail.extended",
)


def refusal_key(kind: str, action: str, guard: Verb) -> str:
    """Where a programme says in its own words why a guard of an action says no."""
    return f"refusals.{kind}.{action}.{guard.do.replace('.', '_')}"


def _effects(kind: Kind) -> Iterator[tuple[str, Verb]]:
    yield from (("on_open", verb) for verb in kind.on_open)
    for name, action in kind.actions.items():
        turned = (verb for turn in action.turns for verb in turn.effects)
        yield from ((f"actions.{name}", verb) for verb in (*action.effects, *turned))


def _texts(programme: Programme) -> Iterator[tuple[str, str]]:
    for kind_id, kind in programme.kinds.items():
        for path, verb in _effects(kind):
            text = verb.args.get("text")
            if verb.do in ("tell", "tell.units") and isinstance(text, str):
                yield f"{kind_id}.{path}", text
            elif verb.do == "tell.sender" and isinstance(text, str):
                yield f"{kind_id}.{path}", f"mail.{text}"


def problems(programme: Programme) -> Iterator[Problem]:
    """Texts of `tell` that could be nobody's words."""
    for path, text in _texts(programme):
        if not text.startswith(("notice.", "mail.")):
            yield Problem(
                "matters.toml",
                path,
                f"{text!r} is no notice",
                "name it notice.<name>, and say it in strings/ under [notice]",
            )


def required_strings(programme: Programme) -> list[str]:
    """The words that the programme must have: the house has none."""
    return [text for _, text in _texts(programme) if text not in HOUSE]


def optional_strings(programme: Programme) -> set[str]:
    """The words that it may have of its own beside the house's."""
    refusals = (
        refusal_key(kind_id, name, guard)
        for kind_id, kind in programme.kinds.items()
        for name, action in kind.actions.items()
        for guard in action.guards
    )
    return {*refusals, *(text for _, text in _texts(programme) if text in HOUSE)}
