// The visitors' screen: live values for weeks without anybody near it. Nothing is added to the page, only changed.
(() => {
  "use strict";
  const body = document.body, base = body.dataset.base, query = "?language=" + body.dataset.language;
  const SILENT = 20000, FADE = 60000, RELOAD_AT = 3, RELOAD_LEAST = 60000, RELOAD_TRY = 30000;
  const PAUSE_LEAST = 3000, PAUSE_MOST = 60000; // between two tries to open the stream, doubled each time
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
  let pause = PAUSE_LEAST, openAt = Infinity, triedAt = -Infinity;

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
    const now = performance.now();
    if (reloading || now - startedAt < RELOAD_LEAST || now - triedAt < RELOAD_TRY) return;
    reloading = true; triedAt = now;
    try {
      const answer = await fetch(base + "/now" + query, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (answer.ok || answer.status === 404) { location.reload(); return; }
    } catch { /* not back yet */ }
    reloading = false;
  }

  function open() {
    openAt = Infinity;
    source = new EventSource(base + "/stream" + query);
    source.onerror = () => { // the server ended it, restarts, is away, or refused it
      if (source.readyState === 2) look();
      later();
    };
    source.addEventListener("now", (event) => { pause = PAUSE_LEAST; show(JSON.parse(event.data)); });
    source.addEventListener("gone", () => location.reload());
  }

  // A stream that was refused: the link was revoked, or there are too many screens; then one look is better than none.
  async function look() {
    try {
      const answer = await fetch(base + "/now" + query, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (answer.status === 404) location.reload(); else if (answer.ok) show(await answer.json());
    } catch { /* away */ }
  }

  // Screens that lost the same server do not all come back in the same moment.
  function later() {
    if (source) source.close();
    openAt = performance.now() + pause * (0.5 + Math.random() / 2);
    pause = Math.min(2 * pause, PAUSE_MOST);
  }

  let openedAt = performance.now();
  function watch() {
    const now = performance.now(), silent = now - heardAt;
    if (silent > SILENT) {
      if (lost.hidden) { say(lost, body.dataset.lost.replace("{at}", clock.textContent)); lost.hidden = false; }
      if (openAt === Infinity && now - openedAt > SILENT) { openedAt = now; later(); } // open, and says nothing
      if (silent > FADE) body.classList.add("lost");
      if (silent > 5 * FADE) reload();
    }
    if (now >= openAt) { openedAt = now; open(); }
    const local = new Date();
    if (local.getHours() === RELOAD_AT && now - startedAt > 2 * 3600000) reload();
  }
  setInterval(watch, 2000);
  window.addEventListener("error", reload);
  window.addEventListener("unhandledrejection", reload);
  window.addEventListener("pagehide", () => { if (source) source.close(); });
  open();
})();
