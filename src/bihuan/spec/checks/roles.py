"""Cross checks of roles: somebody does what the house will ask for."""

from collections.abc import Iterator

from bihuan.spec import duties, facets
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme


def problems(programme: Programme) -> Iterator[Problem]:
    """Roles without any duty among them, and kinds that nobody would take in or get."""
    roles = programme.manifest.roles
    if not any(role.does for role in roles):
        yield Problem(
            "programme.toml",
            "roles",
            "no role says what it does",
            'give each role its duties: does = ["receive"]; what there is stands in docs/programme.schema.json',
        )
        return
    names = [role.id for role in roles]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("programme.toml", f"roles.{name}", "declared twice", "keep one of them")
    for role in roles:
        if len(set(role.does)) < len(role.does):
            path = f"roles.{role.id}.does"
            yield Problem("programme.toml", path, "says a duty twice", "say each once")
    if duties.doing(programme, "receive"):
        return
    received = {kind_id for facet, kind_id, _ in facets.blocks(programme) if facet.received}
    for kind_id, kind in programme.kinds.items():
        if "sender" in kind.opened_by or kind_id in received:
            yield Problem(
                "programme.toml",
                "roles",
                f"anybody may send {kind_id!r}, but no role receives it",
                'give the role of the desk does = ["receive"]',
            )
