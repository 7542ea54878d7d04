// Attacks on the kernel's ways to see or become more: namespaces, tracing, keys, mounts, modules. Data; see attack.ts.
import { attack, NO, syscall } from './attack.ts'
import type { Attack } from './attack.ts'

const CLONE_NEWUSER = 0x10000000
const CLONE_NEWNS = 0x00020000
const AF_NETLINK = 16
const AF_PACKET = 17
const AF_BLUETOOTH = 31
const AF_ALG = 38
const AF_VSOCK = 40
const SOCK_RAW = 3

export const KERNEL: readonly Attack[] = [
  attack('a user namespace', 'unshare -Ur id', NO, /uid=0/),
  attack('a namespace of mounts', 'unshare -m id', NO, /uid=/),
  attack('a namespace of networks', 'unshare -n id', NO, /uid=/),
  attack('the namespaces of the first process', 'nsenter -t 1 -a id', NO, /uid=/),
  attack('a sandbox in the sandbox', 'bwrap --bind / / id', NO, /uid=/),
  attack('a mount', 'mount -t proc proc /work', NO),
  attack('a mount of the root', 'mkdir -p m; mount --bind / m', NO),
  attack('a writable /usr', 'mount -o remount,rw /usr', NO),
  attack('no mount at /work', 'umount -l /work', NO),
  attack('another root', 'chroot /work /bin/true', NO),
  attack('another clock', 'date -s 2000-01-01', NO),
  attack('another name of the machine', 'hostname evil', NO),
  syscall('unshare', CLONE_NEWUSER),
  syscall('unshare', CLONE_NEWNS),
  syscall('clone', CLONE_NEWUSER, 0, 0, 0, 0),
  syscall('setns', 0, 0),
  syscall('mount', 0, 0, 0, 0, 0),
  syscall('pivot_root', 0, 0),
  syscall('open_tree', -100, 0, 0),
  syscall('move_mount', 0, 0, 0, 0, 0),
  syscall('fsopen', 0, 0),
  syscall('open_by_handle_at', 0, 0, 0),
  syscall('ptrace', 0, 0, 0, 0),
  syscall('ptrace', 16, 1, 0, 0),
  syscall('process_vm_readv', 1, 0, 0, 0, 0, 0),
  syscall('process_vm_writev', 1, 0, 0, 0, 0, 0),
  syscall('kcmp', 1, 1, 0, 0, 0),
  syscall('add_key', 0, 0, 0, 0, -3),
  syscall('request_key', 0, 0, 0, 0),
  syscall('keyctl', 0, -3, 0),
  syscall('io_uring_setup', 1, 0),
  syscall('bpf', 0, 0, 0),
  syscall('perf_event_open', 0, 0, -1, -1, 0),
  syscall('userfaultfd', 0),
  syscall('kexec_load', 0, 0, 0, 0),
  syscall('init_module', 0, 0, 0),
  syscall('finit_module', 0, 0, 0),
  syscall('delete_module', 0, 0),
  syscall('swapon', 0, 0),
  syscall('reboot', 0, 0, 0, 0),
  syscall('acct', 0),
  syscall('quotactl', 0, 0, 0, 0),
  syscall('socket', AF_NETLINK, SOCK_RAW, 0),
  syscall('socket', AF_PACKET, SOCK_RAW, 0),
  syscall('socket', AF_BLUETOOTH, SOCK_RAW, 0),
  syscall('socket', AF_ALG, 5, 0),
  syscall('socket', AF_VSOCK, 1, 0),
]
