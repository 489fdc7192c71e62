"""Which InfluxDB answers, found out by /ping: the dialect for points and queries is one, the upkeep is not."""

from __future__ import annotations

from enum import StrEnum

from storage.influx_query import InfluxHttp


class Flavour(StrEnum):
    """Families that differ in how buckets are made, kept and emptied."""

    V1 = "v1"  # 1.8 and later, and openGemini
    V1_OLD = "v1_old"  # 1.6 and 1.7: no /api/v2/write
    V2 = "v2"
    V3 = "v3"


def detect(http: InfluxHttp) -> Flavour:
    """Ask the server. Raises Unavailable while it is away."""
    headers = http.request("GET", "/ping").headers
    version = headers.get("X-Influxdb-Version", "")
    if "X-Geminidb-Version" in headers:
        return Flavour.V1
    number = version.lstrip("v")
    if number.startswith(("1.6", "1.7")):
        return Flavour.V1_OLD
    for flavour, start in ((Flavour.V1, "1."), (Flavour.V3, "3.")):
        if number.startswith(start):
            return flavour
    return Flavour.V2
