// The page that stands in for a server that cannot be reached: says so in the reader's language, and goes on when it is back.
const AGAIN_MS = 3000

if (/^es\b/i.test(navigator.language)) {
  document.documentElement.lang = 'es'
  for (const element of document.querySelectorAll('[data-es]')) element.textContent = element.dataset.es
}

async function look() {
  if (document.visibilityState !== 'visible') return
  const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => undefined)
  if (answer?.ok) location.reload()
}

setInterval(look, AGAIN_MS)
addEventListener('online', look)
document.addEventListener('visibilitychange', look)
