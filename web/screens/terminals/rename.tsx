// The dialog that gives a terminal another name.
import { createSignal, untrack } from 'solid-js'
import { useFace } from '#web/state/face.ts'
import { Dialog } from '#web/ui/dialog.tsx'

export interface RenameProps {
  /** The terminal to rename; the dialog is open while there is one. */
  readonly pty: string | undefined
  readonly name: string
  readonly onClose: () => void
  readonly onName: (pty: string, name: string) => void
}

export function Rename(props: RenameProps) {
  const { t } = useFace()
  return (
    <Dialog open={props.pty !== undefined} title={t('terminal.rename')} onClose={() => props.onClose()}>
      <RenameForm {...props} />
    </Dialog>
  )
}

function RenameForm(props: RenameProps) {
  const { t } = useFace()
  const [name, setName] = createSignal(untrack(() => props.name))
  function save(event: SubmitEvent): void {
    event.preventDefault()
    if (props.pty !== undefined) props.onName(props.pty, name().trim())
    props.onClose()
  }
  return (
    <form class="form" onSubmit={save}>
      <div class="field">
        <label for="terminal-name">{t('terminal.name')}</label>
        <input
          id="terminal-name"
          required
          maxlength="100"
          pattern=".*\S.*"
          autocomplete="off"
          value={name()}
          onFocus={(event) => event.currentTarget.select()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <div class="actions end">
        <button class="button quiet" type="button" onClick={() => props.onClose()}>
          {t('cancel')}
        </button>
        <button class="button primary" type="submit">
          {t('save')}
        </button>
      </div>
    </form>
  )
}
