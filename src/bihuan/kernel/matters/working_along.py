"""Units that work along with the one that has a matter: naming them, and telling their people."""

from bihuan.foundation.access import api as grants
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import access, verbs
from bihuan.kernel.matters.effects import Tell
from bihuan.kernel.matters.step import Step
from bihuan.spec import sight
from bihuan.spec.arguments import Args, OrgsInput

CO_UNIT = "co_unit"


class AddUnits(Args):
    input: OrgsInput


def add_units(step: Step, args: AddUnits) -> None:
    """Names units that work along; they see the matter from now on."""
    given = step.inputs.get(args.input) or []
    for org_id in given if isinstance(given, list) else [given]:
        path = Org.objects.values_list("path", flat=True).get(pk=org_id)
        step.parts[("party", f"co_unit-{org_id}")] = {
            "role": CO_UNIT,
            "person_id": None,
            "org_id": org_id,
            "org_path": path,
        }


def tell_units(step: Step, args: Tell) -> None:
    """Puts a notice into the inboxes of those who hold the roles at the units that work along, nearest
    organisation only, and see the matter."""
    known = access.parties(step.matter) if step.matter.pk else []
    paths = {one.org_path for one in known if one.role == CO_UNIT}
    # While a matter is being opened its parties stand in the step only.
    said = [one for (part, _), one in step.parts.items() if part == "party" and one]
    paths |= {one["org_path"] for one in said if one["role"] == CO_UNIT}
    barred = [(one.person_id, one.org_path) for one in known if one.role in access.BARRED]
    barred += [(one["person_id"], one["org_path"]) for one in said if one["role"] in access.BARRED]
    kept_out = access.barred_people(barred, step.day())
    seeing = sight.roles(step.programme, step.kind)
    found = [
        pk
        for name in args.roles
        if name in seeing
        for path in sorted(paths)
        for pk in grants.holders(name, path, step.day(), step.programme.id)
    ]
    step.tell([pk for pk in dict.fromkeys(found) if pk not in kept_out], args.text)


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect("units.add", AddUnits, add_units)
    verbs.effect("tell.units", Tell, tell_units)
