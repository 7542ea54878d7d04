// The service worker: one page for when the server cannot be reached. It never keeps the app itself, so no version of it is
// ever served that the server does not have.
const CACHE = 'offline-1'
const FILES = ['/offline.html', '/offline.js']

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)))
  self.skipWaiting()
})

addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))),
      ),
  )
})

addEventListener('fetch', (event) => {
  const { mode, url } = event.request
  if (mode === 'navigate') event.respondWith(fetch(event.request).catch(() => caches.match('/offline.html')))
  else if (new URL(url).pathname === '/offline.js')
    event.respondWith(fetch(event.request).catch(() => caches.match('/offline.js')))
})
