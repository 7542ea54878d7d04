// Attacks on the host's files, processes and devices, and on what the runtime keeps. Data; see attack.ts.
import { attack, NO, script } from './attack.ts'
import type { Attack } from './attack.ts'

export const HOST: readonly Attack[] = [
  {
    name: 'a file of the host by its path',
    command: ({ hostFile }) => `cat ${hostFile}`,
    refused: NO,
  },
  {
    name: 'a file of the host through the root of the first process',
    command: ({ hostFile }) => `cat /proc/1/root${hostFile}`,
    refused: NO,
  },
  {
    name: 'a file of the host through the directory of the first process',
    command: ({ hostFile }) => `cat /proc/1/cwd/../../../..${hostFile}`,
    refused: NO,
  },
  {
    name: 'a file of the host through a link',
    command: ({ hostFile }) => `ln -sfn ${hostFile} out; cat out; rm out`,
    refused: NO,
  },
  {
    name: 'a file of the host through a hard link',
    command: ({ hostFile }) => `ln ${hostFile} /work/hard`,
    refused: NO,
  },
  {
    name: 'the data of all workspaces',
    command: ({ dataDir }) => `ls ${dataDir} /work/.. | grep -F workspaces; ls ${dataDir}`,
    refused: NO,
  },
  {
    name: 'the environment of the server',
    command: ({ serverPid }) => `cat /proc/${serverPid}/environ`,
    refused: NO,
  },
  {
    name: 'a signal to the server',
    command: ({ serverPid }) => `kill -9 ${serverPid}`,
    refused: /No such process/,
  },
  attack(
    'the environment of the runtime',
    'cat /proc/1/environ | tr "\\0" "\\n" | grep -ciE "token|secret|chispart_"',
    /^0\n$|denied/,
  ),
  attack(
    'the memory of the runtime',
    'for p in /proc/[0-9]*; do grep -qs "[c]hispart/runtime" $p/cmdline && head -c1 $p/mem; done',
    NO,
  ),
  attack('the files that the runtime has open', 'ls -l /proc/[0-9]*/fd 2>&1 | grep -c host.sock', /^0\n$/),
  attack('the program of the runtime', 'head -c1 /opt/chispart/bin/node', NO),
  attack('other code for the runtime', 'echo x >/opt/chispart/runtime/main.js', NO),
  attack('another socket in place of the server', 'mv /run/chispart/host.sock /run/chispart/x', NO),
  attack(
    'a socket of a container engine',
    'ls /run/docker.sock /var/run/docker.sock /run/podman /run/containerd',
    NO,
  ),
  attack('the message bus', 'ls /run/dbus /run/user /run/systemd', NO),
  attack('the shadow file', 'cat /etc/shadow', NO),
  attack('keys of the host', 'ls /root/.ssh /etc/ssh /home/*/.ssh', NO),
  attack(
    'the table of mounts as a map of the host',
    'grep -E " (/proc/sys/fs/binfmt_misc|/sys|/boot|/root|/var) " /proc/mounts; echo none',
    /^none\n$/,
  ),
  attack('kernel memory', 'head -c1 /proc/kcore', NO),
  attack('the log of the kernel', 'cat /dev/kmsg /proc/kmsg', NO),
  attack('the core pattern', 'echo "|/work/x" >/proc/sys/kernel/core_pattern', NO),
  attack('the helper of modules', 'echo /work/x >/proc/sys/kernel/modprobe', NO),
  attack('a binary format of its own', 'echo ":x:M::x::/work/x:" >/proc/sys/fs/binfmt_misc/register', NO),
  attack('a release agent', 'find / -xdev -name release_agent -writable | grep . || echo "No such file"', NO),
  attack('a group of its own', 'mkdir /sys/fs/cgroup/x', NO),
  attack('the system request key', 'echo b >/proc/sysrq-trigger', NO),
  attack('a lower chance to be killed than the runtime', 'echo -1000 >/proc/self/oom_score_adj', NO),
  attack('a disk', 'head -c1 /dev/sda /dev/vda /dev/nvme0n1 /dev/loop0 /dev/mem', NO),
  attack('a device of its own', 'mknod /work/disk b 8 0', NO),
  attack('virtual machines', 'ls /dev/kvm /dev/net/tun /dev/fuse /dev/vsock', NO),
  attack(
    'a set-user-id program',
    'find / -xdev -perm /6000 -type f 2>/dev/null | grep . || echo "cannot find one"',
    NO,
  ),
  attack(
    'a set-user-id program of its own',
    'cp /bin/bash /work/sh; chmod 6755 /work/sh; /work/sh -p -c "id -u"; rm /work/sh',
    /^10001\n$/,
  ),
  attack('a capability in a file', 'cp /bin/cat /work/c; setcap cap_dac_override+ep /work/c', NO),
  attack('root by sudo or su', 'su -c id; sudo -n id; pkexec id', NO, /uid=0/),
  attack('the id of another user', 'setpriv --reuid 0 --clear-groups id -u', NO, /^0$/m),
  attack('the home of the runtime', 'ls /home | grep -vx agent || echo "No such home"', NO),
  script(
    'a library before its own',
    `process.env.LD_PRELOAD; try { require('fs').writeFileSync('/etc/ld.so.preload', 'x'); console.log('written') } catch (e) { console.log(e.code) }`,
    NO,
  ),
]
