// Draws the trend of one metric. A gap in the data is a gap in the line; bad data are marks beside it, never part of it.
(() => {
  "use strict";
  const place = document.getElementById("chart");
  const source = document.getElementById("chart-data");
  if (!place || !source || !window.uPlot) return;
  const language = document.body.dataset.language;
  const locale = language === "en" ? "en-GB" : "id-ID";
  let data = JSON.parse(source.textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const zone = data.zone, loadedAt = performance.now(), firstStop = data.stop; // the server's clock, not the phone's
  const HEIGHT = window.innerWidth < 768 ? 260 : 340, ROWS = 3; // rows of labels above the plot

  const number = (value, decimals) => value === null || value === undefined ? "–"
    : new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
  const two = (n) => String(n).padStart(2, "0");
  function when(seconds, span) { // in the site's zone, whatever the phone's
    const d = uPlot.tzDate(new Date(seconds * 1000), zone);
    const clock = two(d.getHours()) + (language === "en" ? ":" : ".") + two(d.getMinutes());
    const day = two(d.getDate()) + "/" + two(d.getMonth() + 1);
    return span === "clock" ? clock : span === "day" ? day : day + "/" + d.getFullYear() + " " + clock;
  }

  const moment = (b) => typeof b.time === "number" ? b.time : Date.parse(b.time);
  // [x, low, high, mean, bad, corrected]: a break is put where two neighbours are further apart than readings may be.
  function columns(items) {
    const x = [], low = [], high = [], mean = [], bad = [], corrected = [];
    const times = items.map(moment);
    const fixed = new Map(data.corrected.map((b) => [moment(b), b.mean]));
    let step = Infinity;
    for (let i = 1; i < times.length; i++) step = Math.min(step, times[i] - times[i - 1]);
    const joins = Math.max(Number.isFinite(step) ? step * 1.5 : 0, data.gap);
    let breaks = 0;
    items.forEach((b, i) => {
      if (i && times[i] - times[i - 1] > joins) {
        breaks += 1;
        x.push((times[i - 1] + times[i]) / 2000);
        for (const column of [low, high, mean, bad, corrected]) column.push(null);
      }
      const good = b.quality <= 2;
      x.push(times[i] / 1000);
      low.push(good ? b.min : null); high.push(good ? b.max : null); mean.push(good ? b.mean : null);
      bad.push(good ? null : b.mean);
      corrected.push(good ? fixed.get(times[i]) ?? null : null);
    });
    place.dataset.breaks = breaks;
    place.dataset.corrected = corrected.filter((value) => value !== null).length;
    return [x, low, high, mean, bad, corrected];
  }

  // Limits are in view unless they are so far away that the line would be flat.
  function range(u, least, most) {
    let low = least === null ? Infinity : least, high = most === null ? -Infinity : most;
    if (low === Infinity) // nothing good in view: then what is bad decides
      for (const value of u.data[4]) if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
    const span = Math.max(high - low, 1e-9);
    for (const limit of data.limits)
      if (low === Infinity || (limit.value > low - 20 * span && limit.value < high + 20 * span)) {
        low = Math.min(low, limit.value); high = Math.max(high, limit.value);
      }
    if (low === Infinity) return [0, 1];
    const margin = (high - low || Math.abs(high) || 1) * 0.08;
    return [low - margin, high + margin];
  }

  function drawLimits(u) {
    const ctx = u.ctx, ratio = devicePixelRatio || 1, box = u.bbox;
    ctx.save();
    ctx.font = 12 * ratio + "px system-ui, sans-serif";
    for (const limit of data.limits) {
      const y = u.valToPos(limit.value, "y", true);
      if (y < box.top || y > box.top + box.height) continue;
      ctx.strokeStyle = ctx.fillStyle = limit.legal ? colour("--danger") : colour("--muted");
      ctx.lineWidth = 1.5 * ratio;
      ctx.setLineDash([6 * ratio, 4 * ratio]);
      ctx.beginPath(); ctx.moveTo(box.left, y); ctx.lineTo(box.left + box.width, y); ctx.stroke();
      ctx.setLineDash([]);
      ctx.textAlign = "right"; ctx.textBaseline = y - box.top < 16 * ratio ? "top" : "bottom";
      ctx.fillText(limit.label, box.left + box.width - 4 * ratio, y + (ctx.textBaseline === "top" ? 3 : -3) * ratio);
    }
    ctx.restore();
  }

  function drawMarks(u) { // from here on another correction holds
    const ctx = u.ctx, ratio = devicePixelRatio || 1, box = u.bbox;
    ctx.save();
    ctx.font = 12 * ratio + "px system-ui, sans-serif"; ctx.strokeStyle = ctx.fillStyle = colour("--accent"); ctx.lineWidth = 1.5 * ratio;
    data.marks.forEach((one, i) => {
      const x = u.valToPos(one.time / 1000, "x", true), right = x > box.left + box.width / 2;
      if (x < box.left || x > box.left + box.width) return;
      ctx.setLineDash([2 * ratio, 3 * ratio]); ctx.beginPath(); ctx.moveTo(x, box.top); ctx.lineTo(x, box.top + box.height); ctx.stroke();
      ctx.setLineDash([]); ctx.textAlign = "left"; ctx.textBaseline = "bottom";
      const wide = ctx.measureText(one.label).width, edge = box.left + box.width - wide;
      const from = Math.max(box.left, Math.min(edge, right ? x - wide - 4 * ratio : x + 4 * ratio));
      ctx.fillText(one.label, from, box.top - (3 + 15 * (i % ROWS)) * ratio); // above the plot: it hides no value
    });
    ctx.restore();
  }

  function drawBad(u) { // diamonds: the shape says it too
    const ctx = u.ctx, box = u.bbox, ratio = devicePixelRatio || 1, size = 4.5 * ratio;
    ctx.save(); ctx.fillStyle = colour("--danger");
    u.data[4].forEach((value, i) => {
      if (value === null) return;
      mark(u.valToPos(u.data[0][i], "x", true), u.valToPos(value, "y", true));
    });
    for (const item of data.items) // a stretch with good and bad readings: its bad ones are marked at the foot
      if (item.bad > 0 && item.quality <= 2)
        mark(u.valToPos((typeof item.time === "number" ? item.time : Date.parse(item.time)) / 1000, "x", true), box.top + box.height);
    ctx.restore();

    function mark(x, where) { // a value beyond the scale is marked at its edge; the figure is in the table
      const y = Math.min(Math.max(where, box.top), box.top + box.height);
      ctx.beginPath(); ctx.moveTo(x, y - size); ctx.lineTo(x + size, y); ctx.lineTo(x, y + size); ctx.lineTo(x - size, y);
      ctx.closePath(); ctx.fill();
    }
  }

  const words = place.dataset;
  const figure = (u, value) => number(value, data.decimals);
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 0.5 }, ticks: { stroke: colour("--line"), width: 0.5 } };
  const edge = { width: 0, points: { show: false }, value: figure, spanGaps: false };
  const days = data.span > 2 * 86400000;
  function tickWords(u, splits) {
    return splits.map((s) => days ? when(s, "day") : when(s, "clock"));
  }
  const rows = Math.min(ROWS, data.marks ? data.marks.length : 0);
  const options = {
    ...(rows ? { padding: [8 + 15 * rows, null, null, null] } : {}),
    width: place.clientWidth, height: HEIGHT, tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    scales: { x: { range: () => [data.start / 1000, data.stop / 1000] }, y: { range } },
    axes: [{ ...axis, values: tickWords, space: 56, ...(days ? { incrs: [1, 2, 3, 5, 7, 14, 30, 90].map((n) => n * 86400) } : {}) }, { ...axis, size: 56, values: (u, splits) => {
      const step = splits.length > 1 ? Math.abs(splits[1] - splits[0]) : 1;
      return splits.map((v) => number(v, step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0));
    }, ...(words.unit ? { label: words.unit, labelSize: 20, labelFont: "12px system-ui, sans-serif" } : {}) }],
    bands: [{ series: [2, 1], fill: colour("--bar-soft") + "66" }],
    series: [
      { label: words.time, value: (u, value) => value === null ? "–" : when(value) },
      { label: words.low, stroke: colour("--bar-soft"), ...edge }, { label: words.high, stroke: colour("--bar-soft"), ...edge },
      { label: words.mean, stroke: colour("--ink"), width: 1.5, points: { size: 3 }, value: figure, spanGaps: false },
      { label: words.bad, stroke: colour("--danger"), paths: () => null, points: { show: false }, value: figure, auto: false },
      ...(data.corrected.length ? [{ label: words.fixed, stroke: colour("--accent"), width: 2.5, dash: [8, 4], points: { size: 3 }, value: figure, spanGaps: false }] : []),
    ],
    hooks: { draw: [drawLimits, drawMarks, drawBad] },
  };
  const shown = () => columns(data.items).slice(0, options.series.length);
  const chart = new uPlot(options, shown(), place);
  place.dataset.drawn = data.items.length;
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);

  // ── a chart that ends now moves on: at most every ten seconds, and only when its series spoke ──
  let askedAt = performance.now(), asking = false;
  function changed(items, fixed) {
    const raw = new Map(items.map((b) => [moment(b), b.mean]));
    return (fixed || []).filter((b) => b.mean !== null && b.quality <= 2 && b.mean !== raw.get(moment(b)));
  }
  async function again() {
    const stop = Math.round(firstStop + performance.now() - loadedAt), start = stop - data.span;
    const query = new URLSearchParams({ device: data.device, metric: data.metric, max_points: data.points,
      start: new Date(start).toISOString(), stop: new Date(stop).toISOString() });
    const ask = async (more) => { const answer = await fetch("/api/v1/readings?" + query + more); return answer.ok ? (await answer.json()).items : null; };
    const items = await ask("");
    if (!items) return;
    data = { ...data, start, stop, items, corrected: data.corrected.length ? changed(items, await ask("&corrected=true")) : [] };
    chart.setData(shown());
    place.dataset.drawn = data.items.length;
  }
  document.addEventListener("pantau:readings", (event) => {
    const due = performance.now() - askedAt > Math.max(10000, data.span / 400);
    if (!data.live || asking || !due || document.hidden || !event.detail.has(data.device + "/" + data.metric)) return;
    asking = true; askedAt = performance.now();
    again().catch(() => {}).finally(() => { asking = false; });
  });
})();
