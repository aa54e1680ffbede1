"""Where somebody lives: doors, never roads, villages or offices."""

import re
from collections.abc import Iterator

_N = r"[0-9A-Za-z一二三四五六七八九十百零〇甲乙丙丁]{1,5}"
_HOUSE = rf"(?:{_N}(?:号楼|栋|幢|#楼?)|[0-9A-Za-z]{{1,5}}座)"
# A storey, a house or a stage is not a door.
_PAST = r"(?![楼层栋幢单期元米0-9A-Za-z一二三四五六七八九十百])"
_DOOR = rf"(?:{_N}(?:楼|层)\s?)?{_N}(?:-{_N})?(?:室|号|房|户)?{_PAST}"
_RULES = tuple(
    re.compile(pattern)
    for pattern in (
        # 3号楼2单元501室, 3栋2-1101, 5#2单元301, 9座18E
        rf"(?:[A-Za-z一二三四五]区\s?)?{_HOUSE}\s?(?:{_N}(?:单元|门)\s?)?{_DOOR}",
        # 6栋东单元五楼西户
        rf"{_HOUSE}\s?[东西南北中]单元(?:{_N}(?:楼|层))?(?:[东西南北中]户|{_N}(?:室|户)?)?",
        rf"(?:{_HOUSE}|{_N}单元)\s?{_N}(?:楼|层)[东西南北中](?:户|室|门)",
        # 88号院6号楼, 7号院3楼2门401室
        rf"\d{{1,5}}号院(?:\s?{_N}(?:号楼|楼|栋))?(?:\s?{_N}(?:单元|门))?(?:\s?{_N}室)?",
        r"(?<![\d\-])\d{1,4}-\d{1,4}(?:-\d{1,5})?室",
        # 8-2-301, which is no day
        r"(?<![\d\-./:第])\d{1,3}-\d{1,2}-(?!19\d\d|20\d\d)\d{3,4}(?![\d\-./元%])",
        # 27号1101
        r"(?<![\d第〕\])])\d{1,4}号\s?(?!(?:19|20)\d\d)\d{3,4}(?:室|房|户)?(?![\d年月日元人份平米个:.\-])",
        # 27弄9号302室
        rf"{_N}弄\s?{_N}号(?:\s?\d{{2,4}}室?)?",
        # 三组45号
        r"[一二三四五六七八九十\d]{1,3}(?:组|社|队)\s?\d{1,4}号",
        rf"{_N}(?:单元|门)\s?{_N}(?:室|户)",
    )
)


def found(plain: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of every door in a plain text; they may overlap."""
    for rule in _RULES:
        for match in rule.finditer(plain):
            yield match.start(), match.end(), "address"
