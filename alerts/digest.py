"""Several alerts in one message: how many, the worst, a line each for the first ten, and where to see them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alerts.figures import clock, duration
from alerts.findings import finding
from alerts.phrases import PRIORITIES, say
from alerts.wording import LONGEST, OLD_NEWS, Scene, fitting, place
from domain.alert import Priority

LINES: Final = 10


def digest_subject(scenes: Sequence[Scene], language: str) -> str:
    """`scenes` with the most urgent first. `[TINGGI] 12 peringatan, 3 masih berlangsung: pH 9,5 …`."""
    still = sum(scene.alert.active for scene in scenes)
    count = say(language, f"{len(scenes)} peringatan", f"{len(scenes)} alerts")
    if not still:
        past = say(language, f"{count} selama ini, semua sudah normal", f"{count} meanwhile, all back to normal")
        return fitting(past, _sites(scenes, language), LONGEST)
    urgency = PRIORITIES[scenes[0].alert.priority].in_language(language)
    holding = say(language, f"{still} masih berlangsung", f"{still} still so")
    worst = _found(scenes[0], language)
    return fitting(f"[{urgency}] {count}, {holding}: {worst}", place(scenes[0], language), LONGEST)


def digest_body(scenes: Sequence[Scene], language: str) -> str:
    """Counts by priority, the lines, how late the oldest is, the link."""
    lines = [_counts(scenes, language)]
    lines += [f"- {_line(scene, language)}" for scene in scenes[:LINES]]
    if len(scenes) > LINES:
        more = len(scenes) - LINES
        lines.append(say(language, f"… dan {more} lagi", f"… and {more} more"))
    age = max(scene.now - scene.transition.at for scene in scenes)
    if age > OLD_NEWS:
        late = duration(age, language)
        lines.append(say(language, f"Kabar tertua terlambat {late}.", f"The oldest of this news is {late} old."))
    lines.append(f"{scenes[0].base_url.rstrip('/')}/alerts")
    return "\n".join(lines)


def _counts(scenes: Sequence[Scene], language: str) -> str:
    of = [scene.alert.priority for scene in scenes]
    said = [
        f"{of.count(priority)} {PRIORITIES[priority].in_language(language)}"
        for priority in reversed(Priority)
        if priority in of
    ]
    return f"{', '.join(said)}."


def _line(scene: Scene, language: str) -> str:
    alert = scene.alert
    where = ", ".join([_found(scene, language), *place(scene, language)])
    since = clock(alert.since, scene.zone, language, scene.now)
    if alert.active or alert.returned_at is None:
        urgency = PRIORITIES[alert.priority].in_language(language)
        return f"[{urgency}] {where}, {say(language, 'sejak', 'since')} {since}"
    lasted = duration(alert.returned_at - alert.since, language)
    return f"{where}, {since}, {say(language, f'normal lagi setelah {lasted}', f'normal again after {lasted}')}"


def _found(scene: Scene, language: str) -> str:
    """The worst of it where it is over, for the latest value is a good one then."""
    alert = scene.alert
    value = alert.value if alert.active or alert.peak is None else alert.peak
    return finding(alert, scene.rule, value, language)


def _sites(scenes: Sequence[Scene], language: str) -> list[str]:
    return list(dict.fromkeys(scene.site.name.in_language(language) for scene in scenes if scene.site))
