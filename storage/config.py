"""Settings of the reading store and of the relational database."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class StoreKind(StrEnum):
    """Where readings live."""

    SQLITE = "sqlite"
    INFLUXDB = "influxdb"


class StoreConfig(BaseModel):
    """The reading store: embedded, or an InfluxDB (1.8 to 3.x, or a cluster that speaks its dialect)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: StoreKind = Field(default=StoreKind.SQLITE, description="sqlite (embedded) or influxdb")
    url: str | None = Field(default=None, description="InfluxDB: where it answers, such as http://127.0.0.1:8086")
    token: SecretStr | None = Field(default=None, description="InfluxDB: token (2.x, 3.x) or user:password (1.x)")
    org: str = Field(default="pantau", description="InfluxDB 2: organisation")
    bucket: str = Field(default="pantau", description="InfluxDB: bucket (2.x) or database (1.x, 3.x)")
    timeout: Annotated[float, Field(gt=0, le=300)] = Field(
        default=10.0, description="InfluxDB: patience a request (s)"
    )
    keep_days: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Days to keep readings; 0 keeps them all (d)"
    )

    @property
    def forwards(self) -> bool:
        """Whether readings are forwarded to a server as they come."""
        return self.kind is StoreKind.INFLUXDB

    @model_validator(mode="after")
    def _server_named(self) -> Self:
        if self.forwards and not self.url:
            raise ValueError("kind influxdb needs store.url")
        return self


class DatabaseConfig(BaseModel):
    """The relational database for everything that is not a time series."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy URL such as postgresql+psycopg://user@host/pantau; SQLite in data_dir when absent",
    )
