"""Upkeep of InfluxDB 2.x: buckets of an organisation, through its API."""

from __future__ import annotations

from domain.errors import NotPermitted
from domain.instants import utc_text
from domain.reading import Millis
from storage.influx_query import InfluxHttp


def prepare(http: InfluxHttp, bucket: str, keep_days: int, org: str) -> None:
    """Make the bucket unless it is there. The retention of a bucket that is there belongs to who made it."""
    found = http.request("GET", "/api/v2/buckets", params={"name": bucket, "org": org}).json()
    if found.get("buckets"):
        return
    orgs = http.request("GET", "/api/v2/orgs", params={"org": org}).json().get("orgs", [])
    if not orgs:
        raise NotPermitted(f"InfluxDB has no organisation {org!r}")
    rules = [{"type": "expire", "everySeconds": keep_days * 86_400}] if keep_days else []
    body = {"orgID": orgs[0]["id"], "name": bucket, "retentionRules": rules}
    http.request("POST", "/api/v2/buckets", json=body)


def delete_before(http: InfluxHttp, bucket: str, before: Millis, org: str) -> None:
    """Remove every point older than a time."""
    body = {"start": utc_text(0), "stop": utc_text(before)}
    http.request("POST", "/api/v2/delete", params={"bucket": bucket, "org": org}, json=body)
