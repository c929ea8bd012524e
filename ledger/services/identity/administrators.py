"""The first administrator of an organisation: invited by whoever runs the server, from its command line."""

from typing import Final

from ledger.services.identity.invitations import Person, invite
from ledger.services.identity.ports import Ports

BY_COMMAND: Final = "command"


def first(ports: Ports, org: str, login: str, name: str = "", more: tuple[str, ...] = ()) -> str:
    """Return the token of a one-time link with which somebody becomes an administrator of the organisation.

    ``more``: further roles, for a firm of one person; administrators give none to themselves. Raises NotFoundError
    (organisation_unknown), FormatError, ConflictError (login_taken).
    """
    return invite(ports, org, Person(login, name or login, ("admin", *more)), by=BY_COMMAND)
