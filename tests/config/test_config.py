"""Settings come from the environment and the command line, and say what is wrong with them."""

import dataclasses
from pathlib import Path

import pytest

from ledger.config import Settings, load, variable
from ledger.errors import ConfigurationError
from ledger.errors.catalogue import render


def test_nothing_given_gives_the_defaults() -> None:
    assert load({}) == Settings()
    assert load({"PATH": "/bin", "HAZLEDGER_TEST_REQUIRE": "all", "HAZLEDGER_PORT": ""}, {"port": None}) == Settings()


def test_every_kind_of_value_is_read() -> None:
    env = {
        "HAZLEDGER_DATA": "/srv/ledger",
        "HAZLEDGER_PORT": "9000",
        "HAZLEDGER_METRICS_OPEN": "TRUE",
        "HAZLEDGER_LOG_LEVEL": "debug",
        "HAZLEDGER_BASE_URL": "https://trace.example.cn",
    }
    assert load(env) == Settings(
        data=Path("/srv/ledger"),
        port=9000,
        metrics_open=True,
        log_level="debug",
        base_url="https://trace.example.cn",
    )


def test_the_command_line_wins() -> None:
    settings = load({"HAZLEDGER_PORT": "9000", "HAZLEDGER_HOST": "::1"}, {"port": 9001, "data": Path("x")})
    assert (settings.port, settings.host, settings.data) == (9001, "::1", Path("x"))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("PORTS", "1", "setting_unknown"),
        ("PORT", "80 ", "setting_not_integer"),
        ("PORT", "8e3", "setting_not_integer"),
        ("PORT", "\u0661", "setting_not_integer"),
        ("PORT", "65536", "setting_out_of_range"),
        ("PORT", "-1", "setting_out_of_range"),
        ("HEADS_INTERVAL_S", "0", "setting_out_of_range"),
        ("METRICS_OPEN", "yes", "setting_not_boolean"),
        ("ENVIRONMENT", "staging", "setting_not_a_choice"),
        ("BASE_URL", "trace.example.cn", "setting_not_of_form"),
        ("BASE_URL", "https://trace.example.cn/", "setting_not_of_form"),
        ("BASE_URL", "https://me:secret@trace.example.cn", "setting_not_of_form"),
        ("UTC_OFFSET", "Asia/Shanghai", "setting_not_of_form"),
    ],
)
def test_a_wrong_value_names_its_variable_and_a_remedy(name: str, value: str, code: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({f"HAZLEDGER_{name}": value})
    assert caught.value.code == code
    for lang in ("zh", "en"):
        told = render(caught.value.problem, lang)
        assert f"HAZLEDGER_{name}" in told["detail"]
        assert "{" not in told["detail"] + told["remedy"]


def test_a_wrong_value_on_the_command_line_is_refused_alike() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({}, {"port": 70_000})
    assert caught.value.code == "setting_out_of_range"


def test_an_override_that_is_no_field_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        load({}, {"ports": 1})


def test_the_password_of_the_database_is_not_shown() -> None:
    settings = load({"HAZLEDGER_DATABASE": "postgresql://ledger:secret@db/ledger"})
    assert settings.database_url == "postgresql://ledger:secret@db/ledger"
    assert "secret" not in repr(settings)


def test_what_follows_from_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/ledger.sqlite3"
    assert settings.log_key_path == tmp_path / "log.key"
    assert Settings(log_key=tmp_path / "k").log_key_path == tmp_path / "k"


@pytest.mark.parametrize(
    ("host", "base", "url"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:8000"),
        ("::1", None, "http://[::1]:8000"),
        ("0.0.0.0", "https://trace.example.cn", "https://trace.example.cn"),
    ],
)
def test_what_outsiders_call_the_server(host: str, base: str | None, url: str) -> None:
    assert Settings(host=host, base_url=base).public_url == url


class TestSignerState:
    def test_a_demo_keeps_it_beside_its_data(self, tmp_path: Path) -> None:
        settings = Settings(data=tmp_path, environment="demo")
        assert settings.signer_state_path == tmp_path / "signer-state.json"

    def test_production_needs_one(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError) as caught:
            _ = Settings(data=tmp_path).signer_state_path
        assert caught.value.code == "setting_missing"

    @pytest.mark.parametrize("place", ["data/state", "data/deep/state", "elsewhere/../data/state"])
    def test_production_refuses_one_that_a_restore_brings_back(self, tmp_path: Path, place: str) -> None:
        settings = Settings(data=tmp_path / "data", signer_state=tmp_path / place)
        with pytest.raises(ConfigurationError) as caught:
            _ = settings.signer_state_path
        assert caught.value.code == "signer_state_inside_data"

    def test_production_takes_one_elsewhere(self, tmp_path: Path) -> None:
        settings = Settings(data=tmp_path / "data", signer_state=tmp_path / "state")
        assert settings.signer_state_path == tmp_path / "state"


def test_every_default_obeys_its_own_bounds() -> None:
    env = {
        variable(field.name): str(field.default) for field in dataclasses.fields(Settings) if field.default is not None
    }
    assert load(env) == Settings()
