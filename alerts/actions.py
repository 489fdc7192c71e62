"""What to do about a metric out of its limit, in technicians' words, and the deadband that fits the instrument.

The deadband keeps noise at the limit from ringing again and again. It is the accuracy that makers state
for the usual instrument (pH ±0.1, temperature ±0.5 °C), otherwise two percent of the limit.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from domain.text import Text

RELATIVE_DEADBAND: Final = 0.02


class Advice(Struct, frozen=True):
    """What to do, and the metric's deadband (its own unit; None: relative)."""

    action: Text
    deadband: float | None = None


# fmt: off
ADVICE: Final[dict[str, Advice]] = {
    "ph": Advice(
        Text(id="Cek dosing penetral dan pH bak ekualisasi. Tutup atau kurangi aliran ke outlet sampai pH "
                "memenuhi baku mutu lagi. Ukur ulang dengan pH meter genggam.",
             en="Check the neutraliser dosing and the pH of the equalisation tank. Close or throttle the outlet "
                "until pH is within its limit again. Measure again with a hand-held meter."),
        0.1),
    "temperature": Advice(
        Text(id="Tahan buangan panas dari nglorod atau pencelupan, tambah waktu tinggal di bak ekualisasi.",
             en="Hold back hot discharge from wax removal or dyeing; give the equalisation tank more time."),
        0.5),
    "cod": Advice(
        Text(id="Cek dosis koagulan dan aerasi bak aerob, kurangi debit masuk. Ambil contoh uji untuk laboratorium.",
             en="Check the coagulant dose and the aeration, reduce the inflow. Take a sample for the laboratory.")),
    "tss": Advice(
        Text(id="Cek lumpur bak sedimentasi (kuras bila penuh), dosis koagulan, dan filter (backwash).",
             en="Check the sludge in the sedimentation tank (desludge when full), the coagulant dose and the filter "
                "(backwash).")),
    "nh3n": Advice(
        Text(id="Cek blower dan DO bak aerob, kurangi debit masuk sampai amonia turun.",
             en="Check the blower and the DO of the aerobic tank; reduce the inflow until ammonia falls.")),
    "bod": Advice(
        Text(id="Cek aerasi bak aerob dan umur lumpur; minta uji ulang laboratorium.",
             en="Check the aeration and the age of the sludge; ask the laboratory to test again.")),
    "colour": Advice(
        Text(id="Cek dosis koagulan (tawas atau PAC), tahan buangan pencelupan di bak ekualisasi.",
             en="Check the coagulant dose (alum or PAC); hold dyeing waste in the equalisation tank.")),
    "do": Advice(
        Text(id="Cek blower dan diffuser; bersihkan probe DO.",
             en="Check the blower and the diffusers; clean the DO probe.")),
    "flow_rate": Advice(
        Text(id="Cek bukaan katup dan pompa, sesuaikan jadwal buangan produksi.",
             en="Check valves and pumps; rearrange when production discharges.")),
    "level": Advice(
        Text(id="Cek pompa dan saringan yang tersumbat.", en="Check the pump and clogged screens.")),
    "stock": Advice(
        Text(id="Isi ulang tangki bahan kimia.", en="Refill the chemical tank.")),
    "power": Advice(
        Text(id="Cek beban mesin dan motor.", en="Check the load of the machine and its motor.")),
}
# fmt: on

OTHER_ACTION: Final = Text(
    id="Cek proses di titik ini dan ukur ulang dengan alat pembanding.",
    en="Check the process at this point and measure again with a second instrument.",
)
SILENT_ACTION: Final = Text(
    id="Cek listrik, kabel, dan jaringan alat. Selama tidak ada data, catat hasil ukur manual di logbook.",
    en="Check power, cables and network of the device. Until it is back, write manual readings in the log book.",
)
SENSOR_ACTION: Final = Text(
    id="Cek sensor: bersihkan, periksa kabel dan kalibrasi. Selama belum beres, ukur manual dan catat di logbook.",
    en="Check the sensor: clean it, look at its cable and calibration. Until it is right, measure by hand and write "
    "it in the log book.",
)
VOLUME_ACTION: Final = Text(
    id="Kurangi atau tunda buangan sampai pergantian hari, tampung di bak ekualisasi. Catat alasannya di logbook.",
    en="Reduce or put off discharge until the day is over, hold it in the equalisation tank. Write the reason in the "
    "log book.",
)


def action_of(metric: str) -> Text:
    """What to do when it is out of its limit."""
    known = ADVICE.get(metric)
    return known.action if known else OTHER_ACTION


def deadband_of(metric: str, low: float | None, high: float | None) -> float:
    """How far back within the limit counts as returned."""
    known = ADVICE.get(metric)
    if known and known.deadband is not None:
        return known.deadband
    return RELATIVE_DEADBAND * min(abs(bound) for bound in (low, high) if bound is not None)
