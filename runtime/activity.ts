// Whether this runtime is used: a count that grows with every call, key and line of output. It knows no time; whoever asks
// compares two counts.

export interface Activity {
  /** Something happened. */
  touch(): void
  /** It is in use until the promise settles. */
  during<T>(act: Promise<T>): Promise<T>
  /** Never the same twice while something goes on. */
  count(): number
}

export function createActivity(): Activity {
  let uses = 0
  let going = 0
  const touch = () => void (uses += 1)
  return {
    touch,
    async during(act) {
      touch()
      going += 1
      try {
        return await act
      } finally {
        going -= 1
        touch()
      }
    },
    count() {
      if (going > 0) touch()
      return uses
    },
  }
}
