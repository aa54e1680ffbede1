"""Members from the command line: somebody is recorded and leaves, a roster is named."""

import branches as place
import pytest

from bihuan.cli import main
from bihuan.foundation.orgs import memberships

pytestmark = pytest.mark.django_db


def test_recorded_named_and_left(capsys):
    town = place.build()
    who = ["member", "add", "one_deputy", place.PARTY, "full", "--org", "committee-three"]
    assert main([*who, "--start", "2026-01-10", "--since", "1999-07-01"]) == 0
    assert main(["roster", "party_members", "members", "--org", "committee-three"]) == 0
    told = capsys.readouterr().out
    assert "己副书\n1 in all, 0 of them exempt" in told
    row = memberships.memberships_of(town.person("one_deputy"))[0]
    assert main(["member", "leave", str(row.pk), "--last", "2026-02-01"]) == 0
    at = ["roster", "party_members", "members", "--org", "committee-three", "--on"]
    assert main([*at, "2026-02-01"]) == 0
    assert main([*at, "2026-02-02"]) == 0
    told = capsys.readouterr().out
    assert "1 in all" in told
    assert "0 in all" in told


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["member", "add", "nobody", place.PARTY, "full", "--org", "committee"], "no account"),
        (["member", "add", "office", place.PARTY, "baron", "--org", "committee"], "baron"),
        (["member", "add", "office", "x.y", "full", "--org", "committee"], "x.y"),
        (["member", "leave", "99999"], "99999"),
        (["roster", "party_members", "nobles", "--org", "committee"], "full_members"),
        (["roster", "party_members", "members", "--org", "committee", "--on", "1.2.3"], "1.2.3"),
    ],
)
def test_what_is_wrong_is_named(capsys, asked, said):
    place.build()
    assert main(asked) in (1, 2)
    assert said in capsys.readouterr().err
