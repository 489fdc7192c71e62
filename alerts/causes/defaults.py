"""The rules about Pantau itself and what it stands on that nobody has to write, with what to do, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from alerts.phrases import CONDITIONS
from domain.alert import Priority
from domain.rule import SystemRule
from domain.system_condition import SystemCondition
from domain.text import Text

_HIGH, _MEDIUM, _LOW = Priority.HIGH, Priority.MEDIUM, Priority.LOW

# fmt: off
_DEFAULTS: Final[dict[SystemCondition, tuple[Priority, float, Text]]] = {
    SystemCondition.COLLECTOR_DOWN: (_HIGH, 60.0,
        Text(id="Hidupkan lagi service pantau di server (systemctl restart pantau, atau docker compose up -d). Cek "
                "apakah server kehabisan memori atau disk. Data tetap ditahan broker sebisanya.",
             en="Restart the pantau service on the server (systemctl restart pantau, or docker compose up -d). Check "
                "whether the server ran out of memory or disk. The broker keeps what it can meanwhile.")),
    SystemCondition.COLLECTOR_BLOCKED: (_HIGH, 30.0,
        Text(id="Cek ruang disk server (df -h), hapus file yang tidak perlu. Kalau disk masih longgar, cek hak tulis "
                "folder data. Jalan lagi sendiri begitu ada ruang.",
             en="Check the disk space of the server (df -h) and remove what is not needed. If there is room, check "
                "whether the data folder can be written to. It goes on by itself once there is room.")),
    SystemCondition.BROKER_DOWN: (_HIGH, 60.0,
        Text(id="Cek service mosquitto (systemctl status mosquitto), kabel dan jaringan ke server broker, lalu user "
                "dan password MQTT di pengaturan.",
             en="Check the mosquitto service (systemctl status mosquitto), the cable and network to the broker's "
                "server, then the MQTT user and password in the settings.")),
    SystemCondition.ALL_SILENT: (_HIGH, 0.0,
        Text(id="Cek jaringan di sisi server dulu: internet atau VPN, router, firewall port 1883 dan 8883, "
                "sertifikat TLS broker yang habis masa berlakunya.",
             en="Check the network on the server's side first: internet or VPN, router, firewall for ports 1883 and "
                "8883, an expired TLS certificate of the broker.")),
    SystemCondition.SITE_SILENT: (_HIGH, 0.0,
        Text(id="Telepon operator lokasi: apakah listrik padam? Kalau listrik ada, cek modem atau router dan "
                "gateway, matikan lalu hidupkan lagi. Selama mati, catat hasil ukur manual di logbook.",
             en="Call the operator on site: is the power out? If there is power, check modem or router and gateway; "
                "switch them off and on again. Until it is back, write manual readings in the log book.")),
    SystemCondition.GATEWAY_SILENT: (_HIGH, 0.0,
        Text(id="Cek listrik dan lampu gateway, kabel LAN atau kartu SIM dan pulsanya, lalu restart gateway. Cek "
                "kabel RS-485 kalau gateway hidup tetapi alat tidak terbaca.",
             en="Check power and lights of the gateway, the LAN cable or the SIM card and its credit, then restart "
                "it. Check the RS-485 cable if the gateway runs but its devices are not read.")),
    SystemCondition.GATEWAY_OFFLINE: (_HIGH, 30.0,
        Text(id="Cek listrik gateway, sinyal atau kabel internetnya, lalu restart gateway.",
             en="Check the gateway's power, its signal or internet cable, then restart it.")),
    SystemCondition.STORE_DOWN: (_HIGH, 120.0,
        Text(id="Data tetap aman di antrean (journal) dan peringatan tetap jalan. Cek service InfluxDB, token, dan "
                "ruang disknya; antrean ditulis sendiri setelah pulih.",
             en="Data is safe in the journal and alerts go on. Check the InfluxDB service, its token and its disk; "
                "what waits is written by itself once it is back.")),
    SystemCondition.JOURNAL_OLD: (_MEDIUM, 3600.0,
        Text(id="Cek halaman Kesehatan: apakah penyimpanan gagal atau lambat? Cek InfluxDB, jaringan ke sana, dan "
                "ruang disk server; antrean terus memakai disk.",
             en="See the health page: does the store fail, or is it slow? Check InfluxDB, the network to it and the "
                "server's disk; what waits keeps taking disk space.")),
    SystemCondition.DISK_LOW: (_HIGH, 60.0,
        Text(id="Cek pemakaian disk (df -h, du -sh). Hapus cadangan dan log lama, atau perpendek keep_days. Kalau "
                "penuh, data baru tidak bisa disimpan.",
             en="See what takes the space (df -h, du -sh). Remove old backups and logs, or shorten keep_days. Once "
                "it is full, new data cannot be kept.")),
    SystemCondition.CLOCK_SKEW: (_LOW, 300.0,
        Text(id="Setel jam alat dan zona waktunya, nyalakan NTP, ganti baterai jam (RTC) kalau meleset lagi. Waktu "
                "data alat ini belum bisa dipercaya.",
             en="Set the device's clock and time zone, switch on NTP; replace the clock's battery (RTC) if it drifts "
                "again. The times of this device's data cannot be trusted until then.")),
    SystemCondition.CALIBRATION_DUE: (_LOW, 0.0,
        Text(id="Siapkan larutan buffer, aktifkan mode kalibrasi di halaman Kalibrasi, lalu catat hasilnya beserta "
                "tanggal kalibrasi berikutnya. Peringatan hilang sendiri setelah dicatat.",
             en="Prepare the buffers, begin calibration mode on the calibration page, then record the result with "
                "the day the next one is due. The alert goes by itself once it is recorded.")),
    SystemCondition.SERVICE_DUE: (_LOW, 0.0,
        Text(id="Jadwalkan servis dengan bagian perawatan. Setelah dikerjakan, catat di halaman Servis (pengerjaan, "
                "suku cadang, angka hour meter). Peringatan hilang sendiri setelah dicatat.",
             en="Plan the service with maintenance. Once it is done note it on the page Service (the work, parts, "
                "the hour meter). The alert goes by itself once it is noted.")),
    SystemCondition.TICK_LATE: (_MEDIUM, 120.0,
        Text(id="Cek beban CPU dan memori server, dan apakah server atau service pantau sempat mati. Selama itu "
                "peringatan tidak diperiksa; data yang masuk tetap dinilai belakangan.",
             en="Check CPU and memory of the server, and whether it or the pantau service was down. Nothing was "
                "checked meanwhile; data that arrived is judged afterwards.")),
    SystemCondition.RULE_BAD: (_MEDIUM, 0.0,
        Text(id="Buka halaman Aturan, perbaiki aturan yang bertanda rusak (pesan kesalahannya tertulis di situ). "
                "Aturan lain tetap berjalan.",
             en="Open the rules page and correct the rule marked as bad (its error is shown there). The other rules "
                "go on.")),
    SystemCondition.NOTIFICATIONS_FAILING: (_HIGH, 900.0,
        Text(id="Cek internet di server, lalu token Telegram, gateway WhatsApp, atau SMTP. Pantau layar dashboard "
                "langsung sampai pulih; pesan dikirim ulang sendiri.",
             en="Check the server's internet, then the Telegram token, the WhatsApp gateway or SMTP. Watch the "
                "dashboard itself until it is back; messages are sent again by themselves.")),
    SystemCondition.FLOOD: (_HIGH, 0.0,
        Text(id="Tangani yang kritis dulu, lalu cari satu penyebab bersama (listrik, pompa utama, jaringan). "
                "Peringatan lain dikirim sebagai satu ringkasan tiap 10 menit.",
             en="See to the critical ones first, then look for one common cause (power, main pump, network). Other "
                "alerts are sent as one digest every 10 minutes.")),
}
# fmt: on


def system_rules() -> list[SystemRule]:
    """One for each condition: id `system.<condition>`."""
    return [default_rule(condition) for condition in SystemCondition]


def default_rule(condition: SystemCondition) -> SystemRule:
    """The rule that holds where the user has none."""
    priority, after, action = _DEFAULTS[condition]
    name = CONDITIONS[condition]  # as messages call it
    return SystemRule(
        id=f"system.{condition}", name=name, priority=priority, action=action, condition=condition, after=after
    )


def rule_for(condition: SystemCondition, site: str, rules: Iterable[SystemRule]) -> SystemRule | None:
    """The one rule about a condition at a site: one for that site before one for all, the user's own before the
    default. None where it is switched off. `rules`: those about the condition.
    """
    about = list(rules) or [default_rule(condition)]
    fitting = [rule for rule in about if rule.enabled and rule.scope.site in (None, site)]
    return max(
        fitting, key=lambda rule: (rule.scope.site is not None, rule.id != f"system.{condition}"), default=None
    )
