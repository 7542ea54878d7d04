// What a run's sandbox asked of the network: what was blocked, by which step it was asked, and the rule that would allow it;
// what passed, folded away. It changes no rule: that is the operator's, or the workflow's author's.
import { For, Show, createMemo } from 'solid-js'
import { EGRESS_TOLD_MAX } from '#dsl/powers/runs.ts'
import { useFace } from '#web/state/face.ts'
import type { Egress } from '#web/state/run.ts'
import { egressSentence } from '#web/text/egress.ts'
import { Icon } from '#web/ui/icon.tsx'

/** The same decision about several steps is one line. */
function gathered(decisions: readonly Egress[]): Egress[] {
  const lines = new Map<string, Egress>()
  for (const one of decisions) {
    const { kind, target, outcome, reason, rule } = one
    const key = JSON.stringify([kind, target, outcome, reason, rule])
    const steps = [...new Set([...(lines.get(key)?.steps ?? []), ...one.steps])]
    lines.set(key, { ...one, steps })
  }
  return [...lines.values()]
}

export function Network(props: { decisions: readonly Egress[] }) {
  const { t } = useFace()
  const lines = createMemo(() => gathered(props.decisions))
  const blocked = () => lines().filter(({ outcome }) => outcome !== 'allowed')
  const allowed = () => lines().filter(({ outcome }) => outcome === 'allowed')
  return (
    <Show when={props.decisions.length}>
      <section class="network" aria-labelledby="network">
        <h2 id="network">{t('egress.title')}</h2>
        <Show when={blocked().length}>
          <ul class="network-blocked">
            <For each={blocked()}>{(one) => <Blocked decision={one} />}</For>
          </ul>
        </Show>
        <Show when={allowed().length}>
          <details class="values">
            <summary>{t('egress.allowed', { n: allowed().length })}</summary>
            <ul class="network-allowed">
              <For each={allowed()}>
                {(one) => (
                  <li>
                    <code>{one.target}</code>
                    <span class="soft">
                      {t('egress.by', { rule: one.rule ?? '' })}
                      <Asked steps={one.steps} />
                    </span>
                  </li>
                )}
              </For>
            </ul>
          </details>
        </Show>
        <Show when={props.decisions.length >= EGRESS_TOLD_MAX}>
          <p class="soft">{t('egress.more', { n: EGRESS_TOLD_MAX })}</p>
        </Show>
      </section>
    </Show>
  )
}

function Blocked(props: { decision: Egress }) {
  const { t } = useFace()
  return (
    <li>
      <Icon name="cancel" />
      <div>
        <p>
          <strong>
            {t(props.decision.outcome === 'failed' ? 'egress.failed' : 'egress.blocked')}{' '}
            <code>{props.decision.target ?? t('egress.request')}</code>
          </strong>
          <span class="soft">
            <Asked steps={props.decision.steps} />
          </span>
        </p>
        <p>{egressSentence(props.decision, t)}</p>
        <Show when={props.decision.list}>
          {(list) => (
            <p>
              {t(`egress.add.${list()}`)} <code>{props.decision.rule}</code>
            </p>
          )}
        </Show>
      </div>
    </li>
  )
}

function Asked(props: { steps: readonly string[] }) {
  const { t } = useFace()
  return (
    <Show when={props.steps.length}>
      {' · '}
      {t('egress.asked', { steps: props.steps.join(', ') })}
    </Show>
  )
}
