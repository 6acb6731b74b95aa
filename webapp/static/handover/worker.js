// Keeps the inspector's page for when there is no network. It holds no homes and no names: those are the page's own.
const NAME = 'inspect-VERSION'
const KEPT = 'KEPT'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll(KEPT)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  const drop = (names) => Promise.all(names.filter((one) => one.startsWith('inspect-') && one !== NAME).map((one) => caches.delete(one)))
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()))
})

async function page(request) {
  try {
    const fresh = await fetch(request)
    if (fresh.ok && !fresh.redirected) (await caches.open(NAME)).put(KEPT[0], fresh.clone())
    return fresh
  } catch {
    return (await caches.match(KEPT[0])) || Response.error()
  }
}

self.addEventListener('fetch', (event) => {
  const address = new URL(event.request.url)
  if (event.request.method !== 'GET' || address.origin !== location.origin) return
  if (event.request.mode === 'navigate' && address.pathname === new URL(KEPT[0], location).pathname) event.respondWith(page(event.request))
  else if (KEPT.includes(address.pathname + address.search)) event.respondWith(caches.match(event.request).then((held) => held || fetch(event.request)))
})
