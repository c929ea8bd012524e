"""What the HTTP edge needs to be told. The composition root fills it; nothing here reads the environment."""

from dataclasses import dataclass
from datetime import timezone

from api.figures import parse_offset


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Settings of the HTTP edge; sizes in bytes, durations in seconds.

    `base_url`: what outsiders call this server, without a trailing slash; https makes cookies secure.
    `utc_offset`: zone in which pages show instants. `demo`: every page says that its data is invented.
    `metrics_open`: whether /metrics answers others than this machine. `rate_...`: requests a minute of one
    credential, of one address without a good one, of one address for codes and log; failures to sign in; 0: no limit.
    """

    base_url: str
    version: str
    demo: bool = False
    utc_offset: str = "+08:00"
    metrics_open: bool = False
    max_body: int = 256 * 1024
    max_bulk_body: int = 8 * 1024 * 1024
    max_bulk_lines: int = 5_000
    max_import_body: int = 5 * 1024 * 1024
    max_paper_body: int = 8 * 1024 * 1024 + 64 * 1024
    max_photo_body: int = 12 * 1024 * 1024
    max_form_body: int = 4 * 1024
    max_headers: int = 64
    max_header_bytes: int = 16 * 1024
    max_target_bytes: int = 4 * 1024
    body_timeout_s: float = 30.0
    rate_credential: int = 0
    rate_address: int = 0
    rate_public: int = 0
    rate_failures: int = 0

    @property
    def secure(self) -> bool:
        """Whether outsiders reach this server over https."""
        return self.base_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """Name of the session cookie; over https the prefix pins it to this host and path /."""
        return "__Host-hazledger" if self.secure else "hazledger"

    @property
    def zone(self) -> timezone:
        """The zone of `utc_offset`."""
        return parse_offset(self.utc_offset)
