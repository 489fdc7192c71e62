// Keeps a page true between loads: values from the live stream, ages that count, and a word when the stream is lost.
(() => {
  "use strict";
  const body = document.body;
  const language = body.dataset.language;
  const LOST_AFTER = 10000, REFRESH_AT_MOST = 3000;
  const loadedAt = performance.now();
  const serverNow = () => Number(body.dataset.now) + (performance.now() - loadedAt);
  const AGES = language === "en" ? [" s", " min", " h", " d"] : [" detik", " menit", " jam", " hari"];

  function age(span) {
    const s = Math.max(0, Math.floor(span / 1000));
    if (s >= 172800) return Math.floor(s / 86400) + AGES[3];
    if (s >= 7200) return Math.floor(s / 3600) + AGES[2];
    if (s >= 120) return Math.floor(s / 60) + AGES[1];
    return s + AGES[0];
  }

  const formats = new Map();
  function number(value, decimals) {
    if (value === null) return "–";
    if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -decimals)
      return value.toPrecision(2).replace(".", language === "en" ? "." : ",");
    if (!formats.has(decimals))
      formats.set(decimals, new Intl.NumberFormat(language === "en" ? "en-GB" : "id-ID",
        { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
    return formats.get(decimals).format(value);
  }

  // Words and verdicts are the server's: when one would change, the part of the page is asked for again.
  let refreshDue = 0, refreshedAt = -Infinity;
  function refresh() {
    const live = document.getElementById("live");
    if (!live || refreshDue || !window.htmx) return;
    const wait = Math.max(300, REFRESH_AT_MOST - (performance.now() - refreshedAt));
    refreshDue = setTimeout(() => {
      refreshDue = 0; refreshedAt = performance.now();
      const now = document.getElementById("live");
      if (now) window.htmx.trigger(now, "pantau:refresh");
    }, wait);
  }

  function standing(element, item, at) {
    if (serverNow() - at > Number(element.dataset.patience) && !item.metric.startsWith("online")) return "stale";
    if (item.quality > 2 || item.value === null) return "bad";
    const bounds = (element.dataset.bounds || "").trim();
    if (!bounds) return "free";
    const outside = bounds.split(" ").some((pair) => {
      const [low, high] = pair.split(":");
      return (low !== "" && item.value < Number(low)) || (high !== "" && item.value > Number(high));
    });
    return outside ? "outside" : "within";
  }

  function showMachine(element, item) {
    const state = item.quality > 2 || item.value === null ? "not_available" : item.value > 0.5 ? "executing" : "not_executing";
    if (element.dataset.machine !== state && element.dataset.machine !== "out_of_service") refresh();
  }

  function show(element, item) {
    const at = Date.parse(item.time);
    if (element.dataset.machine !== undefined) return showMachine(element, item);
    if (at < Number(element.dataset.at)) return undefined; // it came late: the newest stays
    element.dataset.at = at;
    const next = standing(element, item, at);
    const was = element.dataset.standing;
    // a broken value's remark names the limit or the reason: let the server say it
    if (next !== was || next === "bad" || next === "stale") refresh();
    if (next === "outside" && was === next || next === "within" || next === "free") {
      const value = element.querySelector(".v");
      if (element.dataset.on !== undefined)
        value.textContent = item.value > 0.5 ? element.dataset.on : element.dataset.off;
      else value.textContent = number(item.value, Number(element.dataset.decimals));
    }
    return undefined;
  }

  function onReadings(event) {
    const newest = new Map();
    for (const item of JSON.parse(event.data).items) newest.set(item.device + "/" + item.metric, item);
    for (const element of document.querySelectorAll("[data-series]")) {
      const item = newest.get(element.dataset.series);
      if (item) show(element, item);
    }
    document.dispatchEvent(new CustomEvent("pantau:readings", { detail: newest }));
  }

  // ── ages tick, and a value that grows too old is no longer shown as fresh ──
  function tick() {
    const now = serverNow();
    for (const element of document.querySelectorAll("time[data-at]")) {
      const text = element.querySelector("[data-age]");
      if (text) text.textContent = age(now - Number(element.dataset.at));
    }
    for (const element of document.querySelectorAll("[data-standing=within],[data-standing=outside],[data-standing=free]"))
      if (element.dataset.series.endsWith("/online") === false && Number(element.dataset.at) > 0
          && now - Number(element.dataset.at) > Number(element.dataset.patience)) refresh();
  }
  setInterval(tick, 1000);

  // ── the stream ──
  const lost = document.getElementById("lost");
  let lostTimer = 0;
  function isLost() {
    if (!lostTimer) lostTimer = setTimeout(() => { lost.hidden = false; }, LOST_AFTER);
  }
  function isBack() {
    clearTimeout(lostTimer); lostTimer = 0;
    if (!lost.hidden) { lost.hidden = true; refresh(); }
  }
  let source = null;
  function open() {
    source = new EventSource(body.dataset.stream);
    source.addEventListener("open", isBack);
    source.addEventListener("ready", isBack);
    source.addEventListener("readings", onReadings);
    source.addEventListener("alert", () => { refresh(); document.dispatchEvent(new CustomEvent("pantau:alert")); });
    source.addEventListener("resync", refresh);
    source.addEventListener("error", () => {
      isLost();
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 5000); // refused: browsers do not try again
    });
  }
  window.addEventListener("pagehide", () => { if (source) source.close(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { open(); refresh(); } });

  // What somebody unfolded stays unfolded when the part of the page is asked for again.
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", () => {
    unfolded = [...document.querySelectorAll("#live details[open][id]")].map((one) => one.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of unfolded) { const one = document.getElementById(id); if (one) one.open = true; }
  });

  // A conflict or a refused form is an answer to show, not an error to swallow.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status === 409 || status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  document.addEventListener("htmx:sendError", isLost);
  open();
})();
