// The kinds of attack that the suite must hold, and those that it holds besides. A kind without an attack fails the suite.

export const KINDS = [
  ...[
    'host files',
    'proc',
    'sockets',
    'other workspaces',
    'signals',
    'mounts',
    'namespaces',
    'ptrace',
    'keyring',
  ],
  ...[
    'setuid',
    'devices',
    'kernel',
    'fork bomb',
    'memory',
    'disk',
    'inodes',
    'log flood',
    'processor',
    'descriptors',
  ],
  ...[
    'raw sockets',
    'network',
    'DNS',
    'IPv6',
    'metadata',
    'proxy addresses',
    'proxy smuggling',
    'SNI mismatch',
  ],
  ...['rebinding', 'symlink races', 'zip-slip', 'file traps', 'doors'],
] as const

export type Kind = (typeof KINDS)[number]
