"""What can go wrong with Pantau itself and with what it stands on. Each may become an alert of kind `system`."""

from __future__ import annotations

from enum import StrEnum


class SystemCondition(StrEnum):
    """The first seven are causes: while one holds, the devices behind it are not judged."""

    COLLECTOR_DOWN = "collector_down"  # no sign of life of the collector
    COLLECTOR_BLOCKED = "collector_blocked"  # disk full, or the journal is away
    BROKER_DOWN = "broker_down"
    ALL_SILENT = "all_silent"  # every device of every site
    SITE_SILENT = "site_silent"  # every device of one site: its power or its network
    GATEWAY_SILENT = "gateway_silent"  # a gateway, or everything behind it
    GATEWAY_OFFLINE = "gateway_offline"  # the broker says that a gateway's connection broke
    STORE_DOWN = "store_down"
    JOURNAL_OLD = "journal_old"  # readings wait to be stored for too long
    DISK_LOW = "disk_low"
    CLOCK_SKEW = "clock_skew"  # a device's clock is off
    CALIBRATION_DUE = "calibration_due"  # a sensor must be calibrated within days, or should have been
    SERVICE_DUE = "service_due"  # a machine's service is due by the calendar within days, or should have been done
    TICK_LATE = "tick_late"  # the checks run late
    RULE_BAD = "rule_bad"  # a rule cannot be judged
    NOTIFICATIONS_FAILING = "notifications_failing"  # nobody can be told: the internet, or the channel
    FLOOD = "flood"  # more alerts than people can follow


CARE = frozenset({SystemCondition.CALIBRATION_DUE, SystemCondition.SERVICE_DUE})
"""What is to be planned within days. Nobody has to follow it at once: it makes no flood, and many are one message."""

CAUSES = frozenset(
    {
        SystemCondition.COLLECTOR_DOWN,
        SystemCondition.COLLECTOR_BLOCKED,
        SystemCondition.BROKER_DOWN,
        SystemCondition.ALL_SILENT,
        SystemCondition.SITE_SILENT,
        SystemCondition.GATEWAY_SILENT,
        SystemCondition.GATEWAY_OFFLINE,
    }
)
