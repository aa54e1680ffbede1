"""What the chair's screen shows at an instant: the code of the minute, where one signs in by it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.gathering import attending, code, shown
from bihuan.facets.gathering.block import SIGN
from bihuan.facets.gathering.models import Sitting
from bihuan.facets.roll.block import effects
from bihuan.foundation.access.api import SYSTEM
from bihuan.kernel.matters.api import Matter
from bihuan.spec.schema import Action

# What a scenario says for the code that stands on the screen then.
SCREEN = "screen"


def code_now(found: Matter, row: Sitting, at: datetime) -> str:
    """The code that the screen shows at an instant; '' where one does not sign in by code, now."""
    if row.begun_at is None or row.held_at is not None or row.off:
        return ""
    if not attending.switched_on(shown.step_of(found, SYSTEM, at)):
        return ""
    return code.at(attending.secret_of(found.stream, row.begun_at), at)


def read_off(
    found: Matter, action: Action | None, given: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """What a scenario fills in, with the code where it says `screen`."""
    names = [
        str(verb.args.get("code"))
        for verb in (effects(action) if action is not None else ())
        if verb.do == SIGN
    ]
    row = Sitting.objects.filter(stream=found.stream).first() if names else None
    if row is None:
        return {**given}
    said = code_now(found, row, at)
    told = {name: said for name in names if said and given.get(name) == SCREEN}
    return {**given, **told}
