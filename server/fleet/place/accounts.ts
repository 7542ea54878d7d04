// The people and machines that a sandbox knows: itself. It names nobody of the host.

/** Texts of /etc/passwd and /etc/group for a sandbox whose processes run as `uid`. */
export function accountsOf(uid: number): { readonly passwd: string; readonly group: string } {
  return {
    passwd: `root:x:0:0:root:/nonexistent:/usr/sbin/nologin\nagent:x:${uid}:${uid}:agent:/home/agent:/bin/bash\n`,
    group: `root:x:0:\nagent:x:${uid}:\n`,
  }
}

/** Text of /etc/nsswitch.conf: names come from files and from nowhere else. */
export const NAMES = 'passwd: files\ngroup: files\nhosts: files\n'

/** Text of /etc/hosts. */
export const HOSTS = '127.0.0.1 localhost\n::1 localhost\n127.0.0.1 sandbox\n'
