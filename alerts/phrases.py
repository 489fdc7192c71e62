"""Fixed words of messages, Indonesian and English."""

from __future__ import annotations

from typing import Final

from domain.alert import Priority
from domain.system_condition import SystemCondition
from domain.text import Language, Text

PRIORITIES: Final = {
    Priority.LOW: Text(id="RENDAH", en="LOW"),
    Priority.MEDIUM: Text(id="SEDANG", en="MEDIUM"),
    Priority.HIGH: Text(id="TINGGI", en="HIGH"),
    Priority.CRITICAL: Text(id="KRITIS", en="CRITICAL"),
}

CONDITIONS: Final = {
    SystemCondition.COLLECTOR_DOWN: Text(id="Penerima data mati", en="The collector is down"),
    SystemCondition.COLLECTOR_BLOCKED: Text(
        id="Penerima data tidak bisa menyimpan", en="The collector cannot store what it receives"
    ),
    SystemCondition.BROKER_DOWN: Text(id="Broker MQTT mati", en="The MQTT broker is down"),
    SystemCondition.ALL_SILENT: Text(id="Semua alat diam", en="All devices are silent"),
    SystemCondition.SITE_SILENT: Text(id="Semua alat di lokasi diam", en="All devices of the site are silent"),
    SystemCondition.GATEWAY_SILENT: Text(id="Gateway diam", en="Gateway silent"),
    SystemCondition.GATEWAY_OFFLINE: Text(id="Gateway terputus", en="Gateway offline"),
    SystemCondition.STORE_DOWN: Text(id="Penyimpanan data mati", en="The store of readings is down"),
    SystemCondition.JOURNAL_OLD: Text(id="Data menunggu disimpan", en="Readings wait to be stored"),
    SystemCondition.DISK_LOW: Text(id="Disk hampir penuh", en="The disk is nearly full"),
    SystemCondition.CLOCK_SKEW: Text(id="Jam alat tidak tepat", en="The clock of a device is off"),
    SystemCondition.CALIBRATION_DUE: Text(id="Kalibrasi jatuh tempo", en="Calibration due"),
    SystemCondition.SERVICE_DUE: Text(id="Servis mesin jatuh tempo", en="Service of a machine is due"),
    SystemCondition.TICK_LATE: Text(id="Pemeriksaan terlambat", en="The checks run late"),
    SystemCondition.RULE_BAD: Text(id="Ada aturan yang tidak bisa dinilai", en="A rule cannot be judged"),
    SystemCondition.NOTIFICATIONS_FAILING: Text(id="Pesan tidak terkirim", en="Messages are not delivered"),
    SystemCondition.FLOOD: Text(id="Banjir peringatan", en="Alarm flood"),
}


def say(language: str, indonesian: str, english: str) -> str:
    """The words of the language, Indonesian for any other."""
    return english if language == Language.EN else indonesian
