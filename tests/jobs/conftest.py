from collections.abc import Iterator

import pytest
from place import Places


@pytest.fixture
def places(tmp_path) -> Iterator[Places]:
    made = Places(tmp_path)
    yield made
    made.close()
