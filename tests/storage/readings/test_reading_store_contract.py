"""What every reading store must do (port `ReadingStore`): run on SQLite and on a real InfluxDB."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.ports import ReadingStore
from domain.series import Bucket, Selection
from support.cast import AERASI, HOUR, INLET, NOON, OUTLET, PRESS, bare, reading

LATER = NOON + HOUR


def test_an_empty_store_has_nothing(store: ReadingStore) -> None:
    assert store.latest(Selection()) == []
    assert store.raw("ipal-outlet", "ph", NOON, LATER) == []
    assert store.buckets("ipal-outlet", "ph", NOON, LATER, 60_000) == []


def test_readings_come_back_whole_and_by_time(store: ReadingStore) -> None:
    sent = [
        reading(OUTLET, NOON + 2000, 7.25),
        reading(OUTLET, NOON, -9999.0, 4, "sentinel"),
        reading(OUTLET, NOON + 1000, None, 9, "no_value"),
        reading(OUTLET, NOON + 3000, 0.1 + 0.2, 3, "clock"),
        reading(OUTLET, NOON + 4000, 1e-300, 2),
    ]
    store.write(sent)
    found = store.raw("ipal-outlet", "ph", NOON, LATER)
    assert [bare(r) for r in found] == [bare(r) for r in sorted(sent, key=lambda r: r.time)]


def test_whole_numbers_come_back_as_floats(store: ReadingStore) -> None:
    store.write([reading(PRESS, NOON, 1.0)])
    assert isinstance(store.raw("press-1", "run", NOON, LATER)[0].value, float)


def test_writing_the_same_again_changes_nothing(store: ReadingStore) -> None:
    sent = [reading(OUTLET, NOON + n, 7.0 + n) for n in range(5)]
    store.write(sent)
    store.write(sent)
    assert [bare(r) for r in store.raw("ipal-outlet", "ph", NOON, LATER)] == [bare(r) for r in sent]


def test_a_later_arrival_replaces_value_quality_and_reason(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON, 99.0, 4, "out_of_range"), reading(INLET, NOON, None, 9, "no_value")])
    store.write([reading(OUTLET, NOON, 7.0), reading(INLET, NOON, 5.0, 3, "stuck")])
    assert bare(store.raw("ipal-outlet", "ph", NOON, LATER)[0])[2:] == (7.0, 1, None)
    assert bare(store.raw("ipal-inlet", "cod", NOON, LATER)[0])[2:] == (5.0, 3, "stuck")


def test_a_reason_that_is_gone_does_not_linger(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON, 9.0, 3, "spike")])
    store.write([reading(OUTLET, NOON, 9.0, 2)])
    assert store.raw("ipal-outlet", "ph", NOON, LATER)[0].reason is None


def test_of_equal_times_in_one_batch_the_last_stays(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON, 1.0), reading(OUTLET, NOON, 2.0)])
    assert [r.value for r in store.raw("ipal-outlet", "ph", NOON, LATER)] == [2.0]


def test_late_readings_are_put_among_the_others(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON + 2000, 3.0)])
    store.write([reading(OUTLET, NOON + 1000, 2.0), reading(OUTLET, NOON - HOUR, 1.0)])
    assert [r.value for r in store.raw("ipal-outlet", "ph", NOON - HOUR, LATER)] == [1.0, 2.0, 3.0]


def test_raw_takes_the_start_and_leaves_the_stop(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON + n * 1000) for n in range(4)])
    found = store.raw("ipal-outlet", "ph", NOON + 1000, NOON + 3000)
    assert [r.time for r in found] == [NOON + 1000, NOON + 2000]


def test_names_with_awkward_characters_survive(store: ReadingStore) -> None:
    odd = replace(OUTLET, device="tank, no=1 'a\"b", unit="°C %", metric="suhu air, atas")
    store.write([reading(odd, NOON, 3.0, 3, 'said "no"\\')])
    assert bare(store.raw(odd.device, odd.metric, NOON, LATER)[0]) == (odd, NOON, 3.0, 3, 'said "no"\\')


def test_latest_is_the_newest_by_time(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON + 5000, 7.0), reading(INLET, NOON, 300.0)])
    store.write([reading(OUTLET, NOON + 1000, 6.0)])
    found = {r.series: (r.time, r.value) for r in store.latest(Selection())}
    assert found == {OUTLET: (NOON + 5000, 7.0), INLET: (NOON, 300.0)}


def test_latest_shows_a_missing_value_as_missing(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON, 7.0), reading(OUTLET, NOON + 1000, None, 9, "no_value")])
    assert bare(store.latest(Selection())[0]) == (OUTLET, NOON + 1000, None, 9, "no_value")


@pytest.mark.parametrize(
    ("selection", "devices"),
    [
        (Selection(site="alas-kaki"), ["press-1"]),
        (Selection(metric="ph"), ["ipal-outlet"]),
        (Selection(site="batik", metric="do"), ["bak-aerob"]),
        (Selection(devices=frozenset({"ipal-inlet", "press-1"})), ["ipal-inlet", "press-1"]),
        (Selection(devices=frozenset({f"d{n}" for n in range(500)} | {"press-1"})), ["press-1"]),
        (Selection(devices=frozenset()), []),
    ],
)
def test_latest_gives_what_is_selected(store: ReadingStore, selection: Selection, devices: list[str]) -> None:
    store.write([reading(series, NOON) for series in (OUTLET, INLET, AERASI, PRESS)])
    assert sorted(r.series.device for r in store.latest(selection)) == devices


def test_a_device_that_moved_and_changed_its_unit_is_still_one_series(store: ReadingStore) -> None:
    moved = replace(OUTLET, point="aerob", unit="mV")
    store.write([reading(OUTLET, NOON, 7.0)])
    store.write([reading(moved, NOON + 1000, 8.0)])
    assert [bare(r)[:3] for r in store.latest(Selection())] == [(moved, NOON + 1000, 8.0)]
    found = store.raw("ipal-outlet", "ph", NOON, LATER)
    assert [r.series for r in found] == [OUTLET, moved]
    assert store.buckets("ipal-outlet", "ph", NOON, LATER, HOUR) == [Bucket(NOON, 7.0, 7.5, 8.0, 2, 1, 0)]


def test_buckets_are_cut_at_multiples_of_their_width_and_empty_ones_left_out(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON + at, value) for at, value in ((0, 1.0), (59_999, 3.0), (180_000, 5.0))])
    assert store.buckets("ipal-outlet", "ph", NOON, LATER, 60_000) == [
        Bucket(NOON, 1.0, 2.0, 3.0, 2, 1, 0),
        Bucket(NOON + 180_000, 5.0, 5.0, 5.0, 1, 1, 0),
    ]


def test_buckets_are_made_of_good_readings_and_count_the_others(store: ReadingStore) -> None:
    store.write(
        [
            reading(OUTLET, NOON, 7.0),
            reading(OUTLET, NOON + 1, 6.0, 2),
            reading(OUTLET, NOON + 2, -9999.0, 4, "sentinel"),
            reading(OUTLET, NOON + 3, None, 9, "no_value"),
        ]
    )
    assert store.buckets("ipal-outlet", "ph", NOON, LATER, HOUR) == [Bucket(NOON, 6.0, 6.5, 7.0, 2, 1, 2)]


def test_without_good_readings_the_best_class_present_is_shown(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON, 8.0, 3, "stuck"), reading(OUTLET, NOON + 1, 99.0, 4, "out_of_range")])
    assert store.buckets("ipal-outlet", "ph", NOON, LATER, 60_000) == [Bucket(NOON, 8.0, 8.0, 8.0, 1, 3, 2)]


@pytest.mark.parametrize("width", [60_000, 2 * HOUR])
def test_a_bucket_of_missing_values_says_so(store: ReadingStore, width: int) -> None:
    store.write([reading(OUTLET, NOON + n, None, 9, "no_value") for n in range(3)])
    start = NOON - NOON % width
    assert store.buckets("ipal-outlet", "ph", NOON, LATER, width) == [Bucket(start, None, None, None, 0, 9, 3)]


def test_wide_buckets_agree_with_narrow_ones(store: ReadingStore) -> None:
    sent = [
        reading(OUTLET, NOON + n * 600_000, float(n % 7), 3 if n % 12 < 6 else 1, "stuck" if n % 12 < 6 else None)
        for n in range(60)
    ]
    store.write(sent)
    wide = store.buckets("ipal-outlet", "ph", NOON, NOON + 10 * HOUR, 2 * HOUR)
    assert sum(bucket.count + bucket.bad for bucket in wide) == 60
    assert all(bucket.quality == 1 for bucket in wide)


def test_buckets_hold_only_what_lies_in_the_range(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON + n * 60_000, float(n)) for n in range(60)])
    found = store.buckets("ipal-outlet", "ph", NOON + 30 * 60_000, NOON + 40 * 60_000, HOUR)
    assert found == [Bucket(NOON, 30.0, 34.5, 39.0, 10, 1, 0)]


def test_expire_removes_old_hours_and_says_how_many(store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON - HOUR + n * 1000) for n in range(3)] + [reading(OUTLET, NOON)])
    assert store.expire(NOON) == 3
    assert [r.time for r in store.raw("ipal-outlet", "ph", NOON - HOUR, LATER)] == [NOON]


def test_a_series_that_expired_wholly_has_no_latest(store: ReadingStore) -> None:
    store.write([reading(INLET, NOON - HOUR), reading(OUTLET, NOON)])
    store.expire(NOON)
    assert [r.series for r in store.latest(Selection())] == [OUTLET]
