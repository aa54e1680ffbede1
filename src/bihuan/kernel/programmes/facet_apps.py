"""Apps that bring a facet: what each has beside it is found by the name of its file."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule
from typing_extensions import override


class FacetConfig(AppConfig):
    """An app that brings a facet, in one folder. What it registers it registers in `ready`; found of
    themselves are its `words/` (catalogues), `templates/`, `urls.py` (pages under /desk/),
    `public_urls.py` (pages that everybody reads) and `operations.py` (a `router` of the interface, under the
    app's label)."""

    # Django takes the one class of `apps.py` that is no base imported there.
    default = False

    @override
    def __init_subclass__(cls) -> None:
        cls.default = True


def folders(name: str) -> list[Path]:
    """The folders of a name that apps with a facet have."""
    found = [Path(one.path) / name for one in _all()]
    return [folder for folder in found if folder.is_dir()]


def modules(name: str) -> Iterator[tuple[str, ModuleType]]:
    """The modules of a name that apps with a facet have, with the label of each app."""
    for one in _all():
        if one.module is not None and module_has_submodule(one.module, name):
            yield one.label, import_module(f"{one.name}.{name}")


def _all() -> list[FacetConfig]:
    return [one for one in apps.get_app_configs() if isinstance(one, FacetConfig)]
