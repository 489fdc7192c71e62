"""What keys in payloads usually mean: the house name of a metric, its unit, and what it is called.

Only a guess for a first draft of a profile; the person who connects the device confirms every line.
"""

from __future__ import annotations

import re

from msgspec import Struct

from domain.metrics import MetricKind


class Meaning(Struct, frozen=True):
    """What a key stands for. `name_id` and `name_en` are for people."""

    metric: str
    unit: str
    name_id: str
    name_en: str
    kind: MetricKind = MetricKind.GAUGE


_GAUGE, _COUNTER, _STATE = MetricKind.GAUGE, MetricKind.COUNTER, MetricKind.STATE

# what a folded key must match as a whole, and what it then is; the first that fits
_MEANINGS: tuple[tuple[str, Meaning], ...] = (
    (r"ph|ph_?\d|ph_soil|ph_value|ph\d_soil", Meaning("ph", "pH", "pH", "pH")),
    (
        r"(\w+_)?(temp|temperature|suhu|tempc)(_(c|soil|ds|ds18b20|sht|water|air))*",
        Meaning("temperature", "Cel", "Suhu", "Temperature"),
    ),
    (r"tss", Meaning("tss", "mg/L", "TSS", "TSS")),
    (r"cod", Meaning("cod", "mg/L", "COD", "COD")),
    (r"bod5?", Meaning("bod", "mg/L", "BOD", "BOD")),
    (r"nh3_?n?|ammonia|amonia|ammonium", Meaning("nh3n", "mg/L", "NH3-N", "NH3-N")),
    (r"do|dissolved_oxygen|oksigen(_terlarut)?", Meaning("do", "mg/L", "Oksigen terlarut (DO)", "Dissolved oxygen")),
    (r"turbidity|kekeruhan|ntu", Meaning("turbidity", "NTU", "Kekeruhan", "Turbidity")),
    (r"orp|redox", Meaning("orp", "mV", "ORP", "ORP")),
    (r"ec|conductivity|konduktivitas|dhl", Meaning("conductivity", "uS/cm", "Daya hantar listrik", "Conductivity")),
    (r"flow|flow_?rate|debit|q_m3h", Meaning("flow_rate", "m3/h", "Debit", "Flow rate")),
    (
        r"flow_total|totali[sz]er|total_m3|volume(_total)?|total_flow",
        Meaning("flow_total", "m3", "Volume kumulatif", "Total volume", _COUNTER),
    ),
    (r"level|tinggi(_muka)?(_air)?|water_level", Meaning("level", "%", "Tinggi muka air", "Level")),
    (r"hum(idity)?(_(percent|sht|rh))?|kelembapan|rh", Meaning("humidity", "%", "Kelembapan", "Humidity")),
    (r"pressure|tekanan", Meaning("pressure", "bar", "Tekanan", "Pressure")),
    (r"(act(ive)?_?|a_act_)?power|daya|watt|apower", Meaning("power", "W", "Daya", "Power")),
    (
        r"energy|energi|energy_total|kwh|total_energy",
        Meaning("energy_total", "kWh", "Energi", "Energy", _COUNTER),
    ),
    (r"voltage|tegangan|volt", Meaning("voltage", "V", "Tegangan", "Voltage")),
    (r"current|arus|ampere", Meaning("current", "A", "Arus", "Current")),
    (r"batt?v|bat_v|battery_voltage", Meaning("battery_voltage", "V", "Tegangan baterai", "Battery voltage")),
    (r"batt?(ery)?(_?level)?", Meaning("battery", "%", "Baterai", "Battery")),
    (r"freq(uency)?|hz", Meaning("frequency", "Hz", "Frekuensi", "Frequency")),
    (
        r"(run|running|run_?state|mesin_?jalan|machine_?state|motor)",
        Meaning("run", "1", "Beroperasi", "Running", _STATE),
    ),
    (
        r"(run_?|working_?|operating_?)hours|jam_kerja",
        Meaning("run_hours", "h", "Jam kerja mesin", "Run hours", _COUNTER),
    ),
    (
        r"(cycle_?|pulse_?|total_?|qty_?)?count(er)?|total_pulse|qty|jumlah",
        Meaning("cycle_count", "1", "Jumlah siklus", "Cycle count", _COUNTER),
    ),
)
_COMPILED = tuple((re.compile(pattern), meaning) for pattern, meaning in _MEANINGS)

# of the transport, not of the plant: figures under or at these keys start commented out
_NOISE_WORDS = """id ids rid uid eui deveui dev_eui addr dev_addr devaddr rssi snr lora_snr lorasnr lqi linkquality
    fcnt f_cnt f_port fport seq s c port channel channel_index gateway_id version ver fw uptime uptime_sec heap sleep
    signal load_avg mqtt_count wifi rx_info tx_info rx_metadata settings device_info end_device_ids uplink_ids ap
    link_count
    q quality ok valid st err error alarm_flag interrupt_flag net_id firmware_version message_type hardware_version
    bandwidth spreading_factor data_rate dr code_rate confirmed adr margin bver node_flag payload_ver messagetype
    message_id messageid sequence_number interval idc_intrrupt device_profile_id qos retain timestamp ts time t
    uplink_id context correlation_ids session_key_id frm_payload consumed_airtime bs crc msgid period
    """
NOISE = frozenset(_NOISE_WORDS.split())
GENERIC = frozenset({"value", "v", "val", "values", "data", "payload", "reading", "current_value"})
_SUFFIXES = {
    "m3": "m3", "m3h": "m3/h", "l": "L", "lph": "L/h", "c": "Cel", "pct": "%", "percent": "%", "ntu": "NTU",
    "kwh": "kWh", "wh": "Wh", "kw": "kW", "w": "W", "v": "V", "mv": "mV", "a": "A", "ma": "mA", "hz": "Hz",
    "s": "s", "sec": "s", "ms": "ms", "h": "h", "bar": "bar", "kpa": "kPa", "dbm": "dBm", "mgl": "mg/L",
}  # fmt: skip
NAMING = ("id", "n", "name", "tag", "metric", "sensor", "displayname")  # a sibling that names a generic value
UNIT_KEYS = ("unit", "u", "uom", "units")


def folded_key(key: str) -> str:
    """A key as lower-case words joined by `_`: `flowRate`, `Flow rate` and `flow-rate` are one."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", key)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def meaning_of(key: str) -> Meaning | None:
    """What a key usually means, None where that is not known."""
    folded = folded_key(key)
    return next((meaning for pattern, meaning in _COMPILED if pattern.fullmatch(folded)), None)


def unit_of(key: str) -> str:
    """The unit that the last word of a key names (`target_m3`), `1` where it names none."""
    words = folded_key(key).split("_")
    return _SUFFIXES.get(words[-1], "1") if len(words) > 1 else "1"
