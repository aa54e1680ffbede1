from collections.abc import Callable, Iterator

import pytest
from older_place import older_place
from place import Place, Places


@pytest.fixture
def places(tmp_path) -> Iterator[Places]:
    made = Places(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def city(tmp_path_factory) -> Place:
    """The city with some life in it; read only."""
    place = Places(tmp_path_factory.mktemp("city")).built()
    place.python(LIFE)
    return place


@pytest.fixture
def older_places() -> Callable[[Places, str], Place]:
    """Makes copies of an installation of the version before, of either vendor."""
    return lambda places, vendor: places.copy("older", vendor, older_place)


LIFE = """
import io
from PIL import Image
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.kernel.matters import api as matters
from bihuan.kernel.senders import api as senders
from house import House
h = House()
out = io.BytesIO(); Image.new("RGB", (9, 9)).save(out, "PNG")
picture = files.accept("a.png", out.getvalue())
person = vault.Person("某人", "13000000000", "someone@example.org")
h.closed(h.open(contact=person, files=[picture]))
h.answered(h.open("=HYPERLINK(1) 井盖没了，请修。", contact=person))
h.handling(h.open("路灯不亮，夜里看不见路。", category="consult"))
h.open("建议增加公交站。", category="suggestion", anonymous=True)
m = h.open("要被遗忘的话。", contact=person).matter
senders.erase_contact(m.pk, actor=h.actor("system"), at=h.after(days=1))
matters.sweep(h.after(days=3))
from datetime import timedelta
from bihuan.lib.clock import now
audit.seal(at=now(), until=now() + timedelta(seconds=1))
"""
