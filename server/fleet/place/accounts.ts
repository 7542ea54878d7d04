// The people that a sandbox knows: itself. It names nobody of the host.

/** Texts of /etc/passwd and /etc/group for a sandbox whose processes run as `uid`. */
export function accountsOf(uid: number): { readonly passwd: string; readonly group: string } {
  return {
    passwd: `root:x:0:0:root:/nonexistent:/usr/sbin/nologin\nagent:x:${uid}:${uid}:agent:/home/agent:/bin/bash\n`,
    group: `root:x:0:\nagent:x:${uid}:\n`,
  }
}
