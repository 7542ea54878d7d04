// The built web face, as files. It serves nothing outside its folder, and one page for every path of the face.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { compress } from 'hono/compress'

/** Vite puts a content hash into every name below it. */
const HASHED = '/assets/'
const FOR_EVER = 'public, max-age=31536000, immutable'

/** `folder` is absolute. Without a build in it, every page says what to run. */
export function webDoor(folder: string): Hono {
  const app = new Hono()
  const index = join(folder, 'index.html')
  app.get('*', async (c, next) => {
    await next()
    const hashed = c.res.status === 200 && c.req.path.startsWith(HASHED)
    c.header('cache-control', hashed ? FOR_EVER : 'no-cache')
  })
  app.use(`${HASHED}*`, compress())
  app.get('*', serveStatic({ root: folder }))
  app.get('*', (c) => {
    if (c.req.path.startsWith(HASHED) || !wantsPage(c.req.header('accept'))) return c.text('Not found.', 404)
    if (!existsSync(index)) return c.text('The web face is not built. Run: npm run build', 503)
    return c.html(readFileSync(index, 'utf8'))
  })
  return app
}

function wantsPage(accept = '*/*'): boolean {
  return accept.includes('text/html') || accept.includes('*/*')
}
