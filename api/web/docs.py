"""The API description as a page: every operation with its parameters, requests and answers, from this server alone."""

import json
from dataclasses import dataclass
from typing import Any

from api.i18n import Translator
from api.openapi import TAGS


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the page names it."""

    name: str
    place: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A request, or an answer, with an example of its body."""

    title: str
    body: str
    status: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    requests: tuple[Sample, ...]
    responses: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Operations of one tag."""

    tag: str
    title: str
    operations: tuple[Operation, ...]


def _pretty(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2)


def _ndjson(value: object) -> str:
    lines = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


def _samples(content: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for media_type, body in content.items():
        write = _ndjson if media_type.endswith("ndjson") else _pretty
        if "example" in body:
            found.append((media_type, write(body["example"])))
        found.extend((sample["summary"], write(sample["value"])) for sample in body.get("examples", {}).values())
    return found


def _operation(path: str, method: str, source: dict[str, Any], t: Translator) -> Operation:
    parameters = tuple(
        Parameter(given["name"], given["in"], given["required"], given.get("description", ""))
        for given in source.get("parameters", ())
    )
    requests = tuple(Sample(title, body) for title, body in _samples(source.get("requestBody", {}).get("content", {})))
    responses = tuple(
        Sample("", (_samples(answer.get("content", {})) or [("", "")])[0][1], status, answer["description"])
        for status, answer in sorted(source["responses"].items())
        if "$ref" not in answer  # what every operation may answer is said once
    )
    identity = f"{method}-{path}".replace("/", "-").replace("{", "").replace("}", "").replace(":", "-")
    said: str = source["summary"]
    summary = t.gettext(said)
    return Operation(
        identity, method.upper(), path, summary, source.get("description", ""), parameters, requests, responses
    )


def groups(document: dict[str, Any], t: Translator) -> tuple[Group, ...]:
    """Return the operations of an OpenAPI document by tag, in the order of the tags."""
    by_tag: dict[str, list[Operation]] = {tag: [] for tag in TAGS}
    for path, operations in document["paths"].items():
        for method, source in operations.items():
            by_tag[source["tags"][0]].append(_operation(path, method, source, t))
    return tuple(
        Group(tag.replace(" ", "-"), t.gettext(TAGS[tag]), tuple(found)) for tag, found in by_tag.items() if found
    )
