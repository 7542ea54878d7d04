// Attacks on another workspace of the same server: its files, processes, sockets and memory. Data; see attack.ts.
import { attacks, NO } from './attack.ts'
import type { Attack } from './attack.ts'

/** What the neighbour calls its own things; see e2e/stage/attacked.ts. */
export const SHARED = 'of-the-neighbour'
/** Of its segment of System V, which holds HERS. */
export const SHM_KEY = 0x6e65_6967

const home = (dataDir: string, id: string) => `${dataDir}/fleet/sandboxes/${id}`
const ATTACH = (id: number) => `perl -e '$b = ""; print shmread(${id}, $b, 0, 4) ? "read $b" : "no: $!"'`

export const NEIGHBOUR: readonly Attack[] = attacks('other workspaces', [
  [
    'its disk by the path of the host',
    ({ dataDir, neighbour }) => `ls ${home(dataDir, neighbour.id)} ${home(dataDir, neighbour.id)}/work`,
    NO,
    { worksOutside: true },
  ],
  [
    'its files through its process',
    ({ neighbour }) => `ls /proc/${neighbour.pid}/root/work`,
    NO,
    { never: /kept/, worksOutside: true },
  ],
  [
    'its process by a signal',
    ({ neighbour }) => `kill -9 ${neighbour.pid}`,
    /No such process/,
    { control: ['sleep 60 & kill -0 $! && echo there; kill $!', /^there\n/] },
  ],
  ['what it does', ({ neighbour }) => `cat /proc/${neighbour.pid}/cmdline`, NO, { worksOutside: true }],
  [
    'its port',
    ({ neighbour }) => `timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/${neighbour.port} && echo reached'`,
    /refused/,
    { never: /^reached/m },
  ],
  ['its abstract socket', `grep ${SHARED} /proc/net/unix || echo "No such socket"`, /^No such socket\n$/],
  ['its temporary files', `cat /tmp/${SHARED}`, NO, { control: [`echo a >/tmp/own; cat /tmp/own`, /^a\n$/] }],
  [
    'its shared memory',
    `cat /dev/shm/${SHARED}`,
    NO,
    { control: [`echo a >/dev/shm/own; cat /dev/shm/own`, /^a\n$/] },
  ],
  [
    'its shared memory of System V',
    `perl -e '$id = shmget(${SHM_KEY}, 0, 0); print defined $id ? "found" : "no: $!"'`,
    /^no: No such file/,
    {
      control: [
        `perl -e '$id = shmget(0, 4096, 01600); shmwrite($id, "mine", 0, 4); shmread($id, $b, 0, 4); print $b; shmctl($id, 0, 0)'`,
        /^mine$/,
      ],
    },
  ],
  [
    'any segment of System V',
    Array.from({ length: 8 }, (_, id) => ATTACH(id)).join('; echo; '),
    /no: /,
    { never: /HERS/ },
  ],
  [
    'its way out',
    ({ dataDir, neighbour }) => `ls ${home(dataDir, neighbour.id)}/control/egress.sock`,
    NO,
    { worksOutside: true },
  ],
])
