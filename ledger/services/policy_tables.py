"""The policy as data: kinds of organisation, roles of users, actions, levels, closed sections, who may state what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Group = Literal["enterprise", "regulator", "park", "operator", "witness"]
Level = Literal["record", "header", "sections"]

GROUPS: Final[Mapping[str, Group]] = {
    **dict.fromkeys(("producer", "trader", "user", "warehouse", "carrier", "disposer"), "enterprise"),
    "authority": "regulator",
    "park": "park",
    "operator": "operator",
    "witness": "witness",
}
"""Roles with which organisations are admitted -> what they count as. Other roles count as nothing."""

ROLES: Final[Mapping[str, frozenset[Group]]] = {
    "admin": frozenset({"enterprise", "regulator", "park", "operator", "witness"}),
    "operator": frozenset({"enterprise", "operator"}),
    "driver": frozenset({"enterprise"}),
    "safety_officer": frozenset({"enterprise"}),
    "viewer": frozenset({"enterprise", "operator", "witness"}),
    "auditor": frozenset({"regulator", "park"}),
    "investigator": frozenset({"regulator", "park"}),
    "responder": frozenset({"regulator", "park"}),
}
"""Roles of users -> where they may have them."""

STRONG: Final[frozenset[Group]] = frozenset({"regulator", "park", "operator"})
"""All of whose users must show a second factor; administrators must everywhere."""
WATCHERS: Final[frozenset[Group]] = frozenset({"regulator", "park"})
"""Whose reads are recorded with a purpose."""

OPEN_STAGES: Final = frozenset({"production", "governance"})
"""Events that concern everybody who has the batch: its making, tests, labels, holds and recalls."""

OPERATOR_ONLY: Final = frozenset(
    f"governance.{verb}"
    for verb in ("organisation_admitted", "organisation_succeeded", "log_key_rotated", "registrar_changed")
)
"""What the operator's organisation alone may state."""

# --- actions ----------------------------------------------------------------------------------------------------------

_SELF: Final = frozenset({"self.read", "account.manage"})
UNFACTORED: Final = _SELF
"""What a session without its second factor may do: see who it is, and enrol one."""

_DEALS: Final = frozenset({"transfer.read", "shipment.read"})
_MATTER: Final = _DEALS | {"batch.read", "stock.read", "finding.read", "evidence.read"}
WATCHED: Final = _MATTER | {"desk.read"}
"""Reads of others' matter, recorded when a regulator or park makes them."""

_READ: Final = _SELF | _MATTER | {"receipt.read", "master.read", "desk.read", "stream.read", "heads.publish"}
_STATE: Final = _READ | {"event.append"}
CHANGES: Final = frozenset(
    {"event.append", "webhook.manage", "badge.manage", "incident.manage", "pin.manage", "audit.run"}
)
"""What an API key that only reads never does, whatever the roles of its organisation."""
_HOOKS: Final = frozenset({"webhook.manage"})
_MANAGE: Final = _HOOKS | {"badge.manage", "users.read", "users.manage", "clients.manage", "devices.manage"}
_INCIDENTS: Final = frozenset({"incident.manage"})
"""Codes with which others see quantities for hours: a responder's or safety officer's to issue and to end."""
_PINS: Final = frozenset({"pin.manage"})
"""Checkpoints that an authority, park or witness keeps the log to."""
_AUDITS: Final = frozenset({"audit.run", "audit.read"})
"""Audits of the whole ledger: those who run it and those who supervise it ask for them."""
_SEEN: Final = _SELF | _DEALS | {"batch.read", "stock.read", "master.read", "desk.read"}
PEOPLE_ONLY: Final = frozenset(
    {"account.manage", "users.read", "users.manage", "clients.manage", "devices.manage", "reads.read"}
)
"""What programs never do, whatever their roles: people, programs and devices are managed by people."""

_PLAIN: Final = _SELF | {"master.read", "desk.read", "receipt.read"}

ACTIONS: Final[Mapping[Group, Mapping[str, frozenset[str]]]] = {
    "enterprise": {
        "admin": _STATE | _MANAGE,
        "operator": _STATE | _HOOKS,
        "safety_officer": _STATE | _INCIDENTS,
        "driver": _SEEN | {"receipt.read", "event.append"},
        "viewer": _READ,
    },
    "regulator": {
        "admin": _PLAIN | _MANAGE | {"event.append", "reads.read"},
        "auditor": _READ | {"reads.read"} | _PINS | _AUDITS,
        "investigator": _STATE | _HOOKS | _PINS | _AUDITS,
        "responder": _SEEN | _INCIDENTS | {"receipt.read", "event.append"} | _PINS,
    },
    "park": {
        "admin": _PLAIN | _MANAGE | {"reads.read"},
        "auditor": _READ | {"reads.read"} | _PINS | _AUDITS,
        "investigator": _READ | _PINS | _AUDITS,
        "responder": _SEEN | _INCIDENTS | _PINS,
    },
    "operator": {
        "admin": _STATE | _MANAGE | _AUDITS,
        "operator": _STATE | _HOOKS | _AUDITS,
        "viewer": _PLAIN | {"audit.read"},
    },
    "witness": {
        "admin": _SELF | _MANAGE | _PINS,
        "viewer": _SELF | _PINS,
    },
}
"""Kind of organisation -> role -> actions it may try. What is not listed is denied."""

# --- levels -----------------------------------------------------------------------------------------------------------

_BOTH: Final = ("open", "closed")
LEVELS: Final[Mapping[tuple[str, str, str], Level]] = {
    **{("enterprise", relation, stages): "sections" for relation in ("own", "party") for stages in _BOTH},
    ("enterprise", "upstream", "open"): "sections",
    ("enterprise", "upstream", "closed"): "record",
    **{(group, relation, s): "sections" for group in WATCHERS for relation in ("own", "party", "ward") for s in _BOTH},
    **{("operator", relation, stages): "sections" for relation in ("own", "party") for stages in _BOTH},
    **{("operator", relation, "open"): "sections" for relation in ("upstream", "none")},
    **{("operator", relation, "closed"): "header" for relation in ("upstream", "none")},
}
"""Kind, relation, stage (open to all who have the batch, or not) -> how much is seen. What is not listed is hidden."""


@dataclass(frozen=True, slots=True)
class ClosedSection:
    """Roles that see such a section of an event of their own, of one that names them, and of one they supervise.

    To which authorities' work it belongs, says the matrix of authorities.
    """

    own: frozenset[str]
    named: frozenset[str]
    ward: frozenset[str]


_OFFICE: Final = frozenset({"admin", "operator", "safety_officer", "viewer"})
CLOSED: Final[Mapping[str, ClosedSection]] = {
    "commercial": ClosedSection(
        own=_OFFICE | {"auditor", "investigator"},
        named=_OFFICE | {"auditor", "investigator"},
        ward=frozenset({"auditor", "investigator"}),
    ),
    "personal": ClosedSection(
        own=_OFFICE | {"driver", "auditor", "investigator", "responder"},
        named=frozenset(),
        ward=frozenset({"investigator", "responder"}),
    ),
}
"""Sections with rules of their own. Every other one is seen with the sections."""

# --- stating ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Types:
    """Types of events: whole stages, verbs in those stages alone, and types by name; ``but`` are left out.

    ``own``: types that it may state of itself alone, such as the end of its own key.
    """

    stages: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def covers(self, stage: str, verb: str, *, own: bool = False) -> bool:
        """Whether a type is among them; ``own``: of itself."""
        name = f"{stage}.{verb}"
        if own and name in self.own:
            return True
        if name in self.but:
            return False
        return name in self.names or (stage in self.stages and (not self.verbs or verb in self.verbs))


def _named(stage: str, *verbs: str) -> frozenset[str]:
    return frozenset(f"{stage}.{verb}" for verb in verbs)


_LIFE: Final = frozenset({"production", "storage", "use", "operation", "transport", "disposal"})
_GOVERNANCE: Final = frozenset({"governance"})
_SAFETY: Final = _named("governance", "hold_placed", "hold_released", "recall_ordered", "finding_resolved")
_ASKED: Final = _named("governance", "request_answered")
_ASKING: Final = _named(
    "governance",
    "finding_assigned",
    "correction_requested",
    "inspection_recorded",
    "request_closed",
    "sight_granted",
    "sight_withdrawn",
)
_DAILY: Final = _ASKED | _named(
    "governance", "product_registered", "container_registered", "batches_same_as", "recall_acknowledged"
)
_OWN_KEYS: Final = _named("governance", "key_rotated", "key_revoked")
_CARRIED: Final = frozenset(
    {
        "loaded",
        "dispatched",
        "carrier_accepted",
        "departed",
        "arrived",
        "handed_over",
        "diverted",
        "unloaded",
        "delivered",
        "refused",
        "paper_confirmed",
        "incident_reported",
        "loss_or_theft_reported",
        "released_to_environment",
    }
)

STATES: Final[Mapping[Group, Mapping[str, Types]]] = {
    "enterprise": {
        "admin": Types(_GOVERNANCE, but=_SAFETY | _ASKING),
        "operator": Types(_LIFE, names=_DAILY, own=_OWN_KEYS),
        "safety_officer": Types(_LIFE, names=_DAILY | _SAFETY, own=_OWN_KEYS),
        "driver": Types(frozenset({"transport"}), _CARRIED, own=_OWN_KEYS),
    },
    "regulator": {
        "admin": Types(names=_named("governance", "key_registered", "key_rotated", "key_revoked")),
        "investigator": Types(
            names=_SAFETY
            | _ASKED
            | _ASKING
            | _named("governance", "licence_registered", "licence_suspended", "licence_reinstated"),
            own=_OWN_KEYS,
        ),
        "responder": Types(_LIFE, frozenset({"incident_reported"}), own=_OWN_KEYS),
    },
    "park": {},
    "operator": {
        "admin": Types(_GOVERNANCE, but=_ASKING),
        "operator": Types(_GOVERNANCE, but=_ASKING),
    },
    "witness": {},
}
"""Kind of organisation -> role -> what it may state. What is not listed is denied."""
