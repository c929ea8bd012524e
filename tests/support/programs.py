"""Programs of organisations with tokens that last for a test, however long its clock runs."""

from ledger.services.identity import clients
from ledger.services.identity.ports import Ports, digest, organisation
from ledger.services.ledger import Ledger
from ledger.services.policy import roles_for
from ledger.store.rows import TokenRow

FOR_EVER_MS = 2**52


def token(ledger: Ledger, org: str, *roles: str) -> str:
    """A token of a new program of the organisation, by default with every role that programs may have."""
    ports = Ports(ledger)
    with ledger.store.read() as unit:
        offered = roles_for(organisation(unit, org).roles)
    chosen = roles or offered
    made = clients.create(ports, org, "test", chosen, purpose="tests of the ledger", by="test")
    secret, now_ms = ports.secret(clients.TOKEN_MARK), ledger.clock.now_ms()
    row = TokenRow(digest(secret), made.id, org, " ".join(chosen), now_ms, FOR_EVER_MS)
    with ledger.store.write() as unit:
        unit.sessions.add_token(row, most=100)
    return secret
