// The question before something that cannot be taken back. It stays open, with the reason, when the act is refused.
import { createSignal } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { useFace } from '#web/state/face.ts'
import { Dialog } from './dialog.tsx'
import { FaultNotice } from './notice.tsx'

export interface ConfirmProps {
  readonly open: boolean
  readonly title: string
  readonly body: string
  /** What the button does, as a verb. */
  readonly verb: string
  /** Rejects with the fault that is shown. */
  readonly act: () => Promise<void>
  readonly onClose: () => void
}

export function Confirm(props: ConfirmProps) {
  return (
    <Dialog
      open={props.open}
      role="alertdialog"
      title={props.title}
      body={props.body}
      onClose={() => props.onClose()}
    >
      <Question {...props} />
    </Dialog>
  )
}

function Question(props: ConfirmProps) {
  const { t } = useFace()
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()

  async function go(): Promise<void> {
    setBusy(true)
    setFault(undefined)
    try {
      await props.act()
      props.onClose()
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(false)
  }

  return (
    <>
      <FaultNotice fault={fault()} />
      <div class="actions end">
        <button class="button quiet" type="button" onClick={() => props.onClose()}>
          {t('cancel')}
        </button>
        <button class="button danger" type="button" disabled={busy()} onClick={() => void go()}>
          {busy() ? t('busy') : props.verb}
        </button>
      </div>
    </>
  )
}
