// Pages of codes: from the network while there is one, else as they were kept. Only what anybody may see is kept:
// the server forbids to store all else.
const STORE = "hazledger-codes-1";
const MOST = 120;
const PATIENCE_MS = 4000;
const MARK = 'id="kept" hidden';

const ours = (url) => url.origin === location.origin && /^\/(Q|static)\//.test(url.pathname);
const mayKeep = (answer) => answer.ok && !answer.redirected && !/no-store/.test(answer.headers.get("cache-control") || "no-store");

async function put(request, answer) {
  const store = await caches.open(STORE);
  await store.put(request, answer);
  const keys = await store.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => store.delete(key)));
}

async function kept(request) {
  const found = await caches.match(request.url, { ignoreVary: true });
  if (!found) return undefined;
  const page = (await found.text()).replace(MARK, 'id="kept"');
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8",
    "content-security-policy": found.headers.get("content-security-policy") || "default-src 'none'" } });
}

async function page(request) {
  const copy = await kept(request);
  const asked = fetch(request).then((answer) => {
    if (mayKeep(answer)) return put(request.url, answer.clone()).then(() => answer);
    return copy && (answer.status >= 500 || answer.status === 429) ? copy : answer;
  });
  if (!copy) return asked;
  const late = new Promise((done) => { setTimeout(() => done(copy), PATIENCE_MS); });
  return Promise.race([asked, late]).catch(() => copy);
}

async function file(request) {
  const found = await caches.match(request.url, { ignoreVary: true });
  if (found) return found;
  const answer = await fetch(request);
  if (mayKeep(answer)) await put(request.url, answer.clone());
  return answer;
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  const wanted = event.data.map((name) => new URL(name)).filter(ours).slice(0, 60);
  event.waitUntil(Promise.allSettled(wanted.map(async (url) => {
    const answer = await fetch(url);
    if (mayKeep(answer)) await put(url.href, answer);
  })));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !ours(url)) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(event.request));
});
