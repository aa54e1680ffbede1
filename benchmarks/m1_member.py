"""Bar M1: a member's own list and one page of theirs among 1,000,000 matters and 100,000 people, by the bars of P2 and P3.

    python benchmarks/m1_member.py [--small] [--matters 1000000] [--people 100000] [--seconds 8]

A member of a branch, logged in by a session cookie, asks for the list of all they may see (twenty of their
own), for the page of one, for what is kept of them (`/m/mine`) and for their day (`/m/`): the last two are
many lists together, so of them only what they cost more among more is held against a bar. Eight clients, PostgreSQL, granian with two
processes. Every other matter is a promise of one of the other members, who belong to the same branches. Asked
at few matters and people and at all; medians of three rounds, in turns with the bare Django project of P1.
"""

import argparse
from collections.abc import Callable

import ground
from p1_lifecycle import bare_project
from p2_list import _getter, _session

FEW, FEW_PEOPLE = 10_000, 1_000
ROUNDS = 3
OWN = 20


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--matters", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=8)


def _promised(town, who: str, home: str, later: int = 0) -> int:
    """A promise of a member, so many years later: one makes one a year."""
    from branches import AT, DAY

    from bihuan.kernel.matters import api as matters

    at = AT + later * 366 * DAY
    fields = {"promiser": town.person(who), "year": str(at.year)}
    promise = matters.Opening(
        "commitments", "member_promise", town.org(home), "每周到窗口值一次班。", fields=fields
    )
    secretary = town.actor(f"{home}_secretary")
    return int(matters.open_matter(promise, actor=secretary, at=at).matter.pk)


def _more_people(count: int) -> None:
    """Members of the branches that there are, each with an account."""
    from django.db import connection
    from django.db.models import Max

    from bihuan.foundation.orgs.models import Membership, Person

    first = (Person.objects.aggregate(n=Max("pk"))["n"] or 0) + 1
    numbers = ground._numbers(first, first + count - 1)
    named = {"id": "s.n", "username": "'p' || s.n", "code": "'p' || s.n", "name": "'成员' || s.n"}
    ground._copy(Person, named, numbers, "t.username = 'member-b'")
    spread = Membership.objects.filter(person__username__in=["member-b", "member-e"])
    rows = list(spread.order_by("pk").values_list("pk", flat=True))
    on = f"t.id = CASE s.n % {len(rows)} " + "".join(
        f"WHEN {n} THEN {pk} " for n, pk in enumerate(rows)
    )
    ground._copy(Membership, {"id": "", "person_id": "s.n"}, numbers, f"{on}END")
    with connection.cursor() as cursor:
        table = Person._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {first + count - 1})"
        )


def _more_matters(templates: list[int], count: int) -> None:
    """Copies of the templates, each of somebody among all but the one who asks."""
    from bihuan.foundation.orgs.models import Person
    from bihuan.kernel.matters.models import Party

    made = ground.multiply(templates, count, events="none")
    others = Person.objects.filter(username__regex=r"^p\d+$").order_by("pk")
    low, many = others.values_list("pk", flat=True)[0], others.count()
    numbers = ground._numbers(made.start, made.stop - 1)
    of_stream = f"CASE s.n % {len(templates)} " + "".join(
        f"WHEN {n} THEN 'matter:{pk}' " for n, pk in enumerate(templates)
    )
    about = f"CASE WHEN t.role = 'subject' THEN {low} + s.n % {many} ELSE t.person_id END"
    told = {"id": "", "stream": "'matter:' || s.n", "person_id": about}
    if "matter_id" in {one.column for one in Party._meta.concrete_fields}:
        told["matter_id"] = "s.n"
    ground._copy(Party, told, numbers, f"t.stream = {of_stream}END")


def measure(arguments: argparse.Namespace) -> int:
    import branches

    few, many, seconds = FEW, arguments.matters, arguments.seconds
    few_people, people = FEW_PEOPLE, arguments.people
    if arguments.small:
        few, many, few_people, people, seconds = 500, 2_000, 100, 400, 1
    ground.city()
    town = branches.build()
    own = [_promised(town, "a", "one", n) for n in range(OWN)]
    templates = [_promised(town, "b", "one"), _promised(town, "e", "two")]
    headers = {"Cookie": f"sessionid={_session(town.stage.people['a'])}"}
    pages = {
        "list": "/desk/?tab=all",
        "page": f"/desk/matters/{own[-1]}",
        "mine": "/m/mine",
        "day": "/m/",
    }
    found: dict[str, list[ground.Run]] = {}
    have, have_people = 0, 0

    def rounds(plan: dict[str, Callable]) -> None:
        for make in plan.values():
            ground.load(8, 1, make)
        for _ in range(ROUNDS):
            for name, make in plan.items():
                found.setdefault(name, []).append(ground.load(8, seconds, make))

    with ground.database("postgres") as second:
        given, told = bare_project(second, many)
        cookie = {"Cookie": f"sessionid={told['session']}"}
        with (
            ground.served("bihuan.conf.wsgi:application") as ours,
            ground.served("bare.wsgi:application", environment=given, folder=ground.HERE) as floor,
        ):
            for size, crowd in ((few, few_people), (many, people)):
                _more_people(crowd - have_people)
                _more_matters(templates, size - have)
                have, have_people = size, crowd
                ground.settle()
                print(f"{size:,} matters, {crowd:,} people", flush=True)
                plan = {
                    f"{name} at {size:,}": _getter(ours, path, headers)
                    for name, path in pages.items()
                }
                if size == many:
                    plan["bare list"] = _getter(floor, "/list", cookie)
                    plan["bare page"] = _getter(floor, f"/page/{told['page']}", cookie)
                rounds(plan)
    rate = {name: ground.median([r.rate for r in runs]) for name, runs in found.items()}
    errors = [e for runs in found.values() for r in runs for e in r.errors]
    print(f"M1 on PostgreSQL, 8 clients, {seconds:.0f} s a round, {ground.quiet()}")
    for name, runs in found.items():
        print(
            f"  {name}: {rate[name]:.1f}/s, p95 {ground.median([r.p95 for r in runs]) * 1000:.0f} ms"
        )
    met = not errors
    for name, bar in (("list", 0.6), ("page", 0.3)):
        share = rate[f"{name} at {many:,}"] / rate[f"bare {name}"]
        met = met and share >= bar
        print(
            f"  {name}: {share:.0%} of bare Django (bar {bar:.0%}) {ground.verdict(share >= bar)}"
        )
    for name in pages:
        grows = rate[f"{name} at {few:,}"] / rate[f"{name} at {many:,}"]
        met = met and grows <= 1.3
        print(
            f"  {name}: cost at {many:,} is {grows:.2f} x that at {few:,} (bar 1.3)"
            f" {ground.verdict(grows <= 1.3)}"
        )
    print(f"  {len(errors)} errors {errors[:2]}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options))
