"""The house that R2 tampers with: every table of the log filled, some months of it, sealed on the way."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

MORE = 120


def build(kept: Callable[[], None]) -> None:
    """Fills the database of this process; calls `kept` at some moments on the way, for roll-backs."""
    import house
    from django.core.management import call_command
    from PIL import Image

    from bihuan.foundation.access import api as access
    from bihuan.foundation.audit import api as audit
    from bihuan.foundation.audit.api import vault
    from bihuan.foundation.files import api as files
    from bihuan.foundation.notify import api as notify
    from bihuan.kernel.matters import api as matters
    from bihuan.kernel.programmes import api as programmes
    from bihuan.kernel.senders import api as senders
    from bihuan.kernel.workbench import api as workbench
    from bihuan.lib.clock import now

    call_command("migrate", verbosity=0)
    house.build()
    h = house.House()

    def sealed() -> None:
        # Seals go by when an event was recorded, which is now.
        audit.seal(at=now(), until=now() + timedelta(seconds=1))
        kept()

    sealed()
    for n in range(12):
        out = io.BytesIO()
        Image.new("RGB", (30, 30), (n * 9, 1, 2)).save(out, "PNG")
        held = [files.accept(f"{n}.png", out.getvalue())]
        who = vault.Person("甲", f"1390000{n:04d}", "a@example.org")
        opened = h.open(f"第{n}处路灯不亮，请修。", contact=who, files=held)
        if n % 3 == 0:
            _publish(h, opened)
        elif n % 3 == 1:
            moved = h.handling(opened)
            h.act(moved, "co_handle", "desk", units=[h.org("streets").pk])
            _recuse(h, opened)
    sealed()
    senders.erase_contact(1, actor=h.actor("system"), at=h.after(days=1))
    workbench.add_phrase(h.org("center"), "谢谢", "感谢来信。", at=h.at, actor=h.actor("system"))
    notify.add_webhook(
        "http://example.org/x", ["public_voice.accept"], at=h.at, actor=h.actor("system")
    )
    access.issue_token(1, "t", ["matters:read"], expires=h.at.date(), at=h.at, actor="system")
    programmes.override(
        next(one for one in programmes.known() if one.id == "public_voice"),
        "limit_answer",
        3,
        org=h.org("city"),
        start=h.at.date(),
        clause="测试",
        at=h.at,
        actor=h.actor("system"),
    )
    matters.sweep(h.after(days=20))
    sealed()
    for n in range(MORE):
        h.open(f"第{n}天的来信，第{n * 7}号井盖松动。", at=h.after(days=30, minutes=n))
        if n % 30 == 29:
            sealed()
    _work(h, sealed)


def _publish(h: Any, opened: Any) -> None:
    from bihuan.outcomes.publicity import api as publicity

    closed = h.closed(opened)
    h.act(closed, "publish", "publisher")
    row = publicity.of_subject(opened.matter.stream)[0]
    publicity.publish(row.pk, version=row.version, actor=h.actor("desk"), at=h.at)
    for days in range(4):
        publicity.read_public(row.pk, at=h.after(days=days))


def _recuse(h: Any, opened: Any) -> None:
    from bihuan.kernel.impartiality import api as impartiality

    impartiality.recuse(
        opened.matter.pk,
        h.person("handler2").pk,
        actor=h.actor("leader"),
        at=h.at,
        reason="回避",
    )


def _work(h: Any, sealed: Callable[[], None]) -> None:
    """What the worker would have done by now: days of views in the log, duties written down."""
    from bihuan.foundation.notify import api as notify
    from bihuan.jobs import schedule
    from bihuan.lib.clock import now
    from bihuan.outcomes.publicity import api as publicity

    publicity.views.close_days(h.after(days=5))
    notify.note_duties(schedule.names())
    sealed()
    for name in schedule.names():
        notify.finish_duty(name, at=now())
