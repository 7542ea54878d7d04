// The sentences of the graph of a workflow in English; web/text/en.ts takes them in.
export const graphEn = {
  'graph.label': 'Steps and their order',
  'graph.after': 'after {names}',
} as const
