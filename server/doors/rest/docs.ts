// The reference page of the ops, one static page without a script or a request of its own.
import type { Op } from '#dsl/op.ts'
import { inputSchema } from '#server/doors/json-schema.ts'
import { restOps } from './openapi.ts'
import type { Route } from './routes.ts'
import { ROUTES } from './routes.ts'

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
section{border-top:1px solid #8886;padding:1rem 0}code,pre{font-family:ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0}
pre{overflow:auto;padding:.75rem;background:#8882;border-radius:.5rem}nav a{display:inline-block;padding:.25rem .5rem}`

export function docsPage(): string {
  const ops = restOps()
  const links = ops.map(({ name }) => `<a href="#${name}">${escape(name)}</a>`).join(' ')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Chispart: ops</title><style>${STYLE}</style></head><body>
<h1>Ops</h1>
<p>Call one by <code>POST /api/ops/{name}</code> with a JSON object and <code>Authorization: Bearer …</code>.
The same names work on the WebSocket <code>/rpc</code>. For machines: <a href="/api/openapi.json">openapi.json</a>.</p>
<nav>${links}</nav>
<table><tr><th>Path</th><th>Op</th></tr>${ROUTES.map(pathRow).join('')}</table>
${ops.map(section).join('\n')}
</body></html>`
}

function section(op: Op): string {
  const { properties = {}, required = [] } = inputSchema(op) as {
    properties?: Record<string, Record<string, unknown>>
    required?: string[]
  }
  const rows = Object.entries(properties).map(([name, field]) => row(name, field, required.includes(name)))
  const also = op.aliases.length > 0 ? `<p>Also called ${op.aliases.map(escape).join(', ')}.</p>` : ''
  const table = `<table><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>${rows.join('')}</table>`
  return `<section id="${op.name}"><h2><code>${escape(op.name)}</code></h2><p>${escape(op.summary)}.</p>${also}
${rows.length > 0 ? table : '<p>It takes no fields.</p>'}</section>`
}

function pathRow({ method, path, op }: Route): string {
  return `<tr><td><code>${method} ${escape(path)}</code></td><td><a href="#${op}">${escape(op)}</a></td></tr>`
}

function row(name: string, field: Record<string, unknown>, required: boolean): string {
  const type = typeof field['type'] === 'string' ? field['type'] : 'any'
  const meaning = typeof field['description'] === 'string' ? field['description'] : ''
  return `<tr><td><code>${escape(name)}</code></td><td>${escape(type)}${required ? '' : ', optional'}</td><td>${escape(meaning)}</td></tr>`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
