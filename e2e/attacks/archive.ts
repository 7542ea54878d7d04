// Attacks by what an archive names: places outside of the folder that it is unpacked in. Data; see attack.ts. The archives
// that the server itself unpacks are attacked in server/caches.
import { attacks } from './attack.ts'
import type { Attack } from './attack.ts'

const EVIL = 'd=$(mktemp -d); cd $d; echo evil >x'
const pack = (name: string) => `${EVIL}; tar -cPf a.tar --transform 's,^x$,${name},' x; tar -xPf a.tar`
const control = [
  `${EVIL}; tar -cPf a.tar --transform 's,^x$,in/y,' x; tar -xPf a.tar; cat in/y`,
  /^evil\n$/,
] as const
const REFUSED = /Cannot (?:open|mkdir|create)[^\n]*|Read-only file system|Permission denied/

export const ARCHIVE: readonly Attack[] = attacks('zip-slip', [
  ['an absolute name', pack('/etc/evil'), REFUSED, { control }],
  ['a name that climbs', pack('../../../../../../usr/evil'), REFUSED, { control }],
  ["a name in the runtime's folder", pack('/opt/chispart/runtime/main.js'), REFUSED, { control }],
  ['a name of its socket', pack('/run/chispart/evil'), REFUSED, { control }],
  [
    'a link, and a file through it',
    `${EVIL}; ln -s /etc out; tar -cf a.tar out; rm out; tar -rf a.tar --transform 's,^x$,out/evil,' x; tar -xPf a.tar`,
    REFUSED,
    { control },
  ],
])
