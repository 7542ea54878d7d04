// The sentences of the graph of a workflow in English; web/text/en.ts takes them in.
export const graphEn = {
  'graph.label': 'Steps and their order',
  'graph.after': 'after {names}',
  'graph.tools': 'Size of the graph',
  'graph.smaller': 'Smaller',
  'graph.larger': 'Larger',
  'graph.fit': 'Fit',
  'graph.failed': 'Next failed of {n}',
} as const
