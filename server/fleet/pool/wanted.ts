// What a pool should hold: sandboxes with the limits that the last workspaces asked for. Pure.
import type { SandboxLimits } from '#server/fleet/driver.ts'

/** The last `size` wishes; before there were any, that many of the first. */
export function wishesAfter(
  wishes: readonly SandboxLimits[],
  wish: SandboxLimits,
  size: number,
): readonly SandboxLimits[] {
  const all = wishes.length === 0 ? Array.from({ length: size }, () => wish) : [...wishes, wish]
  return all.slice(all.length - size)
}

/** What of `wishes` nothing in `held` fulfils, and what of `held` nobody wishes. */
export function compare<T extends { readonly limits: SandboxLimits }>(
  wishes: readonly SandboxLimits[],
  held: readonly T[],
): { readonly missing: readonly SandboxLimits[]; readonly surplus: readonly T[] } {
  const surplus = [...held]
  const missing = wishes.filter((wish) => {
    const at = surplus.findIndex(({ limits }) => sameLimits(limits, wish))
    if (at >= 0) surplus.splice(at, 1)
    return at < 0
  })
  return { missing, surplus }
}

export function sameLimits(a: SandboxLimits, b: SandboxLimits): boolean {
  return (
    a.diskBytes === b.diskBytes &&
    a.diskBytesPerSecond === b.diskBytesPerSecond &&
    a.memoryBytes === b.memoryBytes &&
    a.pids === b.pids &&
    a.cpus === b.cpus
  )
}
