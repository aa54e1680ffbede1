"""Open, act, list, look: four views without anything that is not needed."""

import json

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bare.models import Event, Ticket


@csrf_exempt
@login_required
def open_ticket(request):
    given = json.loads(request.body)
    now = timezone.now()
    with transaction.atomic():
        ticket = Ticket.objects.create(
            subject=given["body"][:40],
            body=given["body"],
            state="received",
            unit="center",
            opened_at=now,
            due_at=now,
        )
        Event.objects.create(ticket=ticket, action="open", actor=request.user.username, at=now)
    return JsonResponse({"id": ticket.pk})


@csrf_exempt
@login_required
def act(request, pk, action):
    given = json.loads(request.body)
    with transaction.atomic():
        ticket = get_object_or_404(Ticket.objects.select_for_update(), pk=pk)
        ticket.state = action
        ticket.person = request.user.username
        ticket.save()
        Event.objects.create(
            ticket=ticket,
            action=action,
            actor=request.user.username,
            at=timezone.now(),
            text=given.get("text", ""),
        )
    return JsonResponse({"id": ticket.pk, "state": ticket.state})


@login_required
def tickets(request):
    rows = Ticket.objects.filter(unit="center").order_by("-id")[:50]
    return render(request, "bare/list.html", {"rows": rows})


@login_required
def ticket(request, pk):
    found = get_object_or_404(Ticket, pk=pk)
    return render(
        request, "bare/page.html", {"ticket": found, "events": found.events.order_by("id")}
    )


urlpatterns = [
    path("tickets", open_ticket),
    path("tickets/<int:pk>/<slug:action>", act),
    path("list", tickets),
    path("page/<int:pk>", ticket),
]
