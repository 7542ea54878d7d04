// How much of a response waits for its reader, so that a call that prints faster than that waits too. It reads no message.

/** Characters of progress that may wait for a client. */
export const QUEUE_MAX = 1_048_576

export interface Flow {
  /** So many characters were handed to the response. */
  sent(size: number): void
  /** Resolves when the client has room for more, or is gone, or when the signal aborts. */
  drained(signal: AbortSignal): Promise<void>
  /** The same response, counted as it is read. `over` is called once, when all of it is read or nobody reads any more. */
  through(response: Response, over: () => void): Response
  /** Nobody reads any more: whoever waits goes on. */
  end(): void
}

export function createFlow(max = QUEUE_MAX): Flow {
  const waiters = new Set<() => void>()
  let waiting = 0
  let ended = false

  function wake(): void {
    if (!ended && waiting > max) return
    for (const go of waiters) go()
  }
  const end = () => {
    ended = true
    wake()
  }

  return {
    end,
    sent(size) {
      waiting += size
    },
    drained(signal) {
      if (ended || signal.aborted || waiting <= max) return Promise.resolve()
      return new Promise((resolve) => {
        const go = () => {
          signal.removeEventListener('abort', go)
          waiters.delete(go)
          resolve()
        }
        signal.addEventListener('abort', go, { once: true })
        waiters.add(go)
      })
    },
    through(response, over) {
      const finish = () => {
        end()
        over()
      }
      if (response.body === null) {
        finish()
        return response
      }
      const counted = countReads(response.body, finish, (size) => {
        // What is read counts with its frame, so the sum errs towards going on.
        waiting = Math.max(0, waiting - size)
        wake()
      })
      const { status, headers } = response
      return new Response(counted, { status, headers })
    },
  }
}

/** Pulls only what is asked for, so that what nobody reads stays where it is counted. */
function countReads(
  body: ReadableStream<Uint8Array>,
  finish: () => void,
  read: (size: number) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (value !== undefined) {
            read(value.byteLength)
            return controller.enqueue(value)
          }
          if (!done) return
          finish()
          controller.close()
        } catch (error) {
          finish()
          controller.error(error)
        }
      },
      cancel(reason) {
        finish()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
