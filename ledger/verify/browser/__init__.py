"""The verifier as one web page: self-contained, for a browser without a network, opened from a file.

The scripts beside this module are the second verifier of this package, in the browser's language; they share no code
with the first, and the same texts. `page` puts them together: a strict policy lets nothing but this script and this
style in, so that the page can neither load nor send anything. Its files are read once.
"""

import base64
import functools
import hashlib
import html
import json
from importlib import resources
from typing import Final

from ledger.core.assigned import ASSIGNED
from ledger.errors import FormatError
from ledger.errors.catalogue import load
from ledger.verify import report_text

SCRIPTS: Final = (
    "canonical.js", "bytes.js", "curve.js", "notes.js", "shapes.js", "judge.js", "misbehaviour.js", "proof.js",
    "page.js",
)  # fmt: skip
MOST_EMBEDDED: Final = 64 * 2**20
_AREAS: Final = ("bytes", "log", "verify", "witness")


def page(bundle: bytes = b"", policy: bytes = b"", name: str = "") -> bytes:
    """Return the page, with a document and a policy inside if they are given: it judges them when it is opened.

    FormatError `json_too_large`: the document is larger than `MOST_EMBEDDED`.
    """
    if len(bundle) > MOST_EMBEDDED:
        raise FormatError("json_too_large", None, {"most": MOST_EMBEDDED})
    before, _, rest = _frame().partition("{{name}}")
    parts = [before, html.escape(name)]
    for slot, data in (("{{bundle}}", bundle), ("{{policy}}", policy)):
        middle, _, rest = rest.partition(slot)
        parts += [middle, base64.b64encode(data).decode("ascii")]
    return "".join([*parts, rest]).encode()


@functools.cache
def content_policy() -> str:
    """Return the content security policy of the page: its own script and style by hash, and nothing else."""
    script, style = _hash(_script()), _hash(_read("page.css"))
    return f"default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'"


@functools.cache
def _frame() -> str:
    frame = _read("page.html").replace("{{csp}}", content_policy()).replace("{{style}}", _read("page.css"))
    return frame.replace("{{script}}", _script())


@functools.cache
def _script() -> str:
    data = f"const ASSIGNED = {_json(ASSIGNED)};\nconst TEXTS = {_json(_texts())};\n"
    body = "\n".join(_read(script) for script in SCRIPTS)
    return f'"use strict";\n(() => {{\n{data}{body}}})();\n'


def _texts() -> dict[str, object]:
    """Texts as [Chinese, English]: the very ones that the command line shows."""
    known = [entry for entry in load().values() if entry.area in _AREAS]
    problems = {entry.code: [entry.detail["zh"], entry.detail["en"]] for entry in known}
    return {
        "steps": report_text.STEPS,
        "verdicts": report_text.VERDICTS,
        "notTaken": report_text.NOT_TAKEN,
        "holds": report_text.HOLDS,
        "broken": report_text.BROKEN,
        "field": report_text.FIELD,
        "problems": problems,
    }


def _json(value: object) -> str:
    """As a script may hold it: no end of a script can stand in it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"


def _read(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
