// How the face is built: hashed assets and no inline script, so that `script-src 'self'` holds.
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

const server = 'http://localhost:3000'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/auth': server, '/api': server, '/rpc': { target: server, ws: true } } },
})
