"""Run inside an installation that was restored from an older version: a matter of each kind in each
state is looked at by everybody, every action that is offered is taken in a transaction that is undone.
Prints what was wrong."""

import json
import random
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "kernel"))

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from house import House
from test_walks import SPECS, WALKERS, Walk

from bihuan.foundation.access import api as access
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.models import Release
from bihuan.lib.problems import ProblemError
from bihuan.spec import release

TRIES = 24


def _walk(house, matter, at):
    programme = matter.programme
    walk = Walk.__new__(Walk)
    walk.house, walk.random, walk.at = house, random.Random(1), at
    walk.spec, walk.programme = SPECS[programme], programme
    walk.actors = {name: house.actor(name) for name in WALKERS}
    likes = matters.Matter.objects.filter(programme=programme, kind=matter.kind)
    walk.codes = dict.fromkeys(likes.exclude(pk=matter.pk).values_list("pk", flat=True), "")
    return walk


def _take(walk, matter, offer, actor):
    """Takes it with sensible inputs; returns what stands in the way, '' when nothing does."""
    people, why = list(Person.objects.order_by("pk").values_list("pk", flat=True)), ""
    spec = programmes.spec_of(matter.release_id)
    for n in range(TRIES):
        walk.random.seed(n)
        try:
            with standing.steady(), transaction.atomic():
                asked = spec.kinds[matter.kind].actions[offer.id].inputs
                data = walk.inputs(asked)
                # Somebody else each time: most actions want one who works there.
                data |= {i: people[n % len(people)] for i in data if asked[i].type == "person"}
                matters.act(matter.pk, offer.id, actor=actor, at=walk.at, data=data)
                transaction.set_rollback(True)
                return ""
        except (ProblemError, LookupError) as error:
            why = f"{getattr(error, 'key', type(error).__name__)} {error}"
    return why


def _releases():
    for row in Release.objects.order_by("pk"):
        read = release.from_text(row.text)
        if release.digest(read) != row.digest:
            yield f"release {row.programme} {row.tag} is read with another digest"
        if release.unread(row.text):
            yield f"release {row.programme} {row.tag}: unread {release.unread(row.text)}"


def _pages(clients):
    for name, client in clients.items():
        for path in ("/desk/", "/desk/open", "/desk/figures", "/desk/notices", "/desk/?q=路灯"):
            answer = client.get(path)
            if answer.status_code >= 500 or (answer.status_code == 404 and path == "/desk/"):
                yield f"{name} {path}: {answer.status_code}"
    for path in ("/", "/ask", "/notices", "/publications", "/promise", "/seals"):
        if Client().get(path).status_code >= 500:
            yield f"{path}: 500"


def _unlike(actors):
    """Of people with the same roles the first: they read the same pages of no matter."""
    known = {}
    for name, actor in actors.items():
        known.setdefault(frozenset((role, said) for role, _, said in actor.held), name)
    return known.values()


def _one_of_each():
    """Of matters with the same facts the first: they have the same page."""
    alike = {}
    for one in matters.Matter.objects.order_by("pk"):
        shape = (one.release_id, one.kind, one.state, one.unit_path, *sorted(one.facts))
        alike.setdefault(shape, one)
    return alike.values()


def main():
    house = House()
    translation.activate("zh-hans")
    wrong = [*_releases()]
    people = {one.username: one for one in Person.objects.order_by("pk")}
    last = max(one.changed_at for one in matters.Matter.objects.all())
    at = last + timedelta(hours=1)
    opened = 0
    why, refused = {}, set()
    actors = {name: access.actor(people[name], at.date()) for name in people}
    clients = {name: house.client(name) for name in people}
    wrong += _pages({name: clients[name] for name in _unlike(actors)})
    for matter in _one_of_each():
        walk = _walk(house, matter, at)
        for name, client in clients.items():
            actor = actors[name]
            with standing.steady():
                sees = matters.sees(actor, matter)
            # Whoever is refused one of a kind is refused the next in the same words.
            if not sees and (name, matter.programme, matter.kind) in refused:
                continue
            answer = client.get(f"/desk/matters/{matter.pk}")
            opened += answer.status_code == 200
            if answer.status_code not in ((200,) if sees else (403, 404)):
                wrong.append(f"{matter.pk} {matter.kind} for {name}: {answer.status_code}")
            if not sees:
                refused.add((name, matter.programme, matter.kind))
                continue
            page = answer.content.decode()
            with standing.steady():
                offered = matters.offered(matter, actor, at)
            for offer in offered:
                step = f"{matter.programme} {matter.kind} {matter.state} {offer.id}"
                if offer.refusal is not None:
                    continue
                if reverse("desk:act", args=[matter.pk, offer.id]) not in page:
                    wrong.append(f"{step} {matter.pk} is not on the page of {name}")
                # Until it was taken once.
                if why.get(step, "never tried"):
                    why[step] = _take(walk, matter, offer, actor)
    print(
        json.dumps(
            {
                "wrong": wrong,
                "opened": opened,
                "wanted": len(why),
                "not taken": {step: reason for step, reason in sorted(why.items()) if reason},
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
