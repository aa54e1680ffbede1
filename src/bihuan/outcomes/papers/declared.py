"""papers/<id>.toml: a printed sheet of a kind; everything it speaks of exists, and what is not everybody's
says whose it is."""

from collections.abc import Iterator
from itertools import chain
from typing import Literal

from pydantic import Field

from bihuan.outcomes.papers import tags
from bihuan.outcomes.papers.tags import BY, CHAPTERS, COUNTED, DAY, INLINE, VALUE, Tag
from bihuan.spec import files, sight
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.files import SpecFile
from bihuan.spec.handbook import table
from bihuan.spec.load import Problem
from bihuan.spec.schema import OPENER, SUBJECT, Input, Kind, Programme

Form = Literal["slip", "letter", "name_plate", "certificate", "handbook"]
Page = Literal["A4", "A5", "card"]
# The sizes a form is set in, the usual one first.
PAGES: dict[str, tuple[Page, ...]] = {
    "slip": ("A5", "A4"),
    "letter": ("A4",),
    "name_plate": ("card",),
    "certificate": ("A4", "A5"),
    "handbook": ("A4",),
}
# Whoever sees the matter may read it, and it is meant to hang where everybody does.
ANYBODY = "anybody"
BODY = Tag("", "body")
TEXTS = ("name", "series", "title", "text")
# Who may take part in issuing and reading; the house prints nothing by itself.
_ISSUERS = ("assignee", OPENER, SUBJECT)
_READERS = ("assignee", OPENER, SUBJECT, ANYBODY)


class PaperSpec(Strict):
    """One sort of paper `of` a kind. `form` is how it is laid out, `page` on what (absent: the form's
    usual size). `by` issue it and withdraw it: roles, assignee, opener, subject, each where they stand
    to the matter; in one of the states `when` (absent: in every one).

    `seen_by` names who reads it, of those who see the matter: roles, duties, assignee, opener, subject, or
    `anybody` where it is meant to be hung up (absent: all of them). Who issues it reads it. With `once` a
    second one is refused while one stands; else a new one replaces it. `needs` names
    values without which it says too little to be issued. `signs` are lines to be signed by hand, `seal`
    leaves room for one.

    The words are the programme's strings `papers.<id>.name` (what it is called), `.series` (the word before
    the year in its number), `.title`, `.text` with tags, and `.signs.<sign>`.
    """

    of: Name
    form: Form
    by: tuple[Name, ...] = Field(min_length=1)
    when: tuple[str, ...] = ()
    seen_by: tuple[Name, ...] = ()
    page: Page | None = None
    once: bool = False
    needs: tuple[Name, ...] = ()
    signs: tuple[Name, ...] = Field(default=(), max_length=6)
    seal: bool = False
    clause: str = ""

    @property
    def size(self) -> Page:
        """On what it is printed."""
        return self.page or PAGES[self.form][0]

    def states(self, kind: Kind) -> list[str]:
        """The states in which it may be issued."""
        if not self.when:
            return list(kind.states)
        found: list[str] = []
        for name in self.when:
            found += [s for s, one in kind.states.items() if name in (s, f"*{one.phase}")]
        return list(dict.fromkeys(found))


def text_of(programme: Programme, paper: str, part: str, locale: str) -> str:
    """Words of a paper in a language."""
    return programme.strings[locale].get(f"papers.{paper}.{part}", "")


def inputs_of(kind: Kind, name: str) -> list[Input]:
    """How a kind declares what `{{value.<name>}}` stands for: its field, else the inputs of that name."""
    if name in kind.fields:
        return [kind.fields[name]]
    return [one.inputs[name] for one in kind.actions.values() if name in one.inputs]


def _words(programme: Programme) -> Iterator[str]:
    for paper, one in PAPERS.of(programme).items():
        yield from (f"papers.{paper}.{text}" for text in TEXTS)
        yield from (f"papers.{paper}.signs.{sign}" for sign in one.signs)


def _roles(programme: Programme) -> Iterator[str]:
    known = {role.id for role in programme.manifest.roles}
    for one in PAPERS.of(programme).values():
        yield from (name for name in one.by if name in known)


def _problems(programme: Programme) -> Iterator[Problem]:
    """Everything a paper could not be printed with."""
    for paper, one in PAPERS.of(programme).items():
        file = PAPERS.file_of(paper)
        kind = programme.kinds.get(one.of)
        if kind is None:
            cause = f"there is no kind {one.of!r}"
            yield Problem(file, "of", cause, f"one of {sorted(programme.kinds)}")
            continue
        yield from _who(programme, file, one, kind)
        yield from _named(file, one, kind)
        yield from _laid(file, one)
        for locale, words in sorted(programme.strings.items()):
            for part in ("title", "text"):
                key = f"papers.{paper}.{part}"
                yield from _text(f"strings/{locale}.toml", key, words.get(key, ""), kind, part)


def _named(file: str, one: PaperSpec, kind: Kind) -> Iterator[Problem]:
    """States and values that are none."""
    for name in one.when:
        if not one.model_copy(update={"when": (name,)}).states(kind):
            cause = f"{one.of} has no state {name!r}"
            remedy = f"one of {sorted(kind.states)}, or *open, *waiting, *done"
            yield Problem(file, "when", cause, remedy)
    for name in one.needs:
        if not inputs_of(kind, name):
            cause = f"{one.of} has no field or input {name!r}"
            yield Problem(file, "needs", cause, f"one of {sorted({*_known(VALUE, kind)})}")


def _laid(file: str, one: PaperSpec) -> Iterator[Problem]:
    """What its form has no room for."""
    if one.size not in PAGES[one.form]:
        cause = f"a {one.form} is not set on {one.size}"
        yield Problem(file, "page", cause, f"one of {list(PAGES[one.form])}, or leave it out")
    if one.form == "name_plate" and (one.signs or one.seal):
        cause = "a name plate has no room for signatures or a seal"
        remedy = "leave them out, or make it a letter"
        yield Problem(file, "signs" if one.signs else "seal", cause, remedy)


def _who(programme: Programme, file: str, one: PaperSpec, kind: Kind) -> Iterator[Problem]:
    roles = {role.id for role in programme.manifest.roles}
    for name in one.by:
        if name not in roles and name not in _ISSUERS:
            cause = f"{name!r} issues no paper"
            yield Problem(file, "by", cause, f"one of {sorted(roles)}, or of {list(_ISSUERS)}")
    duties = {duty for role in programme.manifest.roles for duty in role.does}
    for name in one.seen_by:
        if name not in roles | duties and name not in _READERS:
            known = sorted(roles | duties)
            cause = f"{name!r} reads no paper"
            yield Problem(file, "seen_by", cause, f"one of {known}, or of {list(_READERS)}")
    for key, names in (("by", one.by), ("seen_by", one.seen_by)):
        for name in (OPENER, SUBJECT):
            if name in names and not kind.names(name):
                cause = f"nothing in {one.of} is for its {name}, so it knows none"
                remedy = f"name {name} in the by of one of its actions, or in a seen_by"
                yield Problem(file, key, cause, remedy)


def _text(file: str, key: str, text: str, kind: Kind, part: str) -> Iterator[Problem]:
    for line, found in tags.broken(text):
        remedy = "write {{name}} or {{family.name}}, braces doubled on both sides"
        yield Problem(file, key, f"line {line}: {found}: this is no tag", remedy)
    for tag in tags.tags(text):
        known = list(_known(tag.family, kind))
        if tag.name not in known:
            what = f"no {tag.family}" if tag.family else "no tag"
            near = ", ".join(sorted(known)) or "nothing; this kind has none"
            cause = f"{{{{{tag.text}}}}}: there is {what} {tag.name!r}"
            yield Problem(file, key, cause, f"one of: {near}")
    for said in text.splitlines():
        filling = [
            one for one in tags.pieces(said) if isinstance(one, Tag) and _fills_lines(one, kind)
        ]
        if filling and (part == "title" or tags.alone(said) is None):
            cause = f"{{{{{filling[0].text}}}}} needs a line of its own"
            yield Problem(file, key, cause, "put it alone on a line of the text")


def _known(family: str, kind: Kind) -> Iterator[str]:
    """What may stand after the point of a family; without a point, all there is."""
    if family == VALUE:
        yield from kind.fields
        yield from (name for one in kind.actions.values() for name in one.inputs)
    elif family in (DAY, BY):
        yield from kind.actions
    elif family in COUNTED:
        yield from COUNTED[family].names(kind)
    elif not family:
        yield from INLINE
        yield from (name for name, one in CHAPTERS.items() if one.there(kind))


def _fills_lines(tag: Tag, kind: Kind) -> bool:
    if not tag.family:
        return tag.name in CHAPTERS
    return tag.family == VALUE and any(one.columns for one in inputs_of(kind, tag.name))


def _meant(programme: Programme, uses: list[Use], around: Around) -> Iterator[Problem]:
    """Papers that show what not everybody may read without saying whose they are; or that are issued by,
    or shown to, somebody who does not read it elsewhere."""
    del uses, around
    for paper, one in PAPERS.of(programme).items():
        kind = programme.kinds.get(one.of)
        if kind is None:
            continue
        file = PAPERS.file_of(paper)
        shown = dict.fromkeys(
            tag.name
            for words in programme.strings.values()
            for part in ("title", "text")
            for tag in tags.tags(words.get(f"papers.{paper}.{part}", ""))
            if tag.family == VALUE
        )
        if _says(programme, paper, BODY) and not one.seen_by:
            cause = "it shows what the matter was opened with, and does not say to whom"
            yield Problem(file, "seen_by", cause, "name who reads it in seen_by")
        asked = [(name, given) for name in shown for given in inputs_of(kind, name)]
        chapters = [
            chapter
            for chapter in CHAPTERS.values()
            if chapter.there(kind) and _says(programme, paper, Tag("", chapter.name))
        ]
        for chapter in chapters:
            asked += chapter.shows(kind)
        found = (_whose(programme, file, one, name, given) for name, given in asked)
        yield from dict.fromkeys(chain.from_iterable(found))
        if (chapters or one.form == "handbook") and not one.seen_by:
            cause = "a handbook holds all that was written, and does not say for whom it is"
            yield Problem(file, "seen_by", cause, "name who reads it, in seen_by")


def _says(programme: Programme, paper: str, wanted: Tag) -> bool:
    texts = (words.get(f"papers.{paper}.text", "") for words in programme.strings.values())
    return any(wanted in tags.tags(text) for text in texts)


def _whose(
    programme: Programme, file: str, one: PaperSpec, name: str, given: Input
) -> Iterator[Problem]:
    if given.apart and not one.seen_by:
        cause = f"it shows {name!r}, which is kept apart, and does not say to whom"
        remedy = f"name who reads it in seen_by, or {ANYBODY!r} where it is meant to be hung up"
        yield Problem(file, "seen_by", cause, remedy)
    for key, each in strangers(programme, one, given):
        cause = f"it shows {name!r} to {each}, who does not read it"
        remedy = f"take {each} out, or add it to the seen_by of {name}"
        yield Problem(file, key, cause, remedy)


def strangers(programme: Programme, one: PaperSpec, given: Input) -> list[tuple[str, str]]:
    """Who issues (`by`) or reads (`seen_by`) a paper and may not read what is filled in there."""
    if not given.seen_by:
        return []
    reading = sight.named(programme, given.seen_by)
    found = []
    for key, names in (("by", one.by), ("seen_by", one.seen_by)):
        shown_to = sight.named(programme, [each for each in names if each != ANYBODY])
        shown_to |= {*names} & {ANYBODY}
        found += [(key, each) for each in sorted(shown_to - reading)]
    return found


def for_all(programme: Programme, one: PaperSpec, given: Input) -> bool:
    """Whether all who issue and read a paper may read what is filled in there."""
    if given.apart and not one.seen_by:
        return False
    return not strangers(programme, one, given)


def _page(programme: Programme) -> Iterator[str]:
    rows = [
        [
            f"`{paper}`",
            " / ".join(
                words.get(f"papers.{paper}.name", paper)
                for _, words in sorted(programme.strings.items(), reverse=True)
            ),
            f"{one.of}: {', '.join(one.when) or '–'}",
            f"{one.form}, {one.size}",
            ", ".join(one.by),
            ", ".join(one.seen_by) or "–",
            "once" if one.once else "replaces",
            one.clause or "–",
        ]
        for paper, one in PAPERS.of(programme).items()
    ]
    heads = ("Paper", "Name", "Of, when", "Form", "Issued by", "Seen by", "Again", "Clause")
    yield from ("## Papers", "", *table(heads, rows))


PAPERS: SpecFile[PaperSpec] = files.register(
    SpecFile(
        "papers",
        PaperSpec,
        folder=True,
        problems=_problems,
        meant=_meant,
        words=_words,
        roles=_roles,
        page=_page,
        noun="paper",
    )
)
