// SPDX-License-Identifier: Apache-2.0
// Keeps the page that verifies codes on paper, all it loads, and the issuers' keys, so that it works without a
// network. KEPT is written above by the server; another version of anything is another cache.
const NAME = `gakusho-paper-${KEPT.version}`;
const pages = KEPT.languages.map((language) => `${KEPT.page}?lang=${language}`);

// A network that hangs is none; the kept page is there at once.
const soon = (asked) => Promise.race([asked, new Promise((_, refuse) => { setTimeout(() => refuse(new Error("too slow")), KEPT.patience); })]);

const fetched = (address) => fetch(address, { cache: "reload", credentials: "omit" });

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await Promise.all([...pages, ...KEPT.files, KEPT.keys].map(async (address) => {
      const answer = await fetched(address);
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      await cache.put(address, answer);
    }));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("gakusho-paper-") && name !== NAME);
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

const keptPage = async (request) => {
  const asked = new URL(request.url).searchParams.get("lang");
  const spoken = KEPT.languages.find((language) => (navigator.language ?? "").startsWith(language));
  const language = KEPT.languages.includes(asked) ? asked : spoken ?? KEPT.languages[0];
  return (await caches.open(NAME)).match(`${KEPT.page}?lang=${language}`);
};

// The server's page, else the kept one: also where something before the server says that it is away.
const page = async (request) => {
  let answer;
  try { answer = await soon(fetch(request)); } catch { answer = undefined; }
  if (answer && answer.status < 500) return answer;
  return (await keptPage(request)) ?? answer ?? Response.error();
};

// The newest keys there are: from the server, else those kept, which say how old they are.
const keys = async () => {
  const cache = await caches.open(NAME);
  try {
    const answer = await soon(fetched(KEPT.keys));
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.clone().json();
    if (!told.issuers || !told.asOf) throw new Error("somebody else's answer");
    await cache.put(KEPT.keys, answer.clone());
    return answer;
  } catch {
    return cache.match(KEPT.keys);
  }
};

const file = async (request) => (await (await caches.open(NAME)).match(request)) ?? fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname === KEPT.page) event.respondWith(page(request));
  else if (address.pathname === KEPT.keys) event.respondWith(keys());
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
});
