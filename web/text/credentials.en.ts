// The sentences about credentials in English; web/text/en.ts takes them in.
export const credentialsEn = {
  'credentials.title': 'Credentials',
  'credentials.body':
    'Tokens for git hosts and registries. The server adds them to requests for their address; workspaces never hold them.',
  'credentials.add': 'Add a credential',
  'credentials.add.body':
    'A GitHub token goes to https://github.com/, that of a private registry to the registry’s address.',
  'credentials.address': 'Address',
  'credentials.address.hint':
    'It goes to addresses that begin so, and to no other. The host must be on the egress list.',
  'credentials.secret': 'Token or password',
  'credentials.username': 'User name (optional)',
  'credentials.username.hint': 'Only where a password belongs to one. Tokens mostly go without.',
  'credentials.who': 'For',
  'credentials.who.all': 'All of my workspaces',
  'credentials.who.everyone': 'Everybody on this server',
  'credentials.may': 'It may',
  'credentials.may.read': 'Read',
  'credentials.may.write': 'Read, push and publish',
  'credentials.everyone': 'Everybody',
  'credentials.only': 'Only {name}',
  'credentials.reads': 'Reads',
  'credentials.writes': 'Reads and writes',
  'credentials.as': 'as {name}',
  'credentials.fingerprint': 'Fingerprint {print}',
  'credentials.remove': 'Remove',
  'credentials.remove.named': 'Remove the credential for {address}',
  'credentials.remove.title': 'Forget the credential for {address}?',
  'credentials.remove.body':
    'Workspaces can no longer sign in there. The token itself lives on until you revoke it there.',
} as const
