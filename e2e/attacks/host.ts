// Attacks on the host's files, processes and devices, and on what the runtime keeps. Data; see attack.ts.
import { attacks, NO, NODE, quote } from './attack.ts'
import type { Attack } from './attack.ts'

/** The same with a file of one's own, $f. */
const mine = (command: string) =>
  [`f=mine.$RANDOM.$$; echo mine >/work/$f; ${command}; rm -f $f`, /^mine\n$/] as const
const UID = /^\d{5,}\n$/

export const HOST: readonly Attack[] = [
  ...attacks('host files', [
    [
      'by its path',
      ({ hostFile }) => `cat ${hostFile}`,
      NO,
      { control: mine('cat /work/$f'), worksOutside: true },
    ],
    [
      'through the root of the first process',
      ({ hostFile }) => `cat /proc/1/root${hostFile}`,
      NO,
      { control: mine('cat /proc/self/root/work/$f') },
    ],
    [
      'through the directory of the first process',
      ({ hostFile }) => `cat /proc/1/cwd/../../../..${hostFile}`,
      NO,
      { control: mine('cat /proc/self/cwd/$f') },
    ],
    [
      'through a link',
      ({ hostFile }) => `ln -sfn ${hostFile} out; cat out; rm out`,
      NO,
      { control: mine('ln -sfn $f in.$f; cat in.$f; rm in.$f'), worksOutside: true },
    ],
    [
      'through a hard link',
      ({ hostFile }) => `ln ${hostFile} hard && cat hard; rm -f hard`,
      NO,
      { control: mine('ln $f in.$f; cat in.$f; rm in.$f') },
    ],
    [
      'all workspaces',
      ({ dataDir }) => `ls ${dataDir} /work/.. | grep -F fleet; ls ${dataDir}`,
      NO,
      { never: /fleet/, control: mine('ls /work | grep -x $f | cut -d. -f1'), worksOutside: true },
    ],
    ['the shadow file', 'cat /etc/shadow', NO, { control: ['cat /etc/passwd', /^agent:/m] }],
    ['keys', 'ls /root/.ssh /etc/ssh /home/*/.ssh', NO],
    ['other homes', 'ls /home | grep -vx agent || echo "No such home"', NO],
    [
      'the mounts as a map',
      'grep -E " (/proc/sys/fs/binfmt_misc|/boot|/root) " /proc/mounts; echo none',
      /^none\n$/,
      { control: ['grep -c " /work " /proc/mounts', /^1\n$/] },
    ],
    [
      'a library before every program',
      `${NODE} -e ${quote(`try { require('fs').writeFileSync('/etc/ld.so.preload', 'x'); console.log('written') } catch (e) { console.log(e.code) }`)}`,
      NO,
      { never: /written/ },
    ],
    [
      'another program',
      'echo x >/usr/bin/git',
      NO,
      { control: mine('cp $f git.$f && cat git.$f; rm git.$f') },
    ],
  ]),
  ...attacks('proc', [
    [
      'the environment of the server',
      ({ serverPid }) => `cat /proc/${serverPid}/environ`,
      NO,
      { control: ['cat /proc/self/environ | tr "\\0" "\\n" | grep -c ^PATH=', /^1\n$/] },
    ],
    [
      'secrets in the environment of the runtime',
      'cat /proc/1/environ | tr "\\0" "\\n" | grep -ciE "token|secret|chispart_"',
      /^0\n$|denied/,
      { control: ['A_TOKEN=1 cat /proc/self/environ | tr "\\0" "\\n" | grep -ciE token', /^1\n$/] },
    ],
    [
      'the memory of the runtime',
      'for p in /proc/[0-9]*; do grep -qs "[c]hispart/runtime" $p/cmdline && head -c1 $p/mem; done',
      NO,
      { control: ['head -c1 /proc/self/maps | wc -c', /^1\n$/] },
    ],
    [
      'what the runtime has open',
      'ls -l /proc/[0-9]*/fd 2>&1 | grep -c host.sock',
      /^0\n$/,
      { control: ['exec 5</etc/passwd; ls -l /proc/self/fd | grep -c passwd', /^1\n$/] },
    ],
    ['kernel memory', 'head -c1 /proc/kcore', NO, { control: ['head -c5 /proc/version', /^Linux$/] }],
    ['the log of the kernel', 'cat /dev/kmsg /proc/kmsg', NO],
    ['the core pattern', 'echo "|/work/x" >/proc/sys/kernel/core_pattern', NO],
    ['the helper of modules', 'echo /work/x >/proc/sys/kernel/modprobe', NO],
    ['a binary format', 'echo ":x:M::x::/work/x:" >/proc/sys/fs/binfmt_misc/register', NO],
    ['the system request key', 'echo b >/proc/sysrq-trigger', NO],
    [
      'a lower chance to be killed',
      'echo -1000 >/proc/self/oom_score_adj',
      NO,
      { control: ['echo 1000 >/proc/self/oom_score_adj; cat /proc/self/oom_score_adj', /^1000\n$/] },
    ],
    [
      'a release agent',
      'find / -xdev -name release_agent -writable 2>/dev/null | grep . || echo "No such file"',
      NO,
    ],
    ['a group of its own', 'mkdir /sys/fs/cgroup/x', NO, { control: ['mkdir -p g && ls -d g', /^g\n$/] }],
  ]),
  ...attacks('signals', [
    [
      'to the server',
      ({ serverPid }) => `kill -9 ${serverPid}`,
      /No such process/,
      { control: ['sleep 60 & kill -9 $!; wait $!; echo $?', /^137$/m] },
    ],
    [
      'a question to the server',
      ({ serverPid }) => `kill -0 ${serverPid}`,
      /No such process/,
      { worksOutside: true },
    ],
  ]),
  ...attacks('sockets', [
    [
      'another in place of the server',
      'mv /run/chispart/host.sock /run/chispart/x',
      NO,
      { control: ['stat -c %F /run/chispart/host.sock', /^socket\n$/] },
    ],
    ['another beside it', 'echo x >/run/chispart/x', NO],
    ['of a container engine', 'ls /run/docker.sock /var/run/docker.sock /run/podman /run/containerd', NO],
    ['of the message bus', 'ls /run/dbus /run/user /run/systemd', NO],
    [
      'abstract ones of the host',
      'grep "@/" /proc/net/unix | grep -v chispart || echo "No such socket"',
      /^No such socket\n$/,
    ],
  ]),
  ...attacks('setuid', [
    [
      'a program with the bit',
      'find / -xdev -perm /6000 -type f 2>/dev/null | grep . || echo "cannot find one"',
      NO,
      { control: ['find /usr/bin/ -perm /111 -type f -name bash', /bash\n$/] },
    ],
    [
      'a program of its own',
      'cp /bin/bash sh; chmod 6755 sh; ./sh -p -c "id -u"; rm sh',
      UID,
      { control: ['id -u', UID] },
    ],
    ['a capability in a file', 'cp /bin/cat c; setcap cap_dac_override+ep c', NO, { rare: true }],
    [
      'root by su',
      'su -c id </dev/null',
      /abort|fail|must|denied|not permitted|incorrect/i,
      { never: /uid=0/, rare: true },
    ],
    ['root by sudo', 'sudo -n id; pkexec id', NO, { never: /uid=0/, rare: true }],
    [
      'another user',
      'setpriv --reuid 0 id -u',
      NO,
      { never: /^0$/m, control: ['setpriv --no-new-privs id -u', UID] },
    ],
  ]),
  ...attacks('devices', [
    [
      'a disk',
      'head -c1 /dev/sda /dev/vda /dev/nvme0n1 /dev/loop0 /dev/mem',
      NO,
      { control: ['head -c1 /dev/urandom | wc -c', /^1\n$/] },
    ],
    [
      'one of its own',
      'mknod disk b 8 0',
      NO,
      { control: ['mknod pipe1 p && stat -c %F pipe1', /^fifo\n$/] },
    ],
    ['virtual machines', 'ls /dev/kvm /dev/net/tun /dev/fuse /dev/vsock', NO],
  ]),
  ...attacks('kernel', [
    ['the program of the runtime', `head -c1 ${NODE}`, NO, { control: [`${NODE} -p 6*7`, /^42\n$/] }],
    ['other code for the runtime', 'echo x >/opt/chispart/runtime/main.js', NO],
  ]),
]
