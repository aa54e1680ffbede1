"""A matter's time line in the reader's words."""

from dataclasses import dataclass
from typing import Any

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.kernel.values import api as values
from bihuan.web import fields, words
from bihuan.web.templatetags.bihuan import moment


@dataclass(frozen=True)
class Line:
    """One line of the time line, in words."""

    at: Any
    who: str
    text: str
    details: list[values.Told]
    internal: bool
    note: str
    recorded: str


def _recorded(entry: matters.Entry) -> str:
    """When and by whom it was written down, where that is not when and in whose name it happened."""
    if entry.recorded and entry.done_by:
        return words.text("desk.recorded_by", at=moment(entry.recorded), who=_who(entry.done_by))
    if entry.recorded:
        return words.text("desk.recorded", at=moment(entry.recorded))
    return words.text("desk.done_by", who=_who(entry.done_by)) if entry.done_by else ""


def _who(name: str) -> str:
    if name in ("sender", "system", "watch", "cli"):
        return words.text(f"desk.who.{name}")
    return name


def _line(label: str, text: str) -> values.Told:
    return values.Told("", label, text)


def lines(matter: matters.Matter, entries: list[matters.Entry]) -> list[Line]:
    """The time line in the reader's words."""
    programme = programmes.spec_of(matter.release_id)
    kind = programme.kinds[matter.kind]
    # Where nobody outside is told of any step, none is more internal than another.
    tells = "sender" in kind.opened_by or any(one.shown for one in kind.actions.values())
    found = []
    for entry in entries:
        action = kind.actions.get(entry.action)
        if entry.type == "matter.acted":
            text = words.of(programme, f"events.{matter.kind}.{entry.action}")
        elif entry.type == "matter.stepped":
            steps = entry.data.get("steps", [])
            text = words.listed(
                f"{words.of(programme, f'clocks.{c}')}{words.text('site.colon')}{words.of(programme, f'steps.{c}.{s}')}"
                for c, s, _ in steps
            )
        else:
            text = words.text(f"event.{entry.type}")
        # What it opened with stands at the top of the page already.
        told = {} if entry.type == "matter.opened" else entry.inputs
        details = list(fields.told(programme, matter.kind, told, action=entry.action))
        instead = entry.data.get("stands_in") or ("absence" in entry.data and entry.data)
        if instead:
            stand_in = orgs.standing_person(instead["stand_in"]).name
            details.append(_line(words.text("away.stand_in"), stand_in))
        if entry.data.get("code_renewed"):
            details.append(_line(words.text("desk.mark"), words.text("desk.after_renewal")))
        if entry.type == "matter.mail_returned":
            details.append(_line(words.text("desk.reason"), _why(entry)))
        if entry.type == "matter.act_refused":
            asked = words.of(programme, f"actions.{matter.kind}.{entry.data['act']}")
            why = words.text(f"error.{entry.data['why']}", **entry.data["values"])
            details.append(_line(asked, why))
        if entry.type in ("matter.paper_issued", "matter.paper_withdrawn"):
            details.append(_line(words.text("papers.check.number"), entry.data["number"]))
        reason = entry.private.get("reason") or entry.data.get("reason")
        if reason:
            details.append(_line(words.text("desk.reason"), str(reason)))
        found.append(
            Line(
                entry.at,
                _who(entry.who),
                text,
                details,
                tells and not (action and action.shown) and entry.type != "matter.opened",
                str(entry.private.get("note", "") or entry.private.get("opinion", "")),
                _recorded(entry),
            )
        )
    return found


def _why(entry: matters.Entry) -> str:
    status = entry.data["status"]
    return words.text(f"desk.returned.{senders.why_returned(status)}", status=status)


def mail_returned(entries: list[matters.Entry]) -> str:
    """Of the newest mail to the sender that came back, when and why; '' when none did."""
    found = [one for one in entries if one.type == "matter.mail_returned"]
    if not found:
        return ""
    return words.text("desk.mail_returned", at=moment(found[-1].at), why=_why(found[-1]))
