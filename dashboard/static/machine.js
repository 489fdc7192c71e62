// Stop reasons by one tap, also while the network is away: kept in this browser, sent later, each with its own key, so
// that what is sent twice is one record. What is kept is only let go of when the server has it, or has refused it and
// somebody has read that.
(() => {
  "use strict";
  const box = document.getElementById("waiting");
  if (!box) return;
  const PREFIX = "pantau.stops.", STORE = PREFIX + box.dataset.who, CLOCK = "pantau.clock", EVERY = 10000;
  const NEWS = "pantau.stop-news." + box.dataset.who;
  const load = (key) => { try { return JSON.parse(localStorage.getItem(key)) || []; } catch { return []; } };
  const read = () => load(STORE);
  const write = (items) => localStorage.setItem(STORE, JSON.stringify(items));
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  // The tablet's clock may be off: its distance from the server's is kept from the last time they met.
  function meet(answer) {
    const said = Date.parse(answer.headers.get("date") || "");
    if (said) localStorage.setItem(CLOCK, String(said - Date.now()));
  }
  const spoken = () => {
    const off = localStorage.getItem(CLOCK);
    return off === null ? undefined : new Date(Date.now() + Number(off)).toISOString();
  };

  function say(key, count) {
    box.hidden = !key;
    for (const line of box.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== key;
    for (const place of box.querySelectorAll("[data-count]")) place.textContent = count;
  }

  // What was answered here is not asked again, whatever the page still shows.
  function hide() {
    const said = new Set(read().map((one) => one.device + one.start));
    for (const form of document.querySelectorAll("form.reasons"))
      form.closest("[data-stop]").hidden = said.has(form.elements.device.value + form.elements.from.value);
  }

  // ── what the server answered and somebody is to read ───────────────────────────────────────────
  const news = document.getElementById("stop-news");
  const names = JSON.parse(news.dataset.reasons);
  const named = (reason) => names[reason] || reason;
  const clock = (text) => new Date(text).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit", timeZone: news.dataset.zone });
  const filled = (text, words) => text.replace(/\{(\w+)\}/g, (_, key) => words[key]);

  function tell() {
    const items = load(NEWS);
    news.hidden = !items.length;
    news.querySelector("ul").replaceChildren(...items.map((one) => {
      const line = document.createElement("li");
      line.textContent = filled(news.dataset[one.kind], {
        from: clock(one.start), until: clock(one.stop), reason: named(one.reason), who: one.who || "", other: named(one.other || ""),
      });
      return line;
    }));
  }

  function note(items, answers) {
    const of = new Map(items.map((one) => [one.key, one])), found = load(NEWS);
    for (const answer of answers) {
      const item = of.get(answer.key);
      if (!item) continue;
      if (answer.problem) found.push({ ...item, kind: "refused" });
      for (const other of answer.others || [])
        found.push({ ...item, kind: other.holds ? "theirs" : "ours", who: other.who, other: other.reason });
    }
    localStorage.setItem(NEWS, JSON.stringify(found.slice(-50)));
    tell();
  }

  // ── sending ────────────────────────────────────────────────────────────────────────────────────
  const send = (items) => fetch("/api/v1/machines/stops", {
    method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": box.dataset.csrf },
    body: JSON.stringify({ items: items.map(({ device, start, stop, reason, going_on, key, time }) => ({ device, start, stop, reason, going_on, key, time })) }),
  });

  // A page kept from before a new login carries the old token. Only the same person's page is taken for a new one.
  async function renewed() {
    const answer = await fetch(location.pathname, { headers: { "Cache-Control": "no-cache" } });
    if (!answer.ok || answer.redirected) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("waiting");
    if (!fresh || fresh.dataset.who !== box.dataset.who || fresh.dataset.csrf === box.dataset.csrf) return false;
    box.dataset.csrf = fresh.dataset.csrf;
    return true;
  }

  let busy = false;
  async function sync() {
    const items = read().slice(0, 100);
    if (!items.length || busy) return;
    busy = true;
    try {
      let answer = await send(items);
      if ((answer.status === 401 || answer.status === 403) && await renewed()) answer = await send(items);
      meet(answer);
      if (answer.status === 401 || answer.status === 403) return say("login", read().length);
      if (!answer.ok) return say("kept", read().length);
      const answers = (await answer.json()).items;
      const done = new Set(answers.map((one) => one.key));
      note(items, answers); // before it is let go of
      write(read().filter((one) => !done.has(one.key)));
      const kept = answers.filter((one) => !one.problem).length;
      say(read().length ? "kept" : kept ? "sent" : "", read().length || kept);
      const live = document.getElementById("live");
      if (live && window.htmx) window.htmx.trigger(live, "pantau:refresh");
    } catch {
      say("kept", read().length);
    } finally {
      busy = false;
    }
  }

  // Reasons that other people gave on this tablet and that wait for them to log in again.
  function others() {
    const waiting = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && key !== STORE && load(key).length);
    const line = document.getElementById("others-waiting");
    line.hidden = !waiting.length;
    line.querySelector("[data-names]").textContent = waiting.map((key) => `${key.slice(PREFIX.length)} (${load(key).length})`).join(", ");
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.reasons") || !event.submitter) return;
    const given = form.elements;
    const item = {
      device: given.device.value, start: given.from.value, stop: given.until.value, reason: event.submitter.value,
      going_on: given.going_on.value === "1", key: newKey(),
    };
    const time = spoken();
    if (time) item.time = time;
    try {
      write([...read(), item]);
    } catch {
      return; // the browser keeps nothing (full, or forbidden): the form is posted as it is
    }
    event.preventDefault();
    hide();
    say("kept", read().length);
    sync();
  });
  news.querySelector("button").addEventListener("click", () => { localStorage.removeItem(NEWS); tell(); });
  document.addEventListener("htmx:afterSettle", hide);
  addEventListener("online", sync);
  setInterval(sync, EVERY);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/machine-worker.js", { scope: "/machines/" }).catch(() => {});
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  hide();
  tell();
  others();
  if (read().length) say("kept", read().length);
  fetch("/api/v1/me").then(meet, () => {}).then(sync);
})();
