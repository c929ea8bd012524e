// The service worker of the scan page: opens it without a network. The list KEPT stands above, put there by the server.
"use strict";

const PAGE = "/scan";
const WAIT_MS = 3000;
const NAME = `hazledger-scan ${KEPT.files.join(" ")}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([...KEPT.files, PAGE])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("hazledger-scan ") && name !== NAME);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

/** The page as the network has it, kept for later; without a network, or a slow one, as it was kept. */
async function page(request) {
  const cache = await caches.open(NAME);
  const fetched = fetch(request).then(async (answer) => {
    if (answer.status === 200 && !answer.redirected) await cache.put(PAGE, answer.clone());
    return answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  const kept = await cache.match(PAGE);
  if (!kept) return fetched;
  return (await Promise.race([fetched.catch(() => null), late])) || kept;
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
  }
});
