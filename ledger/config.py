"""Settings: one frozen value, made from the environment and the command line by the composition root alone.

Nothing is read at import. What the command line states wins over `HAZLEDGER_*` variables, these over the defaults.
docs/settings.md lists every field; a test compares the two.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from ledger.errors import ConfigurationError

PREFIX: Final = "HAZLEDGER_"
SIGNER_STATE: Final = "signer-state.json"
RESERVED: Final = "HAZLEDGER_TEST_"  # read by the tests, not by the program

Environment = Literal["production", "demo"]
LogLevel = Literal["debug", "info", "warning", "error"]

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_URL: Final = re.compile(r"https?://[^\s/?#@]+", re.ASCII)
_OFFSET: Final = re.compile(r"[+-](?:0[0-9]|1[0-4]):[0-5][0-9]", re.ASCII)
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False}


def _setting(default: object, doc: str, *, secret: bool = False, **how: object) -> Any:  # noqa: ANN401
    """Declare a field: `doc` for the reader, `how` for its parser; a secret one stays out of the repr."""
    return dataclasses.field(default=default, repr=not secret, metadata={"doc": doc, **how})


def _integer(default: int, doc: str, least: int, most: int) -> Any:  # noqa: ANN401
    return _setting(default, doc, read=_read_integer, least=least, most=most)


def _read_integer(text: str, field: "dataclasses.Field[Any]") -> int:
    if not _INTEGER.fullmatch(text):
        raise _error("setting_not_integer", field, value=text)
    number = int(text)
    least, most = field.metadata["least"], field.metadata["most"]
    if not least <= number <= most:
        raise _error("setting_out_of_range", field, value=text, least=least, most=most)
    return number


def _read_boolean(text: str, field: "dataclasses.Field[Any]") -> bool:
    if text.lower() not in _BOOLEANS:
        raise _error("setting_not_boolean", field, value=text)
    return _BOOLEANS[text.lower()]


def _read_choice(text: str, field: "dataclasses.Field[Any]") -> str:
    if text not in field.metadata["choices"]:
        raise _error("setting_not_a_choice", field, value=text, choices=", ".join(field.metadata["choices"]))
    return text


def _read_form(text: str, field: "dataclasses.Field[Any]") -> str:
    if not field.metadata["form"].fullmatch(text):
        raise _error("setting_not_of_form", field, value=text, example=field.metadata["example"])
    return text


def _read_path(text: str, _field: "dataclasses.Field[Any]") -> Path:
    return Path(text).expanduser()


def _read_text(text: str, _field: "dataclasses.Field[Any]") -> str:
    return text


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may choose. Times end in their unit; sizes are bytes unless the name says MiB."""

    # --- where things are
    data: Path = _setting(
        Path("hazledger-data"), "Folder of the ledger: SQLite file, lock, socket, log key.", read=_read_path
    )
    database: str | None = _setting(
        None,
        "URL of the database, `postgresql://...` (15 or later) or `sqlite:///FILE`. "
        "Without it: `ledger.sqlite3` in the data folder.",
        read=_read_text,
        secret=True,
    )
    log_key: Path | None = _setting(
        None,
        "File with the log's signing key, mode 0600; never in the database. Without it: `log.key` in the data folder.",
        read=_read_path,
    )
    signer_state: Path | None = _setting(
        None,
        "File with the last signed checkpoint; outside the data folder and outside its backups, so that a restored "
        "backup cannot fork the log. Needed to write in production; a demo keeps it beside its data.",
        read=_read_path,
    )

    audit_state: Path | None = _setting(
        None,
        "File with the checkpoint that was audited last, from which `hazledger audit --since last` goes on. Without "
        "it: `audit-state.json` in the data folder.",
        read=_read_path,
    )

    audit_key: Path | None = _setting(
        None,
        "File of 32 bytes that the audit state is sealed with, mode 0600; made when missing. Without it: `audit.key` "
        "beside the signer state, else in the data folder. Whoever can read it chooses what is not read again.",
        read=_read_path,
    )

    webhook_key: Path | None = _setting(
        None,
        "File of 32 bytes that the secrets of webhooks are derived from, mode 0600; made when missing. "
        "Without it: `webhook.key` in the data folder.",
        read=_read_path,
    )

    # --- what it is
    environment: Environment = _setting(
        "production",
        "`production` refuses a ledger whose genesis says that it is a demo; `demo` refuses any other.",
        read=_read_choice,
        choices=get_args(Environment),
    )

    # --- how it is reached
    host: str = _setting("127.0.0.1", "Address to listen on.", read=_read_text)
    port: int = _integer(8000, "TCP port to listen on; 0 lets the system choose.", 0, 65_535)
    base_url: str | None = _setting(
        None,
        "What outsiders call this server, without a path: it stands in QR codes and links; https makes cookies "
        "secure. Without it: `http://HOST:PORT`.",
        read=_read_form,
        form=_URL,
        example="https://trace.example.cn",
    )
    utc_offset: str = _setting(
        "+08:00",
        "Zone in which pages show instants; stored and signed bytes are not affected.",
        read=_read_form,
        form=_OFFSET,
        example="+08:00",
    )
    metrics_open: bool = _setting(
        default=False, doc="Whether `/metrics` answers others than this machine.", read=_read_boolean
    )
    log_level: LogLevel = _setting(
        "info", "Least severe message that is logged.", read=_read_choice, choices=get_args(LogLevel)
    )

    # --- the log
    heads_interval_s: int = _integer(
        3_600, "Time after which the heads of all chains are published if another event was recorded since.", 1, 86_400
    )

    heads_gap_s: int = _integer(10, "Least time between heads that are published on demand over the API.", 1, 86_400)

    witnesses: Path | None = _setting(
        None,
        "File with the witnesses that published checkpoints are sent to, and the quorum: C2SP tlog-policy, lines "
        "`witness NAME VKEY URL` and `quorum NAME`. Without it nothing is sent.",
        read=_read_path,
    )
    witnesses_private: bool = _setting(
        default=False,
        doc="Whether witnesses may be at private addresses and speak plain http: in a plant's own network.",
        read=_read_boolean,
    )
    witness_gap_s: int = _integer(
        10, "Least time between two checkpoints that are sent to one witness while it answers.", 1, 86_400
    )

    tsa_url: str | None = _setting(
        None,
        "Address of a time-stamping authority (RFC 3161) that is asked once a day about the newest published "
        "checkpoint. Without it nobody is asked.",
        read=_read_text,
    )
    tsa_certificates: Path | None = _setting(
        None,
        "PEM file with the root certificate of that authority, and what leads from it to the authority; timestamps are "
        "kept and shown only if they verify under it.",
        read=_read_path,
    )
    tsa_crls: Path | None = _setting(
        None,
        "PEM file with revocation lists of who vouches for that authority, read anew each time: a timestamp whose "
        "certificate was revoked, or of which no list in force tells, is not kept. Without it revocation is not asked.",
        read=_read_path,
    )
    tsa_private: bool = _setting(
        default=False,
        doc="Whether the time-stamping authority may be at a private address and speak plain http: what it signs is "
        "verified all the same.",
        read=_read_boolean,
    )

    # --- writing
    writer_wait_s: int = _integer(
        5,
        "Time that a starting server waits for the writer's lock, which one that was killed may still seem to hold; "
        "then it serves reads alone. A second server that is meant for reads sets 0.",
        0,
        300,
    )
    queue_size: int = _integer(
        1_024, "Statements that may wait for the writer; beyond it clients are told to come again.", 1, 100_000
    )
    batch_size: int = _integer(256, "Most statements that one transaction takes.", 1, 10_000)
    min_free_mb: int = _integer(
        512,
        "MiB that must be free on the disks of database file and signer state: below it nothing new is written, until "
        "there is room again. 0: not looked at.",
        0,
        1_048_576,
    )

    # --- people and programs
    rate_credential: int = _integer(
        3_000, "Requests a minute of one API key or session. 0: no limit. A bulk request counts once.", 0, 1_000_000
    )
    rate_address: int = _integer(
        600,
        "Requests a minute of one address (of IPv6: one /64) without a good key or session. 0: no limit.",
        0,
        1_000_000,
    )
    rate_public: int = _integer(
        6_000,
        "Requests a minute of one address for printed codes, static files and `/log/`. 0: no limit.",
        0,
        1_000_000,
    )
    rate_failures: int = _integer(
        20,
        "Failures to sign in a minute of one address, before keys not yet known to be good are refused. 0: no limit.",
        0,
        1_000_000,
    )
    trusted_proxies: str = _setting(
        "127.0.0.1",
        "Addresses of reverse proxies, separated by commas, whose `X-Forwarded-For` and `X-Forwarded-Proto` are "
        "believed; `*` believes everybody.",
        read=_read_text,
    )
    session_hours: int = _integer(12, "Hours after which who signed in with a link must sign in again.", 1, 720)
    webhooks_private: bool = _setting(
        default=False,
        doc="Whether webhooks may lead to private addresses and use plain http: for a ledger inside a plant's network.",
        read=_read_boolean,
    )
    max_bulk_body: int = _integer(8 * 1024 * 1024, "Largest body of a bulk request, in bytes.", 1_024, 1 << 30)
    max_bulk_lines: int = _integer(5_000, "Most events in a bulk request.", 1, 1_000_000)
    body_timeout_s: int = _integer(30, "Time within which the body of a request must have arrived.", 1, 3_600)

    scrub_rate: int = _integer(
        20,
        "Records a second that a writing server re-reads in the background, for ever: bytes, inclusion in the signed "
        "log, neighbours in chains. 0: none.",
        0,
        100_000,
    )

    @property
    def database_url(self) -> str:
        """URL of the database, chosen or in the data folder."""
        return self.database or f"sqlite:///{self.data.absolute() / 'ledger.sqlite3'}"

    @property
    def log_key_path(self) -> Path:
        """File of the log's signing key, chosen or in the data folder."""
        return self.log_key or self.data / "log.key"

    @property
    def audit_state_path(self) -> Path:
        """File with the checkpoint that was audited last, chosen or in the data folder."""
        return self.audit_state or self.data / "audit-state.json"

    @property
    def audit_key_path(self) -> Path:
        """File that the audit state is sealed with: chosen, beside the signer state, or in the data folder."""
        folder = self.data if self.signer_state is None else self.signer_state.parent
        return self.audit_key or folder / "audit.key"

    @property
    def webhook_key_path(self) -> Path:
        """File that the secrets of webhooks are derived from, chosen or in the data folder."""
        return self.webhook_key or self.data / "webhook.key"

    @property
    def public_url(self) -> str:
        """What outsiders call this server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def signer_state_path(self) -> Path:
        """File of the last signed checkpoint. Raises ConfigurationError where production has none of its own."""
        demo = self.environment == "demo"
        if self.signer_state is None:
            if demo:
                return self.data / SIGNER_STATE
            raise ConfigurationError("setting_missing", params={"variable": PREFIX + "SIGNER_STATE"})
        if not demo and self.signer_state.resolve().is_relative_to(self.data.resolve()):
            raise ConfigurationError(
                "signer_state_inside_data", params={"path": str(self.signer_state), "data": str(self.data)}
            )
        return self.signer_state


def variable(name: str) -> str:
    """Return the environment variable of a field."""
    return PREFIX + name.upper()


def load(env: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> Settings:
    """Make the settings from an environment and from what the command line stated, by field name.

    An empty variable and an override of None count as not given. Raises ConfigurationError, which names the variable,
    for a value that is not of its form and for a `HAZLEDGER_` variable that does not exist.
    """
    fields = {variable(field.name): field for field in dataclasses.fields(Settings)}
    values: dict[str, object] = {}
    for name, text in env.items():
        if not name.startswith(PREFIX) or name.startswith(RESERVED) or not text:
            continue
        if name not in fields:
            raise ConfigurationError("setting_unknown", params={"variable": name})
        values[fields[name].name] = _read(text, fields[name])
    for name, value in (overrides or {}).items():
        field = fields[variable(name)]
        if value is not None:
            values[name] = _read(str(value), field)
    return Settings(**cast("dict[str, Any]", values))


def _read(text: str, field: "dataclasses.Field[Any]") -> object:
    read = cast("Callable[[str, dataclasses.Field[Any]], object]", field.metadata["read"])
    return read(text, field)


def _error(code: str, field: "dataclasses.Field[Any]", **params: str | int) -> ConfigurationError:
    return ConfigurationError(code, params={"variable": variable(field.name), **params})
