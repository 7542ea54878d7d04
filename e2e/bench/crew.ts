// Workers as processes of their own that tell when a step begins and ends, to be killed. It knows nothing of runs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Told } from '#server/workflow/test-worker.ts'

/** Milliseconds after which a step that does not begin is an error. */
const STUCK_MS = 30_000

export interface CrewWorker {
  /** Of the attempts that it runs. */
  readonly keys: ReadonlySet<string>
  /** Tells it of a run that is to be looked at. */
  wake(run: string): void
}

export interface Crew {
  /** Another worker; resolves when it takes steps. */
  hire(): Promise<CrewWorker>
  /** Whoever runs so many steps, as soon as somebody does. */
  busy(steps: number): Promise<CrewWorker>
  /** Kills it, and answers after how many milliseconds each of its steps ran again elsewhere. */
  kill(worker: CrewWorker): Promise<number[]>
  /** Milliseconds until a step begins anywhere. */
  next(): Promise<number>
  close(): void
}

export function openCrew(url: string): Crew {
  const workers = new Map<CrewWorker, { end(): void }>()
  const news = new EventTarget()
  const begun = new Set<string>()

  /** Resolves with what `look` finds, which is asked at each news. */
  function until<T>(look: () => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const see = () => {
      const found = look()
      if (found !== undefined) resolve(found)
    }
    const timer = setTimeout(() => reject(new Error(`No step began in ${STUCK_MS} ms.`)), STUCK_MS)
    news.addEventListener('told', see)
    see()
    return promise.finally(() => {
      clearTimeout(timer)
      news.removeEventListener('told', see)
    })
  }

  async function hire(): Promise<CrewWorker> {
    const child = fork(new URL('../../server/workflow/test-worker.ts', import.meta.url), [url], {
      execArgv: [],
    })
    const keys = new Set<string>()
    const worker = { keys, wake: (run: string) => void child.send(run, () => undefined) }
    const ready = Promise.withResolvers<void>()
    child.on('message', (told: Told) => {
      if (told.ready) ready.resolve()
      if (told.ended !== undefined) keys.delete(told.ended)
      if (told.began !== undefined) keys.add(told.began)
      // What it said just before it was killed is heard after.
      if (told.began !== undefined && workers.has(worker)) begun.add(told.began)
      news.dispatchEvent(new Event('told'))
    })
    const gone = once(child, 'exit').then(([code]) => {
      if (workers.has(worker)) throw new Error(`A worker ended with ${String(code)}.`)
    })
    await Promise.race([ready.promise, gone])
    workers.set(worker, { end: () => void child.kill('SIGKILL') })
    return worker
  }

  return {
    hire,
    busy: (steps) => until(() => [...workers.keys()].find(({ keys }) => keys.size >= steps)),
    async kill(worker) {
      const process = workers.get(worker)
      workers.delete(worker)
      process?.end()
      const since = performance.now()
      const times = new Map<string, number>()
      begun.clear()
      await until(() => {
        for (const key of begun) if (!times.has(key)) times.set(key, performance.now() - since)
        return [...worker.keys].every((key) => begun.has(key)) ? true : undefined
      })
      return [...worker.keys].map((key) => times.get(key) ?? Number.NaN)
    },
    async next() {
      const since = performance.now()
      begun.clear()
      await until(() => (begun.size > 0 ? true : undefined))
      return performance.now() - since
    },
    close() {
      for (const process of workers.values()) process.end()
      workers.clear()
    },
  }
}
