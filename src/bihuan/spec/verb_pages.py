"""The verbs in the documents: the page that authors read, and the format's JSON Schema."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bihuan.spec.arguments import Args, example
from bihuan.spec.blocks import BLOCKS
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS
from bihuan.spec.checks.around import Verbs
from bihuan.spec.handbook import GENERATED, table
from bihuan.spec.measures import MEASURES
from bihuan.spec.schema import Programme
from bihuan.spec.ways import WAYS

Documented = Sequence[tuple[str, str, str]]
_TYPES = {"string": "text", "integer": "number", "boolean": "true or false", "null": ""}


def _type(shape: Mapping[str, Any]) -> str:
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(one for one in map(_type, shape["anyOf"]) if one))
    if "enum" in shape:
        return " or ".join(f"`{one}`" for one in shape["enum"])
    if shape.get("type") == "array":
        return f"list of {_type(shape['items'])}"
    if shape.get("type") == "object":
        return "table of names"
    return _TYPES.get(str(shape.get("type")), "anything")


def written(value: Any) -> str:
    """A value as TOML writes it in a line."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key} = {written(one)}" for key, one in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return json.dumps(value, ensure_ascii=False)


def use(name: str, model: type[Args]) -> str:
    """A verb as an author might write it, from its own argument class."""
    given = example(model)
    return written({"do": name, "with": given} if given else {"do": name})


def _arguments(model: type[Args]) -> Iterator[tuple[str, str, str, str]]:
    shape = model.model_json_schema()
    for name, one in shape.get("properties", {}).items():
        default = one.get("default")
        needed = "yes" if name in shape.get("required", ()) else "no"
        if default is not None and needed == "no":
            needed = f"no: `{default}`"
        yield f"`{name}`", _type(one), needed, one.get("description", "")


def page(documented: Documented, known: Verbs, texts: Mapping[str, Sequence[str]]) -> str:
    """The Markdown page of the verbs, from (kind, name, what it does), and of the texts (key → in
    each language) that they may name."""
    lines = [GENERATED, "", "# Verbs a programme may use", ""]
    rows = [(f"[`{name}`](#{_anchor(name)})", kind, text) for kind, name, text in documented]
    lines += table(("Verb", "Kind", "What it does"), rows)
    for kind, name, text in documented:
        model = (known.guards if kind == "guard" else known.effects)[name]
        lines += [
            f"## {name}",
            "",
            f"A {kind}. {text}" if kind == "guard" else f"An {kind}. {text}",
        ]
        lines += ["", "```toml", use(name, model), "```", ""]
        if found := list(_arguments(model)):
            lines += table(("Argument", "Type", "Required", "What it is"), found)
    lines += ["## Measures of figures", ""]
    measured: list[tuple[str, str, str, str]] = [
        (
            f"`{name}`",
            one.about,
            f"`{one.needs}`" if one.needs else "–",
            "yes" if one.rests else "no",
        )
        for name, one in sorted(MEASURES.items())
    ]
    titles = ("Measure", "What it is", "Needs", "Withheld where the sample is small")
    lines += table(titles, measured)
    if BLOCKS:
        lines += ["## Blocks of the cockpit", "", *table(("Block", "What it is"), _blocks())]
    if WAYS:
        lines += ["## Ways of meeting obligations", ""]
        lines += ["What stands in `met_by` of obligations.toml.", ""]
        for way in WAYS.registered():
            given = {"by": way.name, "with": example(way.args)}
            lines += [f"### {way.name}", "", f"{way.about[0].upper()}{way.about[1:]}.", ""]
            lines += ["```toml", f"met_by = [{written(given)}]", "```", ""]
            lines += table(("Argument", "Type", "Required", "What it is"), _arguments(way.args))
    if BULLETIN_BLOCKS:
        printed = [
            (f"`{{{{{name}}}}}`", one.about, "yes" if one.public else "no")
            for name, one in sorted(BULLETIN_BLOCKS.items())
        ]
        lines += ["## Blocks of bulletins", ""]
        lines += ["Each on a line of its own in the words of a bulletin.", ""]
        lines += table(("Block", "What it is", "In public bulletins"), printed)
    lines += ["## Texts of notices and mails", ""]
    lines += ["`tell` names a notice whole, `tell.sender` a mail without `mail.`.", ""]
    lines += table(("Text", "zh-Hans", "en"), [(f"`{key}`", *told) for key, told in texts.items()])
    return "\n".join(lines).rstrip() + "\n"


def _blocks() -> list[tuple[str, str]]:
    return [(f"`{one.name}`", one.about) for one in BLOCKS.registered()]


def _anchor(name: str) -> str:
    return name.replace(".", "")


def _one_of(name: str, known: Mapping[str, type[Args]], found: dict[str, Any]) -> None:
    """Defines what a guard or an effect is: one of those known, with its own arguments."""
    each = []
    for verb, model in sorted(known.items()):
        args = model.model_json_schema()
        args.pop("title", None)
        args["examples"] = [example(model)]
        given = {"do": {"const": verb}, "with": args}
        needed = ["do", *(["with"] if args.get("required") else [])]
        each.append(
            {
                "type": "object",
                "title": verb,
                "properties": given,
                "required": needed,
                "additionalProperties": False,
            }
        )
    found["$defs"][name] = {"oneOf": each}


def _pointed(node: Any, name: str = "") -> None:
    """Turns what is a verb to the schema into a guard or an effect, by the key it stands under."""
    if isinstance(node, dict):
        if node.get("$ref") == "#/$defs/Verb":
            node["$ref"] = f"#/$defs/{'Guard' if name in ('guards', 'when') else 'Effect'}"
        for key, one in node.items():
            _pointed(one, name if key in ("items", "anyOf", "prefixItems") else key)
    elif isinstance(node, list):
        for one in node:
            _pointed(one, name)


def schema(known: Verbs) -> str:
    """The JSON Schema of the programme format, as committed."""
    found = Programme.model_json_schema(by_alias=True)
    _pointed(found)
    del found["$defs"]["Verb"]
    _one_of("Guard", known.guards, found)
    _one_of("Effect", known.effects, found)
    return json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
