// Keeps the last machine page and its files for a tablet that is reloaded while the network is away. Figures are never
// served from here: only the page itself (a navigation) and static files, and only when the network does not answer.
"use strict";
const KEEP = "pantau-machine-1";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const request = event.request, path = new URL(request.url).pathname;
  const page = request.mode === "navigate" && path.startsWith("/machines/");
  if (request.method !== "GET" || !(page || path.startsWith("/static/"))) return;
  event.respondWith((async () => {
    const kept = await caches.open(KEEP);
    try {
      const answer = await fetch(request);
      if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
      return answer;
    } catch (error) {
      const before = await kept.match(request);
      if (before) return before;
      throw error;
    }
  })());
});
