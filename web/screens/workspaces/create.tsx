// The dialog that makes a workspace, with a repository in it when an address is given.
import { createSignal, onCleanup } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import type { Workspace } from '#web/state/workspaces.ts'
import { nameOfRepo } from '#web/state/names.ts'
import { Dialog } from '#web/ui/dialog.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'

export interface CreateProps {
  readonly open: boolean
  readonly wantsRepo: boolean
  readonly onClose: () => void
  readonly onDone: (workspace: Workspace) => void
}

export function Create(props: CreateProps) {
  const { t } = useFace()
  return (
    <Dialog
      open={props.open}
      onClose={() => props.onClose()}
      title={t(props.wantsRepo ? 'connect.title' : 'create.title')}
      body={t(props.wantsRepo ? 'connect.body' : 'create.body')}
    >
      <CreateForm {...props} />
    </Dialog>
  )
}

function CreateForm(props: CreateProps) {
  const { call, workspaces } = useApp()
  const { t } = useFace()
  const [repo, setRepo] = createSignal('')
  const [name, setName] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()
  const chosenName = () => name() || nameOfRepo(repo())
  const gone = new AbortController()
  onCleanup(() => gone.abort())

  async function create(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    try {
      const spec = repo().trim() ? { repo: repo().trim() } : {}
      const { workspace } = await call(
        'workspace.create',
        { name: chosenName(), ...spec },
        { signal: gone.signal },
      )
      await workspaces.refresh()
      props.onDone(workspace)
    } catch (error) {
      if (gone.signal.aborted) return
      setFault(toFault(error))
    }
    setBusy(false)
  }

  const label = () => {
    if (busy()) return t(repo().trim() ? 'connect.busy' : 'create.busy')
    return t(props.wantsRepo ? 'connect.go' : 'create.go')
  }

  return (
    <form class="form" onSubmit={(event) => void create(event)}>
      <FaultNotice fault={fault()} />
      <div class="field">
        <label for="connect-repo">{t(props.wantsRepo ? 'connect.repo' : 'create.repo')}</label>
        <input
          id="connect-repo"
          type="url"
          autocomplete="off"
          placeholder="https://github.com/user/project.git"
          required={props.wantsRepo}
          value={repo()}
          onInput={(event) => setRepo(event.currentTarget.value)}
        />
      </div>
      <div class="field">
        <label for="connect-name">{t('connect.name')}</label>
        <input
          id="connect-name"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
          maxlength="63"
          pattern="[a-z0-9][a-z0-9\-]*"
          aria-describedby="connect-name-hint"
          value={chosenName()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <p class="hint" id="connect-name-hint">
          {t('connect.name.hint')}
        </p>
      </div>
      <div class="actions end">
        <button class="button quiet" type="button" onClick={() => props.onClose()}>
          {t('cancel')}
        </button>
        <button class="button primary" type="submit" disabled={busy()}>
          {label()}
        </button>
      </div>
    </form>
  )
}
