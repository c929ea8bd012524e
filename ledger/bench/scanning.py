"""The floor: camera frames decoded a second, and the time from a frame to the verdict on what it shows.

Both go over HTTP to a server in a process of its own, as a phone's browser does.
"""

import http.client
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from PIL import Image

from labels.payload import new_code, qr_url
from labels.reading import read_codes
from labels.symbol import matrix
from ledger.bench import load
from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target, pair, timed
from ledger.bench.scratch import MAKER, Scratch, access_token
from ledger.bench.serving import HOST, running
from ledger.core.ids import uuid7
from ledger.core.times import format_utc
from ledger.services.clock import SystemClock
from ledger.services.intake import Auth
from ledger.services.ledger import Ledger

CONNECTIONS: Final = 4
BASE: Final = "https://trace.example.cn"
WIDTH, HEIGHT, MODULE = 960, 720, 6
NOISE: Final = 8
"""Grey levels of a camera's noise in poor light; a frame is about 60 KB."""
QUALITY: Final = 70
PRODUCT: Final = "methanol"
DRUM_KG: Final = 100
MOST_MS: Final = 300
LEAST_FRAMES: Final = 100
JPEG: Final = "image/jpeg"


def frame(text: str) -> bytes:
    """Return a camera frame that shows a label, as the scan page sends it."""
    rows = matrix(text)
    code = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            code.putpixel((x + 4, y + 4), 0 if dark else 255)
    code = code.resize((code.width * MODULE, code.height * MODULE), Image.Resampling.BILINEAR)
    image = Image.effect_noise((WIDTH, HEIGHT), NOISE)
    image.paste(code, ((WIDTH - code.width) // 2, (HEIGHT - code.height) // 2))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=QUALITY)
    return data.getvalue()


def decode(context: Context) -> Measured:
    """Frames a second of ``POST /scan/decode`` / frames a second of the decoder alone, on one thread."""
    scratch = context.scratch()
    token = access_token(scratch)
    count = context.sizes.frames
    frames = [frame(qr_url(BASE, new_code(number.to_bytes(10, "big")))) for number in range(min(count, 20))]
    sent = load.requests("/scan/decode", [frames[n % len(frames)] for n in range(count)], key=token, media_type=JPEG)
    with running({"app": "ledger", "folder": str(scratch.folder)}) as port:

        def served() -> float:
            return count / load.run(port, sent, CONNECTIONS, _found)

        def alone() -> float:
            return count / timed(lambda: [read_codes(frames[n % len(frames)]) for n in range(count)])

        served()
        target = Target("value", "at least", LEAST_FRAMES)
        against = "the decoder alone, on one thread"
        return pair("decode", "frames/s", against, (served, alone), context.rounds, target=target)


def _found(answer: bytes) -> bool:
    return answer.startswith(b"HTTP/1.1 200 ") and BASE.upper().encode() in answer


def scan_verdict(context: Context) -> Measured:
    """Median milliseconds from a frame to the recorded verdict / of two requests that do nothing."""
    scratch = context.scratch()
    floor = _Floor.make(scratch, context.sizes.scans)
    token = access_token(scratch)
    frames = [frame(qr_url(BASE, code)) for code in floor.drums]
    served = running({"app": "ledger", "folder": str(scratch.folder)})
    with served as port, closing(_Phone(port, token)) as phone:
        bays = _turns(floor.bays)

        def scanned() -> float:
            bay = next(bays)
            return median(1_000 * timed(lambda shown=shown: phone.scan(shown, bay)) for shown in frames)  # type: ignore[misc]

        def nothing() -> float:
            return median(1_000 * timed(phone.twice_nothing) for _ in frames)

        scanned()
        target = Target("value", "at most", MOST_MS)
        against = "two requests of /healthz"
        return pair("scan_verdict", "ms", against, (scanned, nothing), context.rounds, target=target)


def _turns(bays: Sequence[str]) -> Iterator[str]:
    while True:
        yield from bays


class _Phone:
    """A browser: one connection that is kept."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=30)
        self._key = {"authorization": f"Bearer {token}", "accept": "application/json"}
        self._number = 0

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def scan(self, shown: bytes, bay: str) -> None:
        """Send a frame, then what it shows as a drum moved to a bay."""
        [text] = self._post("/scan/decode", shown, JPEG)["texts"]
        self._number += 1
        now_ms = SystemClock().now_ms()
        id = uuid7(now_ms, self._number.to_bytes(10, "big"))
        body = {"id": id, "action": "move", "at": format_utc(now_ms), "place": qr_url(BASE, bay), "item": text}
        [result] = self._post("/api/v1/scans", json.dumps(body).encode(), "application/json")["results"]
        assert result["outcome"] == "ok", result

    def twice_nothing(self) -> None:
        """Ask twice whether the server lives."""
        for _ in range(2):
            self._connection.request("GET", "/healthz")
            self._connection.getresponse().read()

    def _post(self, path: str, body: bytes, media_type: str) -> dict[str, Any]:
        self._connection.request("POST", path, body, {**self._key, "content-type": media_type})
        answer = self._connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        assert answer.status == 200, told
        return told


@dataclass(frozen=True, slots=True)
class _Floor:
    """Labelled drums of a new batch in one bay, and the labels of two others."""

    drums: Sequence[str]
    bays: Sequence[str]

    @classmethod
    def make(cls, scratch: Scratch, count: int) -> "_Floor":
        with scratch.open() as ledger:
            return _Packing(ledger, scratch).done(count)


class _Packing:
    def __init__(self, ledger: Ledger, scratch: Scratch) -> None:
        self._ledger = ledger
        self._org, self._site = scratch.world.orgs[MAKER], scratch.world.sites[MAKER]
        self._product = scratch.world.products[MAKER, PRODUCT]
        self._number = 0

    def done(self, count: int) -> _Floor:
        batch = "batch:" + self._id()
        vessels = ["container:" + self._id() for _ in range(count)]
        place = {"site": self._site, "location": "T-01"}
        whole = {"batch": batch, "amount": str(DRUM_KG * count), "unit": "kg"}
        drums = [{**whole, "amount": str(DRUM_KG), "container": vessel} for vessel in vessels]
        made = {"product": self._product, "lot": "BENCH-SCAN"}
        for vessel in vessels:
            item = {"container": vessel, "kind": "drum", "serial": vessel[-6:]}
            self._state("governance.container_registered", {"containers": {"items": [item]}})
        produced = {"product": made, "outputs": {"lines": [whole]}, "place": place}
        self._state("production.batch_produced", produced)
        source = {**whole, "place": f"{self._site}/T-01"}
        packed = {"inputs": {"lines": [source]}, "outputs": {"lines": drums}, "place": {**place, "location": "DOCK"}}
        self._state("production.packed", packed)
        labels = [self._label(vessel) for vessel in vessels]
        return _Floor(labels, [self._label(f"{self._site}/{bay}") for bay in ("A-01", "A-02")])

    def _label(self, target: str) -> str:
        self._number += 1
        code = new_code(b"bench" + self._number.to_bytes(5, "big"))
        self._state("production.label_issued", {"containers": {"items": [{"code": code, "target": target}]}})
        return code

    def _id(self) -> str:
        self._number += 1
        return uuid7(self._ledger.clock.now_ms(), b"floor" + self._number.to_bytes(5, "big"))

    def _state(self, type: str, sections: dict[str, Any]) -> None:
        now = format_utc(self._ledger.clock.now_ms())
        body: dict[str, Any] = {"id": self._id(), "type": type, "mode": "act", "actor": self._org, "occurred_at": now}
        self._ledger.append(self._ledger.state({**body, "sections": sections}, Auth("local", "bench")))
