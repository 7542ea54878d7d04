// The dialog that begins a run: a field for each input that `on: manual` asks for, and the code that it works on.
import { For, Show, createSignal, onCleanup } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { useApp } from '#web/state/app.ts'
import type { WorkflowGraph } from '#web/state/checked.ts'
import { useFace } from '#web/state/face.ts'
import { Dialog } from '#web/ui/dialog.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'
import { InputField } from './input-field.tsx'
import { startValues } from './values.ts'

export interface StartDialogProps {
  readonly open: boolean
  readonly text: string
  readonly file: string
  readonly inputs: WorkflowGraph['inputs']
  readonly onClose: () => void
  readonly onStarted: (run: string) => void
}

export function StartDialog(props: StartDialogProps) {
  const { t } = useFace()
  return (
    <Dialog open={props.open} title={t('start.title')} body={t('start.body')} onClose={() => props.onClose()}>
      <StartForm {...props} />
    </Dialog>
  )
}

function StartForm(props: StartDialogProps) {
  const { t } = useFace()
  const { call } = useApp()
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()
  const gone = new AbortController()
  onCleanup(() => gone.abort())

  async function start(event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setFault(undefined)
    try {
      const spec = { text: props.text, file: props.file, ...startValues(props.inputs, form) }
      const { run } = await call('run.start', spec)
      // Who closed the dialog meanwhile stays where they are: the run is in the list.
      if (!gone.signal.aborted) props.onStarted(run.id)
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(false)
  }

  return (
    <form class="form" onSubmit={(event) => void start(event)}>
      <FaultNotice fault={fault()} />
      <For each={Object.entries(props.inputs)}>
        {([name, input]) => <InputField name={name} input={input} />}
      </For>
      <div class="field">
        <label for="start-repo">{t('start.repo')}</label>
        <input
          id="start-repo"
          name="repo"
          type="url"
          autocomplete="off"
          placeholder="https://github.com/user/project.git"
        />
      </div>
      <div class="field">
        <label for="start-branch">{t('start.branch')}</label>
        <input id="start-branch" name="branch" autocomplete="off" autocapitalize="none" spellcheck={false} />
      </div>
      <div class="actions end">
        <button class="button quiet" type="button" onClick={() => props.onClose()}>
          {t('cancel')}
        </button>
        <button class="button primary" type="submit" disabled={busy()}>
          <Show when={busy()} fallback={t('start.go')}>
            {t('busy')}
          </Show>
        </button>
      </div>
    </form>
  )
}
