"""What of it is seen with a matter."""

from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.attached import Attached
from bihuan.kernel.programmes.api import spec_of
from planted.block import NOTCH, called
from planted.verbs import strokes_of


def shown(found, who, at):
    del who, at
    programme = spec_of(found.release_id)
    one = NOTCH.of(programme.kinds[found.kind])
    if one is None:
        return None
    rows = [
        {"at": row.made_at, "who": standing_person(row.person_id).name}
        for row in strokes_of(found.stream)
    ]
    return {"most": one.most, "strokes": rows, "scale": called(programme, len(rows))}


def attach():
    attached.attach(Attached(name="notch", shown=shown))
