// The question that a step waits for: yes or no, with a word about it.
import { createSignal } from 'solid-js'
import { createAct } from '#web/state/act.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { Icon } from '#web/ui/icon.tsx'
import { FaultNotice } from '#web/ui/notice.tsx'

export function Approval(props: { run: string; step: string }) {
  const { t } = useFace()
  const { call, approvals } = useApp()
  const [comment, setComment] = createSignal('')
  const {
    busy,
    fault,
    go: say,
  } = createAct(async (approved: boolean) => {
    const said = comment().trim()
    await call('run.approve', {
      run: props.run,
      step: props.step,
      approved,
      ...(said !== '' && { comment: said }),
    })
    void approvals.refresh()
  })
  return (
    <form class="approval" onSubmit={(event) => event.preventDefault()}>
      <FaultNotice fault={fault()} />
      <div class="field">
        <label for="approval-comment">{t('step.comment')}</label>
        <input
          id="approval-comment"
          autocomplete="off"
          maxlength="2000"
          value={comment()}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      </div>
      <div class="actions">
        <button class="button primary" type="button" disabled={busy()} onClick={() => void say(true)}>
          <Icon name="check" />
          {t('step.approve')}
        </button>
        <button class="button" type="button" disabled={busy()} onClick={() => void say(false)}>
          <Icon name="close" />
          {t('step.refuse')}
        </button>
      </div>
    </form>
  )
}
