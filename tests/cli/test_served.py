"""Commands that write while a server runs: they reach it through its socket, and say so where they cannot."""

import json
import stat
import urllib.request
from typing import Any

import pytest

from ledger.bootstrap import reader
from ledger.errors import HazledgerError, RefusedError, UnavailableError
from ledger.services.control import NAME
from ledger.store.lock import acquire
from tests.support.operated import Operated


def get(url: str, key: str = "") -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {key}"} if key else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_commands_reach_the_server_that_writes(operated: Operated) -> None:
    key, public = operated.registrar()
    operated.init("--registrar", public)
    with operated.served() as url:
        assert stat.S_IMODE((operated.data / NAME).stat().st_mode) == 0o600
        org, file = operated.admission(key)
        assert "record 1 " in operated.ok("state", file)
        secret = operated.ok("key", "issue", org, "--label", "erp", "--days", "30").strip()
        assert get(f"{url}/api/v1/me", secret)[1]["org"]["ref"] == org
        line = operated.ok("key", "list", org)
        assert secret not in line
        assert line.strip().endswith("erp")
        name = line.split()[0]
        assert "revoked" in operated.ok("key", "revoke", org, name)
        again = operated.run("key", "revoke", org, name).exception
        assert isinstance(again, HazledgerError)
        assert again.code == "api_key_unknown"
        nobody = operated.run("login-link", org).exception
        assert isinstance(nobody, HazledgerError)
        assert nobody.code == "links_for_demos"
        link = operated.ok("admin", "create", "--org", org, "--login", "li.wei", "--name", "李伟").strip()
        assert "/invite/" in link
        taken = operated.run("admin", "create", "--org", org, "--login", "Li Wei").exception
        assert isinstance(taken, HazledgerError)
        assert taken.code == "login_not_of_form"
        client, _ = operated.ok("client", "create", "--org", org, "--label", "ERP", "--roles", "operator").split()
        assert operated.ok("client", "list", "--org", org).startswith(f"{client}  operator  made ")
        assert operated.ok("client", "revoke", "--org", org, client) == f"{client} revoked\n"
        assert "writing goes on" in operated.ok("recover")
        assert operated.ok("heads").startswith("record ")
        assert get(f"{url}/readyz")[1]["ready"] is True
        refused = operated.run("key", "issue", "org:0190a000-0000-7000-8000-00000000dead").exception
        assert isinstance(refused, HazledgerError)
        assert refused.code == "organisation_unknown"
        unsigned = json.loads(file.read_bytes())
        unsigned["signatures"] = []
        file.write_text(json.dumps(unsigned))
        assert isinstance(operated.run("state", file).exception, HazledgerError)
    assert not (operated.data / NAME).exists()
    assert not (operated.data / "ledger.sqlite3-wal").exists(), "a server that was asked to end closes its ledger"
    assert "revoked" in operated.ok("key", "list", org)
    assert operated.audit()["findings"] == []


def test_a_refusal_comes_back_with_every_reason(operated: Operated) -> None:
    _, public = operated.registrar()
    operated.init("--registrar", public)
    with operated.served():
        file = operated.folder / "statement.json"
        with reader(operated.settings) as ledger:
            operator = ledger.recorded().operator
        stated = {"reason": {"text": "x"}, "licence": {}}
        body = {
            "id": "0190a000-0000-7000-8000-000000000001",
            "type": "governance.organisation_renamed",
            "mode": "act",
            "actor": operator,
            "occurred_at": "2025-01-01T00:00:00+08:00",
            "sections": {
                "organisation": {
                    "organisation": operator,
                    "names": {"zh": "新名"},
                    "uscc": "91110000600037341L",
                    "region": "320500",
                }
            },
        }
        file.write_text(json.dumps(body))
        result = operated.run("state", file)
        refused = result.exception
        assert isinstance(refused, RefusedError), result.output
        assert refused.code == "act_too_late"
        file.write_text(json.dumps({**body, "sections": stated}))
        wrong = operated.run("state", file).exception
        assert isinstance(wrong, HazledgerError)
        assert wrong.code == "section_not_allowed"


def test_where_nobody_listens_it_says_who_writes(operated: Operated) -> None:
    operated.init()
    lock = acquire(operated.settings.database_url)
    try:
        refused = operated.run("heads").exception
    finally:
        lock.release()
    assert isinstance(refused, UnavailableError)
    assert refused.code == "writer_not_reachable"
    assert str(refused.params["path"]).endswith(NAME)
    assert "@" in str(refused.params["holder"])


def test_a_second_server_reads_and_says_who_writes(operated: Operated) -> None:
    operated.init()
    with operated.served(), operated.served(env={"HAZLEDGER_WRITER_WAIT_S": "0"}) as second:
        status, ready = get(f"{second}/readyz")
        assert (status, ready["reads"], ready["writes"]) == (503, True, False)
        assert operated.ok("heads").startswith("record "), "the socket is still the first one's"


def test_a_command_with_another_data_folder_is_told_where_it_looked(operated: Operated) -> None:
    operated.init()
    database = operated.settings.database_url
    elsewhere = {"HAZLEDGER_DATA": str(operated.folder / "new"), "HAZLEDGER_LOG_KEY": str(operated.data / "log.key")}
    with operated.served("--database", database, env=elsewhere):
        assert (operated.folder / "new").stat().st_mode & 0o777 == 0o700
        refused = operated.run("heads").exception
        assert isinstance(refused, UnavailableError)
        assert (refused.code, refused.params["path"]) == ("writer_not_reachable", str(operated.data / NAME))
        there = operated.run("heads", env={**elsewhere, "HAZLEDGER_DATABASE": database})
        assert there.exit_code == 0, there.exception


@pytest.mark.parametrize("name", ["heads", "recover"])
def test_without_a_ledger_there_is_nothing_to_do(operated: Operated, name: str) -> None:
    refused = operated.run(name).exception
    assert isinstance(refused, HazledgerError)
    assert refused.code == "no_ledger_here"
