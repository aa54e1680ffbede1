"""Actors: every role that is named is declared, every role that is declared is named."""

from collections.abc import Iterable, Iterator

from bihuan.spec import facets, files
from bihuan.spec.checks.uses import Use
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, MEMBER, OPENER, SUBJECT, Programme

Place = tuple[str, str, str]


def _acting(programme: Programme) -> Iterator[Place]:
    """(file, path, role) wherever somebody may do something."""
    for kind_id, kind in programme.kinds.items():
        for name in kind.opened_by:
            yield "matters.toml", f"{kind_id}.opened_by", name
        for action_id, action in kind.actions.items():
            for name in action.by:
                yield "matters.toml", f"{kind_id}.actions.{action_id}.by", name


def told_people(programme: Programme, uses: Iterable[Use]) -> Iterator[tuple[str, str, str, str]]:
    """(file, path, kind, role) wherever somebody is told something of a matter."""
    for clock_id, clock in programme.clocks.items():
        for step in clock.steps:
            for name in step.notify:
                yield "clocks.toml", f"{clock_id}.steps.{step.id}.notify", clock.kind, name
    for use in uses:
        for path, one in use.names("role"):
            yield "matters.toml", path, use.kind_id, str(one.name)


def _told(programme: Programme, uses: Iterable[Use]) -> Iterator[Place]:
    for file, path, _, name in told_people(programme, uses):
        yield file, path, name


def problems(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """Roles that are named and not declared."""
    declared = {role.id for role in programme.manifest.roles}
    known = declared | set(BUILT_IN_ACTORS)
    for file, path, name in (*_acting(programme), *_told(programme, uses)):
        if name not in known:
            yield Problem(file, path, f"no role {name!r}", f"declare it, or one of {sorted(known)}")
    yield from _contacts(programme)
    yield from _absent(programme, uses)
    for kind_id, kind in programme.kinds.items():
        if programme.means_members(kind.opened_by):
            cause = f"{MEMBER} takes part in what is there, and there is no matter yet"
            remedy = "let members open it by doors = { member = true }, and name roles here"
            yield Problem("matters.toml", f"{kind_id}.opened_by", cause, remedy)
        for name, meaning in _LATER.items():
            if name in kind.opened_by:
                cause = f"{name} is {meaning}"
                yield Problem(
                    "matters.toml", f"{kind_id}.opened_by", cause, "name roles, or sender"
                )


_LATER = {
    OPENER: "whoever opened it, and nobody has yet",
    SUBJECT: "whom it is about, and there is no matter yet",
}


def _absent(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """Built-in actors that only kinds with some facet have, named in one without."""
    brought: dict[str, set[str]] = {}
    for facet in facets.registered():
        for name in facet.actors:
            brought.setdefault(name, set()).add(facet.name)
    for file, path, kind_id, name in (*_named(programme), *told_people(programme, uses)):
        kind = programme.kinds.get(kind_id)
        wanted = brought.get(name, set())
        if name in {SUBJECT, *brought} and kind is not None and not wanted & kind.blocks.keys():
            cause = f"a {kind_id} has no {name}"
            remedy = f"say {name} = {{ is = …, field = … }} in {kind_id}, or name others"
            yield Problem(file, path, cause, remedy)


def _named(programme: Programme) -> Iterator[tuple[str, str, str, str]]:
    """(file, path, kind, name) wherever a kind lets somebody act or read."""
    for kind_id, kind in programme.kinds.items():
        places = [(f"{kind_id}.seen_by", kind.seen_by)]
        places += [
            (f"{kind_id}.fields.{name}.seen_by", one.seen_by) for name, one in kind.fields.items()
        ]
        for action_id, action in kind.actions.items():
            path = f"{kind_id}.actions.{action_id}"
            places.append((f"{path}.by", action.by))
            places += [
                (f"{path}.inputs.{name}.seen_by", one.seen_by)
                for name, one in action.inputs.items()
            ]
        for path, names in places:
            for name in names:
                yield "matters.toml", path, kind_id, name


def _contacts(programme: Programme) -> Iterator[Problem]:
    known = {role.id for role in programme.manifest.roles} | {"assignee"}
    for kind_id, kind in programme.kinds.items():
        for name in kind.contact_by:
            if name not in known:
                cause = f"no role {name!r} that could look at a contact"
                where = f"{kind_id}.contact_by"
                yield Problem("matters.toml", where, cause, f"one of {sorted(known)}")


def told(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """Who is told something has an inbox."""
    for file, path, name in _told(programme, uses):
        if name in ("sender", "system"):
            remedy = "tell the sender by the effect tell.sender; the house needs no telling"
            yield Problem(file, path, f"{name} has no inbox", remedy)
        elif programme.means_members([name]):
            cause = "a step would tell everybody of an organisation and all below it"
            yield Problem(file, path, cause, "name a role; members find it among what they may do")
    yield from _unseen_told(programme, uses)


def _unseen_told(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """Who opened a matter is known, and whom it is about sees it, only where its kind names them."""
    for file, path, kind_id, name in told_people(programme, uses):
        kind = programme.kinds.get(kind_id)
        if name not in _LATER or kind is None or kind.names(name):
            continue
        if name == OPENER:
            cause = f"who opened a {kind_id} is not kept: no action of it names {OPENER}"
        else:
            cause = f"whom a {kind_id} is about does not see it: nothing of it names {name}"
        remedy = f"name {name} in its seen_by or in an action's by, or tell a role"
        yield Problem(file, path, cause, remedy)


def unused(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """Roles that may do nothing, have no duty and are told nothing."""
    named = {name for _, _, name in (*_acting(programme), *_told(programme, uses))}
    drafting = (name for file in files.registered() for name in file.roles(programme))
    used = {
        *(role.id for role in programme.manifest.roles if role.does),
        *named,
        *drafting,
        *(n for kind in programme.kinds.values() for n in (*kind.contact_by, *kind.seen_by)),
    }
    for index, role in enumerate(programme.manifest.roles):
        if role.id not in used:
            cause = f"{role.id!r} may do nothing and is told nothing"
            remedy = "name it in an action's by, or remove it"
            yield Problem("programme.toml", f"roles.{index}", cause, remedy)
