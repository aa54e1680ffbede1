"""Words of everybody that look like a name or like half of one."""

from importlib.resources import files


def words(name: str) -> frozenset[str]:
    """The words of one of the lists beside this module."""
    text = files("bihuan.language.personal").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


# They begin with a character that is somebody's surname.
ORDINARY = words("words")
# Of characters that parents choose, yet said so often that a surname before them is none: 房 建设.
EVERYDAY = words("everyday")
# Ordinary words that some people are called.
CALLINGS = words("callings")
# Counties, cities and prefectures (GB/T 2260), without the word for what they are.
COUNTIES = words("counties")
# What is on signs and wrappings, many of them after a person.
BRANDS = words("brands")
# Who is spoken of as an example, worshipped, sung of or put on signs: nobody's neighbour.
FAMOUS = words("famous")
