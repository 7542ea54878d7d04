// Attacks by the ops for files on a workspace that somebody prepared: pipes, devices, loops, giants. Data; see
// attack.ts.

export interface FileAttack {
  readonly kind: 'file traps'
  readonly name: string
  /** Run in the workspace before. */
  readonly prepare: string
  readonly op: string
  readonly input: Readonly<Record<string, unknown>>
  /** The codes that are a refusal. */
  readonly codes: readonly string[]
}

const file = (
  name: string,
  prepare: string,
  op: string,
  input: Readonly<Record<string, unknown>>,
  ...codes: readonly string[]
): FileAttack => ({ kind: 'file traps', name, prepare, op: `file.${op}`, input, codes })

export const FILES: readonly FileAttack[] = [
  file(
    'a pipe that nobody writes',
    'mkfifo -m 666 pipe',
    'read',
    { path: 'pipe' },
    'invalid',
    'denied',
    'conflict',
  ),
  file(
    'a pipe that nobody reads',
    'mkfifo -m 666 pipe2',
    'write',
    { path: 'pipe2', content: 'x' },
    'invalid',
    'denied',
    'conflict',
  ),
  file('a device without end', 'true', 'read', { path: '/dev/zero' }, 'denied', 'invalid'),
  file(
    'a link to a device without end',
    'ln -s /dev/zero zero',
    'read',
    { path: 'zero' },
    'denied',
    'invalid',
  ),
  file(
    'a socket',
    `perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "s", Listen => 1)'`,
    'read',
    { path: 's' },
    'invalid',
    'denied',
    'conflict',
    'not_found',
  ),
  file(
    'a loop of links',
    'ln -s b a; ln -s a b',
    'read',
    { path: 'a' },
    'denied',
    'invalid',
    'not_found',
    'conflict',
  ),
  file('the memory of the runtime', 'ln -s /proc/1/mem mem', 'read', { path: 'mem' }, 'denied'),
  file("the runtime's environment", 'ln -s /proc/self proc', 'read', { path: 'proc/environ' }, 'denied'),
  file(
    'a file of 8 GiB',
    'truncate -s 8G giant',
    'read',
    { path: 'giant' },
    'too_large',
    'invalid',
    'exhausted',
  ),
  file('a folder as a file', 'mkdir -p folder', 'read', { path: 'folder' }, 'invalid', 'conflict', 'denied'),
  file('a name with NUL', 'true', 'read', { path: 'a\0b' }, 'invalid'),
  file('a very long name', 'true', 'write', { path: 'x'.repeat(5000), content: '' }, 'invalid', 'too_large'),
  file(
    'the folder of the workspace itself',
    'true',
    'remove',
    { path: '/work', recursive: true },
    'denied',
    'invalid',
    'conflict',
  ),
  file(
    'a folder into itself',
    'mkdir -p self',
    'move',
    { from: 'self', to: 'self/in' },
    'invalid',
    'conflict',
    'denied',
  ),
  file('a link out in place of a folder', 'ln -s /usr way', 'mkdir', { path: 'way/x' }, 'denied'),
  file(
    'a link out as the goal of a move',
    'ln -s /run/chispart goal; echo x >y',
    'move',
    { from: 'y', to: 'goal/y' },
    'denied',
  ),
  file(
    'a link out as what is patched',
    'ln -sfn /dev/shm/patched patched; echo a >/dev/shm/patched',
    'patch',
    { path: 'patched', patch: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+evil\n' },
    'denied',
  ),
  file(
    'a patch of a file that its head names',
    'true',
    'patch',
    { path: '/etc/passwd', patch: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-root\n+evil\n' },
    'denied',
  ),
  file(
    'a patch of several files',
    'echo a >several',
    'patch',
    {
      path: 'several',
      patch:
        '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/../../etc/x\n+++ b/../../etc/x\n@@ -0,0 +1 @@\n+evil\n',
    },
    'malformed',
  ),
]
