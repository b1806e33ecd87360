// The layers of docs/architecture.md: contracts <- domain, kernels, platform <- flows <- api, workers <- main.
const may = (from, allowed, extra = {}) => ({
  name: `${from}-imports`,
  comment: `src/${from} may import only ${allowed.join(', ')} of our own code`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^(src|web)/', pathNot: `^src/(${[from, ...allowed].join('|')})/`, ...extra },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    may('contracts', []),
    may('domain', ['contracts']),
    may('kernels', ['contracts']),
    may('platform', ['contracts']),
    may('flows', ['contracts', 'domain', 'kernels', 'platform']),
    may('api', ['contracts', 'domain', 'kernels', 'platform', 'flows']),
    may('workers', ['contracts', 'domain', 'kernels', 'platform', 'flows']),
    {
      name: 'domain-is-pure',
      comment: 'domain decides; it does no I/O and knows no framework',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(typebox|@renovatebot/pep440|picomatch)/' },
    },
    {
      name: 'contracts-are-schemas',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/typebox/' },
    },
    {
      name: 'prisma-only-in-db',
      comment: 'Prisma and SQL stay in src/platform/db',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/db/' },
      to: { path: '(^src/platform/db/generated/|node_modules/@prisma/)' },
    },
    {
      name: 'web-takes-contract-types',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/contracts/' },
    },
    {
      name: 'programs-need-no-dev-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(src/platform/db/generated/|src/kernels/dfl/cpu/(assembly|generated)/|dist/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
};
