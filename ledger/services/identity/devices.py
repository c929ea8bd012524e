"""Devices of an organisation: registered by name, revoked when lost. A revoked one states nothing more."""

from ledger.errors import ForbiddenError, NotFoundError
from ledger.services.identity.invitations import check_name
from ledger.services.identity.ports import Ports
from ledger.store.rows import DeviceRow

DEVICE = "device:"


def register(ports: Ports, org: str, name: str, user: str | None = None) -> str:
    """Register a device and return its reference, "device:<uuid>". Raises FormatError."""
    ref = DEVICE + ports.id()
    with ports.ledger.store.write() as unit:
        unit.people.add_device(DeviceRow(ref, org, check_name(name), user, ports.now_ms()))
    return ref


def revoke(ports: Ports, org: str, device: str) -> None:
    """Revoke a device of the organisation. Raises NotFoundError."""
    with ports.ledger.store.write() as unit:
        known = unit.people.device(device)
        if known is None or known.org != org or not unit.people.revoke_device(device, at_ms=ports.now_ms()):
            raise NotFoundError("device_unknown")


def listing(ports: Ports, org: str) -> list[DeviceRow]:
    """Return the devices of an organisation, oldest first, revoked ones too."""
    with ports.ledger.store.read() as unit:
        return unit.people.devices_of(org)


def check_may_state(ports: Ports, org: str, device: str) -> None:
    """Refuse a statement by a device that was revoked or is another organisation's. Raises ForbiddenError.

    One that is not registered here passes: what it is called proves nothing, its key does.
    """
    if not device.startswith(DEVICE):
        return
    with ports.ledger.store.read() as unit:
        known = unit.people.device(device)
    if known is not None and (known.org != org or known.revoked_at_ms is not None):
        raise ForbiddenError("device_revoked", "/sections/agent/device", {"device": device[:80]})
