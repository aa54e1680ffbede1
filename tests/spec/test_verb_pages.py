"""The page of verbs and the schema: every example is one that works, every argument is explained."""

import json
import tomllib

import pytest

from bihuan.kernel.matters.verbs import documented
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import arguments, load, verb_pages
from bihuan.web import words

KNOWN = programmes.registry.verbs()
EVERY = [*KNOWN.guards.items(), *KNOWN.effects.items()]
SCHEMA = json.loads(verb_pages.schema(KNOWN))


@pytest.mark.parametrize(("name", "model"), EVERY, ids=[name for name, _ in EVERY])
def test_an_example_can_be_copied(name, model):
    text = verb_pages.use(name, model)
    read = tomllib.loads(f"one = {text}")["one"]
    assert read["do"] == name
    assert model.model_validate(read.get("with", {}))


@pytest.mark.parametrize(("name", "model"), EVERY, ids=[name for name, _ in EVERY])
def test_every_argument_says_what_it_is(name, model):
    shape = model.model_json_schema().get("properties", {})
    assert [key for key, one in shape.items() if not one.get("description")] == []


def test_the_page_has_every_verb_and_every_text_a_programme_names():
    texts = words.to_tell()
    page = verb_pages.page(documented(), KNOWN, texts)
    assert [name for name, _ in EVERY if f"## {name}\n" not in page] == []
    assert "notice.received" in page
    # Whose blanks no verb fills.
    assert "mail.code" not in texts
    assert "mail.subject" not in texts


def test_the_schema_tells_guards_from_effects():
    guards = {one["title"] for one in SCHEMA["$defs"]["Guard"]["oneOf"]}
    effects = {one["title"] for one in SCHEMA["$defs"]["Effect"]["oneOf"]}
    assert guards == set(KNOWN.guards)
    assert effects == set(KNOWN.effects)
    action = SCHEMA["$defs"]["Action"]["properties"]
    assert action["guards"]["items"] == {"$ref": "#/$defs/Guard"}
    assert action["effects"]["items"] == {"$ref": "#/$defs/Effect"}
    assert SCHEMA["$defs"]["Turn"]["properties"]["when"]["items"] == {"$ref": "#/$defs/Guard"}
    assert "Verb" not in SCHEMA["$defs"]


def test_what_arguments_name_is_found_wherever_it_stands():
    """In lists, tables and what may be left out; what is left out names nothing."""
    told = KNOWN.effects["tell"].model_validate({"roles": ["a", "b"], "text": "notice.x"})
    assert [(one.path, one.names.noun, one.name) for one in arguments.named(told)] == [
        ("roles.0", "role", "a"),
        ("roles.1", "role", "b"),
        ("text", "text", "notice.x"),
    ]
    child = {"programme": "p", "kind": "k", "subject": "s", "fields": {"days": "n"}}
    opened = KNOWN.effects["child.open"].model_validate(child)
    assert [(one.path, one.names.noun) for one in arguments.named(opened)] == [
        ("programme", "programme"),
        ("kind", "kind"),
        ("fields.days", "input"),
    ]


def test_what_ships_uses_verbs_as_the_schema_says():
    """Each use of a verb has the keys of its own entry, and those it must have."""
    entries = {
        one["title"]: one for part in ("Guard", "Effect") for one in SCHEMA["$defs"][part]["oneOf"]
    }
    for folder in programmes.folders():
        for kind in load.read(folder).kinds.values():
            for action in kind.actions.values():
                for verb in (*action.guards, *action.effects):
                    shape = entries[verb.do]["properties"]["with"]
                    assert verb.args.keys() <= shape.get("properties", {}).keys(), verb
                    assert set(shape.get("required", ())) <= verb.args.keys(), verb
