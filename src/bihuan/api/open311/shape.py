"""How Open311 says things: JSON arrays, or XML under one root."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from django.http import HttpRequest, HttpResponse, JsonResponse

from bihuan.api import words
from bihuan.api.errors import Told
from bihuan.lib.legal import legal

Item = Mapping[str, Any]


def _fill(parent: ET.Element, item: Item) -> None:
    for name, value in item.items():
        child = ET.SubElement(parent, name)
        if isinstance(value, list):
            for one in value:
                each = ET.SubElement(child, name.removesuffix("s"))
                if isinstance(one, Mapping):
                    _fill(each, one)
                else:
                    each.text = legal(str(one))
        elif value is not None:
            child.text = legal(str(value).lower() if isinstance(value, bool) else str(value))


def as_xml(root: str, each: str, items: Sequence[Item]) -> bytes:
    """The items as XML, each under its own element, or one alone as the root when `each` is ''."""
    top = ET.Element(root)
    for item in items:
        _fill(ET.SubElement(top, each) if each else top, item)
    body: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return body


def answer(
    form: str, root: str, each: str, items: Sequence[Item], status: int = 200
) -> HttpResponse:
    """A response in the asked form."""
    if form == "xml":
        return HttpResponse(
            as_xml(root, each, items), content_type="text/xml; charset=utf-8", status=status
        )
    plain: Any = list(items) if each else items[0]
    return JsonResponse(plain, safe=False, status=status, json_dumps_params={"ensure_ascii": False})


def failure(request: HttpRequest, told: Told) -> HttpResponse:
    """An error as Open311 writes it: a list of code and description."""
    locale = words.locale(request)
    error = told.body(locale)["error"]
    joint = " " if locale == "en" else ""
    details = [f"{name}: {text}" for name, text in error["fields"].items()]
    lines = details or [joint.join(t for t in (error["message"], error["advice"]) if t)]
    form = "xml" if request.path.endswith(".xml") else "json"
    # GeoReport v2 knows 400 for whatever was filled in wrongly.
    status = 400 if told.status == 422 else told.status
    items = [{"code": status, "description": line} for line in lines]
    response = answer(form, "errors", "error", items, status)
    if told.retry_after:
        response["Retry-After"] = str(told.retry_after)
    return response
