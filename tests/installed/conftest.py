from collections.abc import Iterator

import pytest
from place import Places


@pytest.fixture
def places(tmp_path_factory) -> Iterator[Places]:
    made = Places(tmp_path_factory.mktemp("places"))
    yield made
    made.close()
