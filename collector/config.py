"""Settings of the collector: the broker, and how messages are gathered into batches."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class TlsConfig(BaseModel):
    """TLS towards the broker. Certificates are always verified."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=False, description="Speak TLS (usually port 8883)")
    ca_file: Path | None = Field(default=None, description="CA that signed the broker; the system's when absent")
    certificate_file: Path | None = Field(default=None, description="Our client certificate, if the broker asks")
    key_file: Path | None = Field(default=None, description="Key of our client certificate")

    @model_validator(mode="after")
    def _key_with_certificate(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("certificate_file and key_file go together")
        return self


class MqttConfig(BaseModel):
    """The broker to take readings from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Name or address of the broker")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=1883, description="Port of the broker")
    username: str | None = Field(default=None, description="User name at the broker")
    password: SecretStr | None = Field(default=None, description="Password at the broker")
    tls: TlsConfig = TlsConfig()
    version: Literal["3.1.1", "5"] = Field(
        default="3.1.1", description="MQTT version; 3.1.1 costs the collector about half as much"
    )
    client_id: str = Field(
        default_factory=lambda: f"pantau-{socket.gethostname()}",
        description="Names our session at the broker: keep it stable, and unique per collector",
    )
    share_group: str | None = Field(
        default=None, description="Name of a shared subscription, for several collectors ($share/GROUP/…)"
    )
    keepalive: Annotated[int, Field(ge=5, le=3600)] = Field(default=30, description="Keep-alive (s)")
    session_expiry: Annotated[int, Field(ge=0)] = Field(
        default=7 * 86_400, description="How long an MQTT 5 broker keeps our session while we are away (s)"
    )
    rebirth: bool = Field(
        default=True,
        description="Ask Sparkplug nodes for their birth certificates where one was missed: "
        "the only command Pantau ever publishes",
    )


class BatchConfig(BaseModel):
    """When a batch of messages is made durable: whichever of size, age and idleness comes first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Annotated[int, Field(ge=1, le=20_000)] = Field(default=5_000, description="Messages in a batch at most")
    age_ms: Annotated[int, Field(ge=0, le=10_000)] = Field(
        default=100, description="The first message of a batch waits this long at most (ms)"
    )
    idle_size: Annotated[int, Field(ge=1)] = Field(
        default=50, description="With this many messages, a batch ends as soon as the socket is dry"
    )
    max_payload: Annotated[int, Field(ge=1_024, le=16_777_216)] = Field(
        default=262_144, description="Larger messages become dead letters (bytes)"
    )
    max_future_s: Annotated[int, Field(ge=1, le=86_400)] = Field(
        default=300, description="Readings further in the future are quarantined (s)"
    )
