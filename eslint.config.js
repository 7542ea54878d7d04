// Rules that a type checker does not have. Each restriction says why.
import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import solid from 'eslint-plugin-solid/configs/typescript'
import ts from 'typescript-eslint'

const NO_PARENT_IMPORT = {
  patterns: [
    {
      group: ['../*', '**/../*'],
      message: 'Import `#layer/…` or `./neighbour`: a glance at the head then shows the layers.',
    },
  ],
}

export default ts.config(
  {
    ignores: ['dist/', '.cache/', 'node_modules/', '.chispart/', 'test-results/', 'server/store/migrations/'],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-restricted-imports': ['error', NO_PARENT_IMPORT],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Only a config.ts reads the environment.',
        },
        { selector: 'ExportDefaultDeclaration', message: 'Exports have names.' },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 15],
    },
  },
  { files: ['web/**/*.tsx'], ...solid },
  {
    files: ['**/config.ts', '**/*.config.ts', 'e2e/**', '**/*.test.ts', 'infra/**'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.test.ts', '**/*.test.tsx', 'e2e/**'], rules: { 'max-lines': 'off', complexity: 'off' } },
  { files: ['cli/print.ts', 'infra/**', 'e2e/bench/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', URL: 'readonly', module: 'writable', console: 'readonly' },
    },
  },
  {
    files: ['web/public/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'addEventListener',
          'caches',
          'document',
          'fetch',
          'location',
          'navigator',
          'self',
          'setInterval',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  prettier,
)
