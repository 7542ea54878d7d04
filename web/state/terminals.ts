// The terminals of one workspace as its screen shows them: which live, in which tab, which has the keyboard. Its layout is
// kept in local storage; the terminals themselves belong to the workspace.
import { createEffect, createMemo, createSignal } from 'solid-js'
import type { Accessor } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { App } from './app.ts'
import { addTab, afterDrop, dropCell, focusOn, follow, moveTab, shareOf, splitCell, tabOf } from './layout.ts'
import type { Axis, Layout, Split } from './layout.ts'
import { keepLayout, readLayout } from './layout-store.ts'
import type { LiveWorkspace, Terminal } from './workspaces.ts'

export interface TerminalsOptions {
  readonly app: App
  readonly workspace: LiveWorkspace
  /** The terminal that the address names. */
  readonly current: Accessor<string | undefined>
  /** Leads to the terminal's address; undefined is the workspace without one. */
  readonly go: (pty: string | undefined) => void
}

export function createTerminals({ app, workspace, current, go }: TerminalsOptions) {
  const { call } = app
  const [layout, setLayout] = createSignal<Layout>(readLayout(localStorage, workspace.id))
  const [alive, setAlive] = createSignal<Terminal[]>()
  const [fault, setFault] = createSignal<Fault>()
  const [busy, setBusy] = createSignal(false)
  const [rang, setRang] = createSignal<readonly string[]>([])
  const [titles, setTitles] = createSignal<Readonly<Record<string, string>>>({})

  createEffect(() => keepLayout(localStorage, workspace.id, layout()))
  createEffect(() => {
    const pty = current()
    if (pty === undefined) return
    setLayout((before) => focusOn(before, pty))
    setRang((before) => before.filter((each) => each !== pty))
  })

  async function refresh(): Promise<void> {
    const { ptys } = await call('pty.list', { workspace: workspace.id })
    const running = ptys.filter((pty) => pty.exitCode === undefined)
    // One that has ended stays in sight until it is closed; only those that are gone leave their place.
    setAlive(ptys)
    setLayout((before) => follow(before, [...ptysInPlace(before, ptys), ...running.map((pty) => pty.id)]))
  }

  /** Runs what a person asked for; a refusal is shown until the next wish. */
  async function wish(act: () => Promise<void>): Promise<void> {
    if (busy()) return
    setBusy(true)
    setFault(undefined)
    try {
      await act()
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(false)
  }

  async function openOne(seat: (before: Layout, pty: string) => Layout): Promise<void> {
    const name = freshName(alive() ?? [])
    const opened = await call('pty.open', { workspace: workspace.id, name })
    // The pane attaches by itself, and may do so again; this first stream has no reader.
    app.link.stream(opened.stream, NO_READER).close()
    await refresh()
    setLayout((before) => seat(before.length ? dropCell(before, opened.pty) : before, opened.pty))
    go(opened.pty)
  }

  async function closeOne(pty: string): Promise<void> {
    const next = afterDrop(layout(), pty)
    await call('pty.close', { workspace: workspace.id, pty }).catch((error: unknown) => {
      // Another client may have closed it first, which is all that was wanted.
      if (toFault(error).code !== 'not_found') throw error
    })
    setLayout((before) => dropCell(before, pty))
    if (current() === pty) go(next)
    await refresh()
  }

  return {
    layout,
    tab: createMemo(() => tabOf(layout(), current())),
    /** Undefined before the first answer. */
    alive,
    fault,
    busy,
    refresh: () => refresh().catch((error: unknown) => void setFault(toFault(error))),
    /** Whether a terminal that nobody looks at has rung its bell. */
    rang: (pty: string) => rang().includes(pty),
    ring: (pty: string) => pty !== current() && setRang((before) => [...new Set([...before, pty])]),
    /** What its program calls itself; '' until it does. */
    titleOf: (pty: string) => titles()[pty] ?? '',
    title: (pty: string, title: string) => setTitles((before) => ({ ...before, [pty]: title })),
    nameOf: (pty: string) => alive()?.find((terminal) => terminal.id === pty)?.name ?? '',
    open: () => wish(() => openOne(addTab)),
    split: (pty: string, axis: Axis) =>
      wish(() => openOne((before, fresh) => splitCell(before, pty, axis, fresh))),
    close: (pty: string) => wish(() => closeOne(pty)),
    rename: (pty: string, name: string) =>
      wish(async () => {
        await call('pty.rename', { workspace: workspace.id, pty, name })
        await refresh()
      }),
    move: (pty: string, by: number) => setLayout((before) => moveTab(before, pty, by)),
    share: (split: Split, share: number) => setLayout((before) => shareOf(before, split, share)),
  }
}

export type Terminals = ReturnType<typeof createTerminals>

const NO_READER = { bytes: () => undefined, news: () => undefined, lost: () => undefined }

/** `bash`, then `bash 2`: a name that no terminal here has. */
export function freshName(ptys: readonly Pick<Terminal, 'name'>[]): string {
  const taken = new Set(ptys.map((pty) => pty.name))
  let name = 'bash'
  for (let count = 2; taken.has(name); count += 1) name = `bash ${count}`
  return name
}

function ptysInPlace(layout: Layout, ptys: readonly Terminal[]): string[] {
  return ptys.filter((pty) => tabOf(layout, pty.id)).map((pty) => pty.id)
}
