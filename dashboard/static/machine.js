// Stop reasons by one tap, also while the network is away: kept in this browser, sent later, each with its own key, so
// that what is sent twice is one record.
(() => {
  "use strict";
  const box = document.getElementById("waiting");
  if (!box) return;
  const STORE = "pantau.stops." + box.dataset.who, CLOCK = "pantau.clock", EVERY = 10000;
  const read = () => { try { return JSON.parse(localStorage.getItem(STORE)) || []; } catch { return []; } };
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

  let busy = false;
  async function sync() {
    const items = read();
    if (!items.length || busy) return;
    busy = true;
    try {
      const answer = await fetch("/api/v1/machines/stops", {
        method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": box.dataset.csrf },
        body: JSON.stringify({ items: items.slice(0, 100) }),
      });
      meet(answer);
      if (answer.status === 401 || answer.status === 403) return say("login", items.length);
      if (!answer.ok) return say("kept", items.length);
      const answers = (await answer.json()).items;
      const done = new Set(answers.map((one) => one.key));
      write(read().filter((one) => !done.has(one.key)));
      const refused = answers.filter((one) => one.problem).length;
      say(refused ? "refused" : read().length ? "kept" : "sent", refused || answers.length);
      const live = document.getElementById("live");
      if (live && window.htmx) window.htmx.trigger(live, "pantau:refresh");
    } catch {
      say("kept", items.length);
    } finally {
      busy = false;
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.reasons") || !event.submitter) return;
    event.preventDefault();
    const given = form.elements;
    const item = {
      device: given.device.value, start: given.from.value, stop: given.until.value, reason: event.submitter.value,
      going_on: given.going_on.value === "1", key: newKey(),
    };
    const time = spoken();
    if (time) item.time = time;
    write([...read(), item]);
    hide();
    say("kept", read().length);
    sync();
  });
  document.addEventListener("htmx:afterSettle", hide);
  addEventListener("online", sync);
  setInterval(sync, EVERY);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/machine-worker.js", { scope: "/machines/" }).catch(() => {});
  hide();
  if (read().length) say("kept", read().length);
  fetch("/api/v1/me").then(meet, () => {}).then(sync);
})();
