// Lets a few go on at a time, and the others in the order in which they came. It knows nothing of what they do.

/** Runs an action once fewer than `most` run. Whoever waits goes first when one has ended, well or not. */
export type InOrder = <T>(act: () => Promise<T>) => Promise<T>

export function inOrder(most: number): InOrder {
  const waiting: (() => void)[] = []
  let going = 0

  return async (act) => {
    if (going < most) going += 1
    else await new Promise<void>((go) => void waiting.push(go))
    try {
      return await act()
    } finally {
      // The next one takes over the place.
      const next = waiting.shift()
      if (next) next()
      else going -= 1
    }
  }
}
