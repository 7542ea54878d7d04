// The sentences of the graph of a workflow in Spanish; web/text/es.ts takes them in.
import type { graphEn } from './graph.en.ts'

export const graphEs: Record<keyof typeof graphEn, string> = {
  'graph.label': 'Pasos y su orden',
  'graph.after': 'después de {names}',
  'graph.tools': 'Tamaño del grafo',
  'graph.smaller': 'Más pequeño',
  'graph.larger': 'Más grande',
  'graph.fit': 'Ajustar',
  'graph.failed': 'Siguiente fallo de {n}',
}
