"""State charts as SVG, drawn from the programme. grandalf lays out the layers (Sugiyama)."""

import unicodedata
from collections.abc import Callable, Mapping
from html import escape
from itertools import pairwise

from bihuan.spec.schema import Programme

WIDE, NARROW, LINE = 15, 8, 20
PAD, MARGIN, PER_LINE = 14, 16, 14
Point = tuple[float, float]
Pair = tuple[str, str]
Words = Callable[[str], str]


class Box:
    """What the layout knows of a vertex: its size; it fills in the middle, `xy`."""

    def __init__(self, lines: list[str], *, framed: bool) -> None:
        self.lines = lines
        self.framed = framed
        width = max((_width(line) for line in lines), default=0)
        self.w = width + (2 * PAD if framed else 6)
        self.h = max(len(lines), 1) * LINE + (PAD if framed else 2)
        self.xy: Point = (0.0, 0.0)


def _width(text: str) -> int:
    return sum(WIDE if unicodedata.east_asian_width(c) in "WF" else NARROW for c in text)


def _steps(
    programme: Programme, kind_id: str, words: Words
) -> dict[tuple[tuple[str, ...], str], list[str]]:
    """(origins, target) → the actions that lead there, in words: an action that many states share
    is drawn once."""
    kind = programme.kinds[kind_id]
    found: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for action_id, action in kind.actions.items():
        for target in dict.fromkeys([action.to, *(turn.to for turn in action.turns)]):
            origins = tuple(o for o in kind.sources_of(action) if o != target)
            if target and origins:
                label = words(f"actions.{kind_id}.{action_id}")
                found.setdefault((origins, target), []).append(label)
    return found


def _wrapped(labels: list[str]) -> list[str]:
    lines = [""]
    for label in labels:
        joined = f"{lines[-1]} / {label}" if lines[-1] else label
        if _width(joined) <= PER_LINE * WIDE or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(label)
    return lines


def _backward(edges: list[Pair], first: str) -> set[int]:
    """Which edges close a circle when one walks from the first vertex in the author's order.
    Left to itself the library picks others from one run to the next."""
    leaving: dict[str, list[int]] = {}
    for index, (origin, _) in enumerate(edges):
        leaving.setdefault(origin, []).append(index)
    found: set[int] = set()
    done: set[str] = set()
    walk: list[tuple[str, list[int]]] = [(first, list(leaving.get(first, [])))]
    while walk:
        vertex, left = walk[-1]
        if not left:
            done.add(vertex)
            walk.pop()
            continue
        index = left.pop(0)
        target = edges[index][1]
        if target in {one for one, _ in walk}:
            found.add(index)
        elif target not in done:
            walk.append((target, list(leaving.get(target, []))))
    return found


def _laid_out(boxes: Mapping[str, Box], edges: list[Pair], first: str) -> list[list[Point]]:
    """Places the boxes and returns the line of every edge."""
    # Only a chart needs it, and it brings NumPy: sixteen megabytes of every server.
    from grandalf.graphs import Edge, Vertex, graph_core  # noqa: PLC0415 - just that
    from grandalf.layouts import SugiyamaLayout  # noqa: PLC0415 - as above
    from grandalf.routing import EdgeViewer, route_with_lines  # noqa: PLC0415 - as above

    vertices = {name: Vertex(name) for name in boxes}
    for name, vertex in vertices.items():
        vertex.view = boxes[name]
    drawn = [Edge(vertices[a], vertices[b]) for a, b in edges]
    for edge in drawn:
        edge.view = EdgeViewer()
    # Built without its Graph, which passes the edges through a set: a chart is the same each time.
    layout = SugiyamaLayout(graph_core(list(vertices.values()), drawn))
    layout.xspace, layout.yspace, layout.dw = 16, 24, 8
    layout.route_edge = route_with_lines
    backward = _backward(edges, first)
    layout.init_all(roots=[vertices[first]], inverted_edges=[drawn[i] for i in backward])
    layout.draw(8)
    return [list(edge.view._pts) for edge in drawn]


def _path(points: list[Point]) -> str:
    """A line with rounded corners through the points."""
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(points)]
    parts = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for corner, middle in zip(points[1:-1], middles[1:], strict=True):
        parts.append(f"Q{corner[0]:.1f},{corner[1]:.1f} {middle[0]:.1f},{middle[1]:.1f}")
    parts.append(f"L{points[-1][0]:.1f},{points[-1][1]:.1f}")
    return " ".join(parts)


def _text(box: Box) -> str:
    x, y = box.xy
    top = y - len(box.lines) * LINE / 2 + LINE * 0.7
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{top + index * LINE:.1f}">{escape(line)}</tspan>'
        for index, line in enumerate(box.lines)
    )
    return f'<text text-anchor="middle">{spans}</text>'


def _frame(box: Box, css: str) -> str:
    x, y = box.xy[0] - box.w / 2, box.xy[1] - box.h / 2
    return f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{box.w}" height="{box.h}" rx="8"/>'


def svg(programme: Programme, kind_id: str, *, title: str, desc: str, words: Words) -> str:
    """One kind's states and the steps between them. `words` gives the text of a key of the
    programme; `title` and `desc` are read out to those who do not see it; classes carry all colours, so that a strict policy for styles holds."""
    kind = programme.kinds[kind_id]
    steps = _steps(programme, kind_id, words)
    boxes = {s: Box([words(f"states.{kind_id}.{s}")], framed=True) for s in kind.states}
    edges: list[Pair] = []
    for (origins, target), labels in steps.items():
        between = f"{'+'.join(origins)}>{target}"
        # A label is a place of its own in the layout: so no two of them ever overlap.
        boxes[between] = Box(_wrapped(labels), framed=False)
        edges += [*((origin, between) for origin in origins), (between, target)]
    lines = _laid_out(boxes, edges, kind.initial)
    points = [p for line in lines for p in line]
    points += [
        (b.xy[0] + s * b.w / 2, b.xy[1] + s * b.h / 2) for b in boxes.values() for s in (-1, 1)
    ]
    left, top = (min(p[i] for p in points) - MARGIN for i in (0, 1))
    width, height = (max(p[i] for p in points) + MARGIN - (left, top)[i] for i in (0, 1))
    name = f"chart-{programme.id}-{kind_id}"
    out = [
        (
            f'<svg class="chart" role="img" aria-labelledby="{name}-t {name}-d" '
            f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" xmlns="http://www.w3.org/2000/svg">'
        ),
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(desc)}</desc>',
        (
            f'<defs><marker id="{name}-m" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>'
        ),
    ]
    for (_, end), line in zip(edges, lines, strict=True):
        marker = f' marker-end="url(#{name}-m)"' if boxes[end].framed else ""
        out.append(f'<path class="step" d="{_path(line)}"{marker}/>')
    for key, box in boxes.items():
        if box.framed:
            first = " first" if key == kind.initial else ""
            out.append(_frame(box, f"state {kind.states[key].phase}{first}"))
        else:
            out.append(_frame(box, "behind"))
        out.append(_text(box))
    return "".join([*out, "</svg>"])
