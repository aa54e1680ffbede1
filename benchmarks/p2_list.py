"""Bars P2 and P3: the desk's list of 50 and one matter's page, against a bare Django project.

    python benchmarks/p2_list.py [--small] [--matters 1000000] [--seconds 8] [--api]

A person logged in by a session cookie asks for the desk's list (newest first, their whole scope) and for
the page of a matter with 20 events; eight clients, PostgreSQL, granian with two processes. The list is
asked for at 10,000 and at all matters. Medians of three rounds, taken in turns with the bare project.
"""

import argparse
from collections.abc import Callable

import ground
from p1_lifecycle import _tokens, bare_project

FEW = 10_000
ROUNDS = 3
EVENTS = 20


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--matters", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--api", action="store_true", help="the interface's JSON, not the pages")
    parser.add_argument("--only", choices=["P2", "P3", "both"], default="both")
    parser.add_argument("--show", action="store_true", help="only print the queries of both pages")


def _session(person) -> str:
    from django.test import Client

    client = Client()
    client.force_login(person)
    return str(client.session.session_key)


def _getter(port: int, path: str, headers: dict[str, str]) -> Callable[[int], Callable[[], None]]:
    def make(number: int) -> Callable[[], None]:
        del number
        caller = ground.Caller(port, headers)

        def get() -> None:
            status, answer = caller.ask("GET", path)
            if status != 200:
                raise RuntimeError(f"{path} {status} {answer[:200]!r}")

        return get

    return make


def _long(house, events: int) -> int:
    """A matter with so many events, as staff make them: it is handled, and notes are written."""
    from bihuan.kernel.matters import api as matters

    opened = house.handling()
    desk = house.actor("desk")
    for n in range(events - 4):
        matters.note(
            opened.matter.pk,
            f"第{n}次联系养护单位，明日到场处理。",
            actor=desk,
            at=house.after(hours=n),
        )
    return int(opened.matter.pk)


def _queries(house, path: str) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = house.client("desk")
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, f"{path} {answer.status_code}"
    return [q["sql"] for q in captured.captured_queries]


def measure(arguments: argparse.Namespace) -> int:
    house = ground.city()
    few, many = FEW, arguments.matters
    seconds = arguments.seconds
    if arguments.small:
        few, many, seconds = 1_000, 5_000, 2
    templates = [house.open().matter.pk, house.handling().matter.pk, house.answered().matter.pk]
    page, short = _long(house, EVENTS), _long(house, 5)
    if arguments.api:
        headers = {"Authorization": f"Bearer {_tokens(house)['desk']}"}
        list_path, page_path = "/api/v1/matters?size=50", f"/api/v1/matters/{page}"
    else:
        headers = {"Cookie": f"sessionid={_session(house.person('desk'))}"}
        list_path, page_path = "/desk/", f"/desk/matters/{page}"
        counted = {n: len(_queries(house, f"/desk/matters/{n}")) for n in (short, page)}
        listed = _queries(house, "/desk/")
        if arguments.show:
            print("\n".join(q[:400] for q in [*listed, "", *_queries(house, page_path)]))
            return 0
    found: dict[str, list[ground.Run]] = {}
    have = 0

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
            if arguments.only != "P2":
                rounds(
                    {
                        "page": _getter(ours, page_path, headers),
                        "bare page": _getter(floor, f"/page/{told['page']}", cookie),
                    }
                )
            for size in (few, many) if arguments.only != "P3" else ():
                ground.multiply(templates, size - have, events="none")
                have = size
                ground.settle()
                print(f"{size:,} matters", flush=True)
                plan = {f"list of {size:,}": _getter(ours, list_path, headers)}
                if size == many:
                    plan["bare list"] = _getter(floor, "/list", cookie)
                rounds(plan)
    rate = {name: ground.median([r.rate for r in runs]) for name, runs in found.items()}
    errors = [e for runs in found.values() for r in runs for e in r.errors]
    print(
        f"P2, P3 on PostgreSQL, {'JSON' if arguments.api else 'HTML'}, 8 clients, {seconds:.0f} s a round, {ground.quiet()}"
    )
    for name, runs in found.items():
        print(
            f"  {name}: {rate[name]:.1f}/s, p95 {ground.median([r.p95 for r in runs]) * 1000:.0f} ms"
        )
    met = not errors
    if arguments.only != "P3":
        share = rate[f"list of {many:,}"] / rate["bare list"]
        grows = rate[f"list of {few:,}"] / rate[f"list of {many:,}"]
        met = met and share >= 0.6 and grows <= 1.3
        print(
            f"  P2 {share:.0%} of bare Django (bar 60 %) {ground.verdict(share >= 0.6)}; cost at {many:,} is "
            f"{grows:.2f} x that at {few:,} (bar 1.3) {ground.verdict(grows <= 1.3)}"
        )
    if arguments.only != "P2":
        share = rate["page"] / rate["bare page"]
        met = met and share >= 0.3
        print(f"  P3 {share:.0%} of bare Django (bar 30 %) {ground.verdict(share >= 0.3)}")
    if not arguments.api:
        print(
            f"  queries: list {len(listed)}; page with 5 events {counted[short]}, with {EVENTS} {counted[page]}"
        )
        met = met and counted[short] == counted[page]
    print(f"  {len(errors)} errors {errors[:2]}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options))
