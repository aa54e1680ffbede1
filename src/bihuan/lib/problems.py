"""What can be wrong with a request, said so that every face can word it: the one base of all problems.

A problem names a message of the catalogues and what fills it; its kind tells a face what to answer.
"""

from typing import Any


class ProblemError(Exception):
    """A request that cannot be done; `key` names the message, `values` fill it."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")


class InputError(ProblemError):
    """Something typed that cannot be taken; `fields` maps each to (message key, values)."""

    def __init__(self, fields: dict[str, tuple[str, dict[str, Any]]]) -> None:
        self.fields = fields
        super().__init__("matters.input")


class NotAllowedError(ProblemError):
    """The actor may see the thing but not do this to it."""


class RefusedError(ProblemError):
    """The action is known and permitted, but not now: a state or a guard stands against it."""


class GoneError(ProblemError):
    """The thing was changed by somebody else since the actor looked at it."""


def kept(error: ProblemError) -> dict[str, Any]:
    """What is kept of a problem where nobody hears it at once: its key and what fills it; of several
    fields the first. A programme's own words belong to that programme, and stay behind."""
    key, values = error.key, dict(error.values)
    if isinstance(error, InputError):
        key, values = next(iter(error.fields.values()))
    return {"key": key, "values": {name: str(one) for name, one in values.items() if name != "own"}}
