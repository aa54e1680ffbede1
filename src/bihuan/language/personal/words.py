"""Ordinary words that begin like a name: with a character that is somebody's surname."""

from importlib.resources import files

ORDINARY = frozenset(
    files("bihuan.language.personal").joinpath("words.txt").read_text(encoding="utf-8").split()
)
