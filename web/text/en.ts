// Every sentence of the face in English; its keys are the ones that `t` accepts.
export const en = {
  'signin.title': 'Open your one-time link',
  'signin.body':
    'The server printed a link when it started. Open it here once and this browser stays signed in.',
  'signin.where': 'The link looks like this:',
  'signin.busy': 'Signing in…',
  'signin.done': 'This browser is signed in.',
  'signin.refused': 'The server refused this link (status {n}). Restart the server for a new one.',
  'signin.offline': 'The server does not answer. Start it again and open the link it prints.',
} as const
