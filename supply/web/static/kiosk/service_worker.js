/* Owns: that the kiosk opens without a network. Served as /kiosk/worker.js with the line `const RELEASE = …` before it: the
 * release's name, its shell, and each of its files with the digest of its content. Must never keep an answer of the API,
 * never mix two releases, and never touch a scan: those wait in the page's own store. */

/* global RELEASE */

const PREFIX = "kiosk-";
const CACHE = PREFIX + RELEASE.name;
const PATIENCE_MS = 4000; // then the kept shell opens, and the network may come when it can
const others = new Set(); // pages whose server is of another release: they get its files, never ours

addEventListener("install", (event) => event.waitUntil(keepRelease()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (url.pathname === "/kiosk") event.respondWith(page(event));
  } else if (RELEASE.files[url.pathname]) event.respondWith(file(event, url.pathname));
});

/** Every file or nothing: what does not arrive whole and exact leaves the release before it in place. */
async function keepRelease() {
  const fetched = await Promise.all(Object.entries(RELEASE.files).map(async ([path, digest]) => {
    const response = await fetch(path, { cache: "no-store", credentials: "omit" });
    const content = await response.clone().arrayBuffer();
    if (!response.ok || (digest && (await digestOf(content)) !== digest)) throw new Error(`${path} is not of this release.`);
    return [path, response];
  }));
  const cache = await caches.open(CACHE);
  await Promise.all(fetched.map(([path, response]) => cache.put(path, response)));
  await skipWaiting();
}

async function digestOf(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Pages that are open keep the scripts they run; what they load from now on is of this release. */
async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

/** The server's own page while it answers in time; else the kept shell, which says that it is offline. */
async function page(event) {
  try {
    const response = await fetch(event.request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status >= 500) return (await shell()) || response;
    const released = response.headers.get("X-Kiosk-Release");
    if (released && released !== RELEASE.name) {
      others.add(event.resultingClientId);
      registration.update().catch(() => {});
    }
    return response;
  } catch {
    return (await shell()) || Response.error();
  }
}

async function shell() {
  return (await caches.open(CACHE)).match(RELEASE.shell);
}

async function file(event, path) {
  const kept = await (await caches.open(CACHE)).match(path);
  if (kept && !others.has(event.clientId)) return kept;
  try {
    return await fetch(event.request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
