"""Every operation of the description, asked as every subject, with what it allows and with what it does not.

schemathesis makes parameters and bodies from the description, sound ones and unsound ones. Half of the addresses name
things of the realm, and half of the bodies are sound for the subject or one step from sound: what is made from the
description alone finds nothing, and would test 404 alone.
"""

import asyncio
import copy
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ledger.services.imports.tables import XLSX
from ledger.services.photograph import MEDIA_TYPES
from tests.authorization.asking import Answer, ask
from tests.authorization.bending import bend
from tests.authorization.bodies import body_of
from tests.authorization.objects import KINDS, OBJECTS, Object, place_of
from tests.authorization.realm import BASE, Realm
from tests.authorization.subjects import SUBJECTS, Subject

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ACCEPT: Final = ("application/json", "*/*", "text/html,application/xhtml+xml;q=0.9", "application/x-ndjson", "")
LANGUAGES: Final = ("en", "zh-CN,zh;q=0.9")
Body = Literal["made", "sound", "bent"]
Case: TypeAlias = schemathesis.Case[Any]


@schemathesis.serializer("text/csv", "application/x-ndjson", XLSX, *MEDIA_TYPES)
def as_it_is(_context: schemathesis.SerializationContext, value: Any) -> Any:  # noqa: ANN401 - schemathesis
    """Bodies of which the description says no more than that they are text or bytes."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


@dataclass(frozen=True, slots=True)
class Plan:
    """One request before it is known who asks. `object` None: the address as it was made."""

    case: Case
    object: Object | None
    body: Body
    seed: int
    headers: Mapping[str, str]


@dataclass
class Report:
    """What was asked and what was wrong. `seen`: the statuses of each operation."""

    asked: int = 0
    seen: dict[str, set[int]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    """By what is wrong: the first request and answer that showed it."""


def detailed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The description with an event's sections as its type has them: what the bodies of events are made from."""
    made = copy.deepcopy(dict(document))
    schemas: dict[str, Any] = made["components"]["schemas"]
    plain, kinds = schemas["Event"], sorted(name for name in schemas if name.startswith("sections."))
    schemas["Event"] = {"oneOf": [_stating(plain, name) for name in kinds]}
    return made


def _stating(plain: Mapping[str, Any], name: str) -> dict[str, Any]:
    stated = {"type": {"const": name.removeprefix("sections.")}, "sections": {"$ref": f"#/components/schemas/{name}"}}
    return {**plain, "properties": {**plain["properties"], **stated}}


def operations(document: Mapping[str, Any]) -> list[Any]:
    """Every operation of a description, for schemathesis."""
    config = schemathesis.Config.from_dict({"seed": 1, "generation": {"with-security-parameters": False}})
    schema: Any = schemathesis.openapi.from_dict(dict(document), config=config)
    return [found.ok() for found in schema.get_all_operations()]


def plans(operation: Any) -> st.SearchStrategy[Plan]:  # noqa: ANN401 - schemathesis
    """Requests of an operation."""
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.query or operation.headers or operation.body:
        cases |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    objects: tuple[Object | None, ...] = ("own", "own", *OBJECTS)
    if _kind(operation.path) is not None:
        objects = (*objects, None)
    return st.builds(
        Plan,
        cases,
        st.sampled_from(objects),
        st.sampled_from(("made", "sound", "bent", "bent")) if operation.body else st.just("made"),
        st.integers(0, 2**32),
        st.fixed_dictionaries({"accept": st.sampled_from(ACCEPT), "accept-language": st.sampled_from(LANGUAGES)}),
    )


def sound(operation: Any) -> Iterator[st.SearchStrategy[Plan]]:  # noqa: ANN401 - schemathesis
    """What is about an own thing with a sound body: for each value that a parameter of the address may have."""
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    body: Body = "sound" if operation.body else "made"
    headers = {"accept": ACCEPT[0], "accept-language": LANGUAGES[0]}
    given = operation.definition.raw.get("parameters", ())
    asked = {
        parameter["name"]: parameter["schema"]["examples"][0]
        for parameter in given
        if parameter["in"] == "query" and parameter.get("required")
    }
    choices = [
        {parameter["name"]: value}
        for parameter in given
        if parameter["in"] == "path"
        for value in parameter["schema"].get("enum", ())
    ]
    for chosen in choices or [{}]:
        yield cases.map(lambda case, chosen=chosen: Plan(_with(case, chosen, asked), "own", body, 0, headers))


def _with(case: Case, chosen: Mapping[str, str], asked: Mapping[str, str]) -> Case:
    """The case with these values in its address, and what must stand in its query as the description's example."""
    if chosen:
        case.path_parameters = {**case.path_parameters, **chosen}
    case.query = dict(asked)
    return case


def _kind(path: str) -> str | None:
    """The kind of thing that the first parameter of a path names, if the realm has it."""
    before, found, _ = path.partition("/{")
    return KINDS.get(before.rpartition("/")[2]) if found else None


def _filled(case: Case, place: str | None) -> str:
    """The address with its parameters; `place`: what stands for the first one, unless it stays as it was made."""
    first = iter(() if place is None else (place,))
    made = case.path_parameters or {}
    return re.sub(r"{([^}]+)}", lambda found: next(first, str(made.get(found[1], ""))), case.operation.path)


class Inquiry:
    """Asks one realm, and keeps what was wrong."""

    def __init__(self, realm: Realm, runner: asyncio.Runner) -> None:
        self._realm = realm
        self._runner = runner
        self._credentials: dict[str, dict[str, str]] = {}
        self.report = Report()

    def ask_all(self, document: Mapping[str, Any], examples: int) -> Report:
        """Ask about every operation: what is sound as every subject, so many examples as a third of them in turn."""
        subjects = [subject for subject in SUBJECTS if (subject.via == "link") == self._realm.demo]
        for operation in operations(document):
            for strategy in sound(operation):
                self._put(strategy, 1, itertools.repeat(subjects))
            self._put(plans(operation), examples, itertools.cycle([subjects[at::3] for at in range(3)]))
        return self.report

    def _put(self, strategy: st.SearchStrategy[Plan], examples: int, askers: Iterator[list[Subject]]) -> None:
        @settings(
            max_examples=examples, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
        )
        @given(strategy)
        def asked(plan: Plan) -> None:
            for subject in next(askers):
                self._ask(plan, subject)

        asked()

    def _ask(self, plan: Plan, subject: Subject) -> None:
        request = self._request(plan, subject)
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        body = _bytes(request.body)
        answer = ask(self._runner, self._realm.app, str(request.method), request.path_url, headers, body)
        label = plan.case.operation.label
        self.report.asked += 1
        self.report.seen.setdefault(label, set()).add(answer.status)
        for what in self._faults(plan.case, request, answer):
            told = f"{subject.name}: {request.method} {request.path_url[:300]}\n{body[:1_500]!r}\n-> {answer.status}"
            self.report.wrong.setdefault(
                f"{label}: {answer.status}: {what}", f"{told} {answer.headers}\n{answer.body[:1_500]!r}"
            )

    def _request(self, plan: Plan, subject: Subject) -> requests.PreparedRequest:
        """The request as it goes out: addresses and bodies made anew for each subject, for some are spent by asking."""
        realm, case = self._realm, plan.case
        made = case.as_transport_kwargs(base_url=BASE)
        names = ("method", "url", "params", "headers", "data", "json", "files")
        request = requests.Request(**{name: made[name] for name in names if name in made})
        request.headers = {**request.headers, **plan.headers, **self._credential(subject), "host": "testserver"}
        write, kind = case.method != "GET", _kind(case.operation.path)
        place: str | None = None
        if kind is not None and plan.object is not None:
            step = str(case.path_parameters.get("step", case.path.rpartition("/")[2]))
            place = quote(place_of(realm, kind, plan.object, write=write, step=step))
        path = _filled(case, place)
        request.url = BASE + path
        if write:
            request.headers["origin"] = BASE
        if plan.body != "made":
            body, media_type = body_of(realm, path, plan.object or "own", subject.org)
            request.data = body if plan.body == "sound" else bend(body, Random(plan.seed))
            request.json, request.files = None, []
            request.headers["content-type"] = media_type
        return request.prepare()

    def _credential(self, subject: Subject) -> dict[str, str]:
        if subject.name not in self._credentials:
            self._credentials[subject.name] = subject.headers(self._realm)
        return self._credentials[subject.name]

    def _faults(self, case: Case, request: requests.PreparedRequest, answer: Answer) -> Iterator[str]:
        """What is wrong with an answer, in short."""
        headers = {name: [text] for name, text in answer.headers.items()}
        response = Response(answer.status, headers, answer.body, request, 0.0, verify=False)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            yield from (_short(each) for each in group.exceptions)
        except Failure as failure:
            yield _short(failure)
        documented = case.operation.definition.raw["responses"].get(str(answer.status))
        if answer.body and documented is not None and not {"content", "$ref"} & documented.keys():
            yield f"the description says nothing of a body, {answer.headers.get('content-type')} came"


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:  # noqa: ANN401 - requests
    return body if isinstance(body, bytes) else str(body or "").encode()


def _short(failure: BaseException) -> str:
    return re.sub(r"\s+", " ", str(failure))[:300]
