"""The drills there are: which fault is played, what people are told, and what is right to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from domain.drill import DrillStep
from domain.reading import Millis
from domain.text import Text
from simulators.fault import Fault
from simulators.faults_line import Dropout
from simulators.faults_water import DosingPumpOff, DyeDump

CALM: Final = 20  # s until the trouble begins
STAGES: Final = 30  # the water stays this part of the trouble's duration in each stage: 6 s of 3 minutes


@dataclass(frozen=True, slots=True)
class RightAction:
    """Something that is right to do; a comment with one of the words says that it was done."""

    action: Text
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """One scenario. `play(start, duration)` gives its fault; `needs` are the devices it is about."""

    name: str
    title: Text
    needs: tuple[str, ...]
    play: Callable[[Millis, Millis], Fault]
    steps: tuple[DrillStep, ...]
    actions: tuple[RightAction, ...]


def _step(after: int, happens: tuple[str, str], todo: tuple[str, str]) -> DrillStep:
    return DrillStep(after=after, happens=Text(id=happens[0], en=happens[1]), todo=Text(id=todo[0], en=todo[1]))


def _action(indonesian: str, english: str, *words: str) -> RightAction:
    return RightAction(Text(id=indonesian, en=english), words)


_CALM: Final = _step(
    0,
    ("IPAL berjalan normal. Semua angka di bawah baku mutu.", "The plant runs well. All figures are within limits."),
    ("Buka halaman Peringatan dan tunggu.", "Open the page of alerts and wait."),
)
_WRITE: Final = _step(
    CALM + 60,
    ("Air di outlet melebihi baku mutu.", "The water at the outlet is beyond its limits."),
    (
        "Tanggapi peringatan dan tulis di komentar apa yang Anda lakukan.",
        "Acknowledge the alert and write in the comment what you do.",
    ),
)
_BACK: Final = _step(
    CALM + 240,
    ("Angka kembali ke bawah baku mutu.", "The figures come back within their limits."),
    ("Pastikan semua peringatan sudah ditanggapi.", "Make sure that every alert is acknowledged."),
)
_SAMPLE: Final = _action("Ambil contoh air di outlet", "Take a sample at the outlet", "contoh", "sampel", "sample")

_DYE: Final = Drill(
    "dye_dump",
    Text(id="Bak pewarna dibuang ke IPAL", en="A dye bath is emptied into the plant"),
    ("ipal-outlet",),
    lambda start, duration: DyeDump(start=start, duration=duration, residence=duration // STAGES),
    (
        _CALM,
        _step(
            CALM,
            (
                "Satu bak pewarna dan soda abu dibuang ke bak koagulasi. pH, COD, dan TSS naik dari bak ke bak.",
                "A bath of dye and soda ash is emptied into the coagulation. pH, COD and TSS rise tank by tank.",
            ),
            (
                "Hentikan pembuangan dari bagian pencelupan. Tahan air di bak ekualisasi.",
                "Stop the dyeing hall from emptying baths. Hold the water back in the equalisation tank.",
            ),
        ),
        _WRITE,
        _BACK,
    ),
    (
        _action(
            "Hentikan pembuangan dari pencelupan", "Stop the dyeing hall from emptying baths",
            "pencelupan", "pewarna", "celup", "dye", "dyeing",
        ),
        _action(
            "Tahan air di bak ekualisasi", "Hold the water back in the equalisation tank",
            "tahan", "ekualisasi", "equalisation", "hold",
        ),
        _SAMPLE,
    ),
)  # fmt: skip

_PUMP: Final = Drill(
    "dosing_pump_off",
    Text(id="Pompa dosing koagulan berhenti", en="The dosing pump stands"),
    ("dosing-koagulan", "ipal-outlet"),
    lambda start, duration: DosingPumpOff(start=start, duration=duration, residence=duration // STAGES),
    (
        _CALM,
        _step(
            CALM,
            (
                "Pompa dosing tidak jalan. Flok tidak terbentuk, pH dan TSS naik.",
                "The dosing pump does not run. No flocs form, pH and TSS rise.",
            ),
            (
                "Lihat pompa dosing: listrik, stok, sumbatan. Jalankan lagi atau pakai pompa cadangan.",
                "Look at the dosing pump: power, stock, blockage. Start it again or use the spare one.",
            ),
        ),
        _WRITE,
        _BACK,
    ),
    (
        _action("Periksa pompa dosing", "Check the dosing pump", "pompa", "dosing", "pump"),
        _action("Periksa stok tawas/PAC", "Check the stock of alum/PAC", "stok", "tawas", "pac", "alum", "stock"),
        _SAMPLE,
    ),
)

_SILENT: Final = Drill(
    "dropout",
    Text(id="Sensor outlet tidak mengirim data", en="The outlet sensors fall silent"),
    ("ipal-outlet",),
    lambda start, duration: Dropout(start=start, duration=duration, target="ipal-outlet"),
    (
        _CALM,
        _step(
            CALM,
            ("Sensor outlet berhenti mengirim data.", "The outlet sensors stop sending data."),
            (
                "Periksa listrik dan jaringan panel outlet. Selama itu catat pH dengan alat tangan.",
                "Check power and network of the outlet panel. Until then note the pH by hand.",
            ),
        ),
        _step(
            CALM + 75,
            ("Peringatan 'tidak ada data' muncul.", "The alert 'no data' comes."),
            (
                "Tanggapi dan tulis di komentar apa yang Anda periksa.",
                "Acknowledge it and write in the comment what you checked.",
            ),
        ),
    ),
    (
        _action("Periksa listrik panel", "Check the panel's power", "listrik", "panel", "power", "mcb"),
        _action("Periksa jaringan", "Check the network", "jaringan", "kabel", "network", "cable", "wifi"),
        _action("Ukur dengan alat tangan", "Measure by hand", "tangan", "manual", "hand", "portable"),
    ),
)

DRILLS: Final[Mapping[str, Drill]] = {drill.name: drill for drill in (_DYE, _PUMP, _SILENT)}
