"""What is installed: sites, devices, and what people wrote about them in the files."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKeyConstraint, Integer, Table

from storage.models.columns import index, key, metadata, millis, noun, words

site: Final = noun("site")
device: Final = noun("device", key("site"), key("stage"), key("profile"), key("status"))
limit_set: Final = noun("limit_set")
compliance_point: Final = noun("compliance_point", key("site"))
schedule: Final = noun("schedule")
contact: Final = noun("contact")
rota: Final = noun("rota")
rule: Final = noun("rule")
route: Final = noun("route")
shift: Final = noun("shift")
stop_reason: Final = noun("stop_reason")
service_plan: Final = noun("service_plan")
rule_version: Final = Table(
    "rule_version",
    metadata,
    key("id", primary=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    millis("at"),
    words("who"),
    words("document", optional=True),  # NULL: the rule was removed
)

index(device, "ix_device_site", "site", "id")
for _table in (device, compliance_point):
    _table.append_constraint(ForeignKeyConstraint([_table.c.site], [site.c.id]))
