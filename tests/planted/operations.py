from ninja import Router

from bihuan.api import base
from bihuan.lib.clock import now
from planted.pages import counted
from planted.parts import shown

router = Router(tags=["planted"])


@router.get("/notches", operation_id="list_notches")
def list_notches(request):
    """Everything that is counted, of what the caller sees."""
    actor = base.who(request, "matters:read")
    return {"items": [{"number": row.number, **shown(row, actor, now())} for row in counted(actor)]}
