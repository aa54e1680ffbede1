"""What `bihuan doctor` looks at of papers: whether a PDF with Chinese text can be set here."""

from collections.abc import Iterator

from bihuan.lib.checkups import Checkup, Looked, Said, add


def _papers(_: Looked) -> Iterator[Said]:
    from bihuan.outcomes.press import setting  # noqa: PLC0415 - megabytes that only papers need

    good = setting.plain("闭环").startswith(b"%PDF")
    yield Said("good" if good else "none", good)


def register() -> None:
    add(Checkup("papers", _papers))
