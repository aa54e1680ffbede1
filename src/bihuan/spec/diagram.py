"""State charts as Mermaid text, for documents and pages generated from a programme."""

from bihuan.spec.schema import Programme


def mermaid(programme: Programme, kind_id: str, locale: str = "zh-Hans") -> str:
    """A Mermaid stateDiagram-v2 of one kind, labelled in `locale`."""
    kind = programme.kinds[kind_id]
    words = programme.strings[locale]
    lines = ["stateDiagram-v2", f"    [*] --> {kind.initial}"]
    lines += [f"    {state} : {words[f'states.{kind_id}.{state}']}" for state in kind.states]
    grouped: dict[tuple[str, str], list[str]] = {}
    for action_id, action in kind.actions.items():
        for target in dict.fromkeys([action.to, *(turn.to for turn in action.turns)]):
            if target:
                for origin in kind.sources_of(action):
                    label = words[f"actions.{kind_id}.{action_id}"]
                    grouped.setdefault((origin, target), []).append(label)
    lines += [f"    {a} --> {b} : {' / '.join(labels)}" for (a, b), labels in grouped.items()]
    lines += [f"    {s} --> [*]" for s, state in kind.states.items() if state.phase == "done"]
    return "\n".join(lines) + "\n"
