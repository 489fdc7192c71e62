// The visitors' screen: live values for weeks without anybody near it. Nothing is added to the page, only changed.
(() => {
  "use strict";
  const body = document.body, base = body.dataset.base, query = "?language=" + body.dataset.language;
  const SILENT = 20000, FADE = 60000, RELOAD_AT = 3, RELOAD_LEAST = 60000;
  const byKey = new Map();
  for (const element of document.querySelectorAll("[data-key]"))
    byKey.set(element.dataset.key, {
      element, v: element.querySelector(".v"), u: element.querySelector(".u"), r: element.querySelector(".r"),
    });
  const lost = document.getElementById("lost"), away = document.getElementById("away");
  const verdict = document.getElementById("verdict"), word = document.getElementById("word");
  const because = document.getElementById("because"), clock = document.getElementById("clock");
  const startedAt = performance.now();
  let heardAt = performance.now(), source = null, reloading = false, updates = 0;

  function say(node, text) { if (node.firstChild) { if (node.firstChild.data !== text) node.firstChild.data = text; } else node.textContent = text; }

  function show(state) {
    heardAt = performance.now();
    lost.hidden = true; away.hidden = !state.away; body.classList.remove("lost");
    say(clock, state.clock);
    if (verdict) { verdict.dataset.condition = state.condition; say(word, state.verdict); say(because, state.because); }
    for (const [key, value] of Object.entries(state.values)) {
      const found = byKey.get(key);
      if (!found) { reload(); continue; } // a device came that the page does not know
      found.element.dataset.standing = value.s;
      say(found.v, value.v); say(found.u, value.u); say(found.r, value.r);
    }
    body.dataset.updates = ++updates;
    if (state.version !== body.dataset.version) reload();
  }

  // Only where the server answers: a browser's own error page would stay for ever.
  async function reload() {
    if (reloading || performance.now() - startedAt < RELOAD_LEAST) return;
    reloading = true;
    try {
      const answer = await fetch(base + "/now" + query, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (answer.ok || answer.status === 404) { location.reload(); return; }
    } catch { /* not back yet */ }
    reloading = false;
  }

  function open() {
    if (source) source.close();
    source = new EventSource(base + "/stream" + query);
    source.addEventListener("now", (event) => show(JSON.parse(event.data)));
    source.addEventListener("gone", () => location.reload());
  }

  let openedAt = performance.now();
  function watch() {
    const now = performance.now(), silent = now - heardAt;
    if (silent > SILENT) {
      if (lost.hidden) { say(lost, body.dataset.lost.replace("{at}", clock.textContent)); lost.hidden = false; }
      if (now - openedAt > SILENT) { openedAt = now; open(); }
      if (silent > FADE) body.classList.add("lost");
      if (silent > 5 * FADE) reload();
    }
    const local = new Date();
    if (local.getHours() === RELOAD_AT && now - startedAt > 2 * 3600000) reload();
  }
  setInterval(watch, 2000);
  window.addEventListener("error", reload);
  window.addEventListener("unhandledrejection", reload);
  window.addEventListener("pagehide", () => { if (source) source.close(); });
  open();
})();
