"""One matter: facts, who, clocks, time line, actions; and everything printed or revealed of it."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.merging import api as merging
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.kernel.senders import api as senders
from bihuan.kernel.values import api as values
from bihuan.kernel.watches import api as watches
from bihuan.kernel.workbench import api as workbench
from bihuan.language import redact, reply_check
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import choosing, days, errors, faces, fields, fragments, words
from bihuan.web.actor import actor_of
from bihuan.web.desk.attach import attachables
from bihuan.web.desk.time_line import lines, mail_returned
from bihuan.web.forms import (
    action_forms,
    action_of,
    already_given,
    answers_of,
    collect,
    folded,
    inputs_of,
    said_before,
    written,
)
from bihuan.web.lines import as_text
from bihuan.web.numbers import whole
from bihuan.web.portal.ask import qr


def _page(
    request: HttpRequest,
    matter: matters.Matter,
    who: Actor,
    *,
    problems: dict[str, str] | None = None,
    failed: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    at = now()
    entries = matters.timeline(matter, who)
    body = next((str(e.private.get("body", "")) for e in entries if e.type == "matter.opened"), "")
    programme = programmes.spec_of(matter.release_id)
    named = "\n".join(
        str(e.private["complained_of"]) for e in entries if "complained_of" in e.private
    )
    held = fields.told(programme, matter.kind, values.held(matter, who, entries))
    facts = list(held)
    if named:
        facts.append(values.Told("", words.text("field.complained_of"), named))
    into = matter.merged_into
    followed = matters.hangs(programme.kinds[matter.kind])
    already, forms = already_given(matter, who, action_forms(matter, who, at))
    said = written(matter, entries)
    for action, given in said.items():
        facts += fields.told(programme, matter.kind, given, action=action)
    before = said_before(matter, said)
    context: dict[str, Any] = {
        "section": "queue",
        "matter": matter,
        "watched": watches.waiting_texts(who, at=at, of=matter.pk) if followed else (),
        "lines": list(reversed(lines(matter, entries))),
        "body": body,
        "facts": facts,
        "stood_for": matters.stood_for(matter),
        "already": already,
        "forms": folded(forms, said),
        "before": before,
        "offered": {action: fields.offered(one) for action, one in before.items()},
        "clocks": sorted(clocks.of(matter.stream).values(), key=lambda c: (c.role, c.due_at)),
        "into": into if into and matters.sees(who, into) else None,
        "parent": matter.parent if matter.parent and matters.sees(who, matter.parent) else None,
        "children": [c for c in matters.open_children(matter, beside=True) if matters.sees(who, c)],
        "may_attach": bool(attachables(who, matter.home_path)),
        "may_order": matters.may_order(who, matter),
        "attachable": matters.orders(programme.kinds[matter.kind]),
        "merged": merging.merged_here(matter),
        "parts": faces.parts(matter, who, at),
        "files": files.of(matter.stream),
        "publications": publicity.of_subject(matter.stream),
        "may_contact": senders.may_contact(who, matter),
        "may_renew": senders.may_renew(who, matter),
        "named": impartiality.naming.of(matter),
        "may_name": impartiality.naming.may_name(who, matter),
        "may_drop_name": impartiality.naming.may_drop(who, matter),
        "has_contact": vault.has(matter.stream),
        "mail_returned": mail_returned(entries),
        # Set texts are for those whose work it is, not for who confirms or votes.
        "phrases": workbench.phrases_for(matter.unit_path)
        if duties.anywhere(who, "receive", "handle", *duties.LEADING)
        else (),
        "drafts": workbench.drafts_of(matter.pk, who.person_id or 0),
        "key": secrets.token_urlsafe(16),
        "problems": problems or {},
        "failed": failed,
        "given": request.POST,
        "now": at,
        **more,
    }
    here = reverse("desk:matter", args=[matter.pk])
    return fragments.page(request, "desk/matter.html", context, status=status, here=here)


def _refused(
    request: HttpRequest, pk: int, who: Actor, error: InputError, failed: str
) -> HttpResponse:
    """The page again, with what is wrong beside what was typed into the form `failed`."""
    found, problems = matters.matter(who, pk), errors.by_field(error)
    return _page(request, found, who, problems=problems, failed=failed, status=422)


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one matter."""
    who = actor_of(request)
    return _page(request, matters.matter(who, pk), who)


@login_required
@require_GET
def choose(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The organisations or people that an action on the matter may name, as one types."""
    at = now()
    matter = matters.matter(actor_of(request), pk)
    return choosing.answer(request, choosing.of_matter(matter, at), kind)


@login_required
@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Takes an action. An answer is shown first, with its check-list, and sent on confirmation."""
    who = actor_of(request)
    matter = matters.matter(who, pk)
    if request.POST.get("edit"):
        return _page(request, matter, who, failed=action)
    # Until the step is taken, what was typed is safe on the server.
    _keep(request, matter, action, who)
    version = request.POST.get("version", "")
    try:
        stored, named = fields.sent(request, inputs_of(matter, action), "files")
        data = collect(matter, action, request.POST, now(), named)
        answer = next((data[n] for n in answers_of(matter, action) if data.get(n)), "")
        if answer and not (request.POST.get("confirm") or named):
            # Shown to be confirmed by a form that cannot carry files on.
            files.only(request.FILES)
            return _preview(request, matter, who, action, str(answer))
        done = matters.act(
            pk,
            action,
            actor=who,
            at=now(),
            data=data,
            files=stored,
            key=request.POST.get("key") or None,
            version=whole(version, digits=8),
            own=fields.left_as_offered(inputs_of(matter, action), request.POST),
        )
    except InputError as error:
        found = errors.by_field(error)
        return _page(request, matter, who, problems=found, failed=action, status=422)
    except (ProblemError, files.FileError, programmes.ProgrammeError) as error:
        fresh = matters.matter(who, pk)
        code = errors.status(error)
        text = {"": errors.message(error)}
        return _page(request, fresh, who, problems=text, failed=action, status=code)
    # Also after a repetition, whose form was kept once more before it was known for one.
    workbench.drop_draft(pk, action, who.person_id or 0)
    if done.phase == "done":
        workbench.forget_drafts(now())
    label = words.of(programmes.spec_of(matter.release_id), f"actions.{matter.kind}.{action}")
    messages.success(request, words.text("desk.acted", action=label), extra_tags="good")
    return _back(request, who, pk)


def _keep(request: HttpRequest, matter: matters.Matter, action: str, who: Actor) -> bool:
    declared = action_of(matter, action)
    if matter.phase == "done" or declared is None:
        return False
    # As typed: a name that is not clear yet is kept too.
    posted = request.POST
    names = {n: fields.posted_name(n) for n in declared.inputs}
    data = {n: posted.get(f"{p}-text", posted.get(p, "")) for n, p in names.items()}
    tables = {n: one for n, one in declared.inputs.items() if one.columns}
    data |= {n: as_text(names[n], one, posted) for n, one in tables.items()}
    return workbench.save_draft(matter.pk, action, data, actor=who, at=now())


@login_required
@require_POST
def draft(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Keeps a form as it stands: by its button, or while typing when htmx asks."""
    who = actor_of(request)
    matter = matters.matter(who, pk)
    kept = _keep(request, matter, action, who)
    told = words.text("desk.draft_kept" if kept else "desk.draft_empty", at=days.ago(now()))
    if request.headers.get("HX-Request"):
        return HttpResponse(escape(told))
    messages.success(request, told, extra_tags="good")
    return redirect("desk:matter", pk=pk)


# Pages with steps of one press: there one is led back.
_BEFORE = ("member:today", "member:join", "member:branch")


def _back(request: HttpRequest, who: Actor, pk: int) -> HttpResponse:
    """To the page where it was pressed; else to the matter, or to the queue when one's own action took it
    out of one's sight."""
    if request.POST.get("back") in _BEFORE:
        return redirect(request.POST["back"])
    try:
        matters.matter(who, pk)
    except LookupError:
        return redirect("desk:queue")
    return redirect("desk:matter", pk=pk)


def _preview(
    request: HttpRequest, matter: matters.Matter, who: Actor, action: str, answer: str
) -> HttpResponse:
    entries = matters.timeline(matter, who)
    body = next((str(e.private.get("body", "")) for e in entries if e.type == "matter.opened"), "")
    hidden = [
        (name, value)
        for name in request.POST
        if name != "csrfmiddlewaretoken"
        for value in request.POST.getlist(name)
    ]
    context = {
        "section": "queue",
        "matter": matter,
        "action": action,
        "answer": answer,
        "body": body,
        "checks": reply_check.check(body, answer),
        "found": redact.find(answer),
        "hidden": hidden,
        "who": who,
    }
    here = reverse("desk:matter", args=[matter.pk])
    return fragments.page(request, "desk/preview.html", context, here=here)


@login_required
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """A private note."""
    who = actor_of(request)
    try:
        matters.note(
            pk,
            request.POST.get("note", ""),
            actor=who,
            at=now(),
            key=request.POST.get("key") or None,
        )
    except InputError as error:
        return _refused(request, pk, who, error, "note")
    return redirect("desk:matter", pk=pk)


@login_required
@require_POST
def recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes oneself out of a matter one has a stake in 回避."""
    who = actor_of(request)
    assert who.person_id is not None
    impartiality.recuse(
        pk, who.person_id, actor=who, at=now(), reason=request.POST.get("reason", "")
    )
    messages.success(request, words.text("desk.recused"), extra_tags="good")
    return redirect("desk:queue")


@login_required
@require_POST
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds to those complained of in a matter."""
    who = actor_of(request)
    try:
        given = request.POST.get("complained_of", "")
        impartiality.naming.name(pk, given, actor=who, at=now())
    except InputError as error:
        return _refused(request, pk, who, error, "name")
    messages.success(request, words.text("desk.named"), extra_tags="good")
    return redirect("desk:matter", pk=pk)


@login_required
@require_POST
def drop_name(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Takes somebody off those complained of in a matter."""
    who = actor_of(request)
    try:
        impartiality.naming.drop(pk, key, request.POST.get("reason", ""), actor=who, at=now())
    except InputError as error:
        return _refused(request, pk, who, error, "drop_name")
    messages.success(request, words.text("desk.name_dropped"), extra_tags="good")
    return redirect("desk:matter", pk=pk)


@login_required
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows how to reach the sender, for a reason that is logged."""
    who = actor_of(request)
    matter = matters.matter(who, pk)
    try:
        person = senders.reveal_contact(pk, request.POST.get("reason", ""), actor=who, at=now())
    except InputError as error:
        return _refused(request, pk, who, error, "contact")
    if person is None:
        raise LookupError(pk)
    return _page(request, matter, who, revealed=person, reveals=vault.reveals(matter.stream))


@login_required
@require_POST
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """A new query code for a sender who lost theirs, shown once on a slip."""
    who = actor_of(request)
    renewed = senders.renew_code(pk, actor=who, at=now())
    if renewed.sent:
        messages.success(request, words.text("desk.code_sent"), extra_tags="good")
        return redirect("desk:matter", pk=pk)
    context = {
        "section": "queue",
        "matter": matters.matter(who, pk),
        "code": renewed.code,
        "qr": qr(renewed.code),
    }
    return render(request, "desk/slip.html", context)


@login_required
@require_POST
def send_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Mails the code of the opening to who called."""
    sent = senders.send_code(pk, actor=actor_of(request), at=now())
    told = words.text("desk.code_mailed" if sent else "desk.code_not_mailed")
    (messages.success if sent else messages.warning)(
        request, told, extra_tags="good" if sent else ""
    )
    return redirect("desk:matter", pk=pk)


@login_required
@require_http_methods(["GET"])
def dates(request: HttpRequest, pk: int) -> HttpResponse:
    """Why each of the matter's dates is what it is, day by day."""
    who = actor_of(request)
    matter = matters.matter(who, pk)
    found = [
        (words.of(programmes.spec_of(matter.release_id), f"clocks.{c.key}"), clocks.explain(c))
        for c in clocks.of(matter.stream).values()
    ]
    return render(request, "desk/dates.html", {"section": "queue", "matter": matter, "rows": found})


@login_required
@require_GET
def file(request: HttpRequest, pk: int, key: str) -> HttpResponse | FileResponse:
    """An attachment of a matter one may see."""
    matter = matters.matter(actor_of(request), pk)
    found = next((f for f in files.of(matter.stream) if f.key == key), None)
    if found is None:
        raise LookupError(key)
    response = FileResponse(
        files.path_of(found.sha256).open("rb"), as_attachment=True, filename=found.name
    )
    response.headers["Content-Type"] = found.mime
    return response
