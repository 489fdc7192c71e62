"""What an InfluxDB adapter needs to know. The settings of the reading store (`StoreConfig`) fulfil it."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict, SecretStr


class InfluxPlace(Protocol):
    """Where to write and read."""

    @property
    def url(self) -> str | None:
        """Where the server answers."""
        ...

    @property
    def token(self) -> SecretStr | None:
        """Token on 2.x and 3.x, `user:password` on 1.x."""
        ...

    @property
    def org(self) -> str:
        """Organisation (2.x)."""
        ...

    @property
    def bucket(self) -> str:
        """Bucket (2.x), database (1.x, 3.x)."""
        ...

    @property
    def timeout(self) -> float:
        """Patience with one request in seconds."""
        ...

    @property
    def keep_days(self) -> int:
        """Days to keep readings; 0 for ever."""
        ...


class InfluxConfig(BaseModel):
    """The same on its own, where no settings are at hand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None
    token: SecretStr | None = None
    org: str = "pantau"
    bucket: str = "pantau"
    timeout: float = 10.0
    keep_days: int = 0
