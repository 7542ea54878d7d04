// Who may import whom. Every rule carries its reason; a rule without one is not a rule.
const layer = (name, mayImport, comment) => ({
  name: `${name}-is-a-layer`,
  comment,
  severity: 'error',
  from: { path: `^${name}/` },
  to: { path: `^(dsl|runtime|server|web|cli|infra|e2e)/`, pathNot: `^(${[name, ...mayImport].join('|')})/` },
})
const onlyBy = (module, path, comment) => ({
  name: `${module}-has-one-importer`,
  comment,
  severity: 'error',
  from: { pathNot: [path, '\\.test\\.ts$', '/test-[^/]+\\.ts$', '^e2e/bench/'] },
  to: { path: `node_modules/${module}/` },
})

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no reading order.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    layer('dsl', [], 'The language depends on nothing, so that every face may speak it.'),
    layer('runtime', ['dsl'], 'The hands know the language, never who moves them.'),
    layer('server', ['dsl', 'runtime'], 'The switchboard may use the hands; faces are not its business.'),
    layer('web', ['dsl'], 'A browser bundle must hold no server code.'),
    layer('cli', ['dsl'], 'The CLI starts the runtime as a process; it never links it in.'),
    {
      name: 'ops-are-islands',
      comment: 'An op that calls an op hides a power it did not declare.',
      severity: 'error',
      from: { path: '^dsl/ops/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^dsl/ops/[^/]+/', pathNot: '^dsl/ops/$1/' },
    },
    {
      name: 'doors-do-not-know-each-other',
      comment: 'A door translates one protocol; what two doors share belongs behind them.',
      severity: 'error',
      from: { path: '^server/doors/([^/.]+)', pathNot: '\\.test\\.ts$' },
      to: { path: '^server/doors/', pathNot: '^server/doors/($1|faults|json-schema)' },
    },
    {
      name: 'panes-do-not-know-each-other',
      comment: 'A screen composes panes; a pane that imports a pane cannot be placed alone.',
      severity: 'error',
      from: { path: '^web/panes/([^/]+)/' },
      to: { path: '^web/panes/', pathNot: '^web/panes/$1/' },
    },
    onlyBy('node-pty', '^runtime/pty/', 'One seam between Node and Bun.'),
    onlyBy(
      'yaml',
      '^dsl/workflow/source\\.ts$',
      'One file knows how YAML is read, and bounds what reading costs.',
    ),
    onlyBy(
      '@aws-sdk',
      '^server/artifacts/s3-blobs\\.ts$',
      'Everything else knows the contract of blobs only.',
    ),
    onlyBy('dockerode', '^server/fleet/drivers/docker/', 'One driver knows that there is an engine.'),
    onlyBy('drizzle-orm', '^server/store/', 'Queries live in one place, one file per noun.'),
    {
      name: 'product-does-not-import-tests',
      comment: 'A test is a leaf.',
      severity: 'error',
      from: { pathNot: '\\.test\\.tsx?$' },
      to: { path: '\\.test\\.tsx?$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
}
