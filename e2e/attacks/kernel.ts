// Attacks on the kernel's ways to see or become more: namespaces, tracing, keys, mounts, modules. Data; see attack.ts.
import { attacks, NO, syscalls } from './attack.ts'
import type { Attack } from './attack.ts'

const CLONE_NEWUSER = 0x10000000
const CLONE_NEWNS = 0x00020000
const AF_INET = 2
const AF_NETLINK = 16
const AF_PACKET = 17
const AF_BLUETOOTH = 31
const AF_ALG = 38
const AF_VSOCK = 40
const SOCK_STREAM = 1
const SOCK_RAW = 3

/** The program is there and answers. */
const answers = (program: string) => ({ control: [`${program} --version`, /\d/] as const })

export const KERNEL: readonly Attack[] = [
  ...attacks('namespaces', [
    ['of users', 'unshare -Ur id', NO, { never: /uid=/, ...answers('unshare') }],
    ['of mounts', 'unshare -m id', NO, { never: /uid=/, ...answers('unshare') }],
    ['of networks', 'unshare -n id', NO, { never: /uid=/, ...answers('unshare') }],
    ['of the first process', 'nsenter -t 1 -a id', NO, { never: /uid=/, ...answers('nsenter') }],
    ['a sandbox in the sandbox', 'bwrap --bind / / id', NO, { never: /uid=/, rare: true }],
    ['another root', 'chroot /work /bin/true', NO, answers('chroot')],
    ['another name of the machine', 'echo evil >/proc/sys/kernel/hostname', NO],
  ]),
  ...syscalls('namespaces', [
    ['unshare', CLONE_NEWUSER],
    ['unshare', CLONE_NEWNS],
    ['setns', 0, 0],
  ]),
  ...syscalls('namespaces', [['clone', CLONE_NEWUSER, 0, 0, 0, 0]]),
  ...attacks('mounts', [
    ['of proc', 'mount -t proc proc /work', NO, answers('mount')],
    ['of the root', 'mkdir -p m; mount --bind / m', NO, answers('mount')],
    ['a writable /usr', 'mount -o remount,rw /usr', NO, answers('mount')],
    ['none at /work', 'umount -l /work', NO, answers('umount')],
  ]),
  ...syscalls('mounts', [
    ['mount', 0, 0, 0, 0, 0],
    ['pivot_root', 0, 0],
    ['open_tree', -100, 0, 0],
    ['move_mount', 0, 0, 0, 0, 0],
    ['fsopen', 0, 0],
    ['open_by_handle_at', 0, 0, 0],
    ['quotactl', 0, 0, 0, 0],
    ['swapon', 0, 0],
  ]),
  ...syscalls('ptrace', [
    ['ptrace', 0, 0, 0, 0],
    ['ptrace', 16, 1, 0, 0],
    ['process_vm_readv', 1, 0, 0, 0, 0, 0],
    ['process_vm_writev', 1, 0, 0, 0, 0, 0],
    ['kcmp', 1, 1, 0, 0, 0],
  ]),
  ...syscalls('keyring', [
    ['add_key', 0, 0, 0, 0, -3],
    ['request_key', 0, 0, 0, 0],
    ['keyctl', 0, -3, 0],
  ]),
  ...attacks('kernel', [['another clock', 'date -s 2000-01-01', NO, { control: ['date +%Y', /^\d{4}\n$/] }]]),
  ...syscalls('kernel', [
    ['io_uring_setup', 1, 0],
    ['bpf', 0, 0, 0],
    ['perf_event_open', 0, 0, -1, -1, 0],
    ['userfaultfd', 0],
    ['kexec_load', 0, 0, 0, 0],
    ['init_module', 0, 0, 0],
    ['finit_module', 0, 0, 0],
    ['delete_module', 0, 0],
    ['reboot', 0, 0, 0, 0],
    ['acct', 0],
  ]),
  ...syscalls(
    'raw sockets',
    [
      ['socket', AF_NETLINK, SOCK_RAW, 0],
      ['socket', AF_PACKET, SOCK_RAW, 0],
      ['socket', AF_BLUETOOTH, SOCK_RAW, 0],
      ['socket', AF_ALG, 5, 0],
      ['socket', AF_VSOCK, SOCK_STREAM, 0],
      ['socket', AF_INET, SOCK_RAW, 1],
    ],
    ['socket', AF_INET, SOCK_STREAM, 0],
  ),
]
