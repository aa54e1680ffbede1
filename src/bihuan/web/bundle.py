"""What the pages are made of besides HTML: under names that change with the content."""

from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage

BUNDLED = Path(__file__).parent / "static" / "bihuan"


class Bundle(ManifestStaticFilesStorage):
    """Addresses of the bundled files by the list that `build.mjs` writes; a browser keeps each for a year."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, manifest_storage=FileSystemStorage(location=BUNDLED), **kwargs)
