// What a running workspace uses now beside what it may: asked again while anybody looks. It guesses nothing: a share of the CPU
// is there once two answers are.
import { Show, createSignal } from 'solid-js'
import type { OpOutput } from '#dsl/catalog.ts'
import { useApp } from '#web/state/app.ts'
import { useFace } from '#web/state/face.ts'
import { keepLooking } from '#web/state/looking.ts'
import { sizeOf } from '#web/text/size.ts'

type Usage = OpOutput<'workspace.usage'>['usage']

const LOOK_MS = 4_000

export function WorkspaceUsage(props: { readonly workspace: string }) {
  const { call, link } = useApp()
  const [usage, setUsage] = createSignal<Usage>()
  const [share, setShare] = createSignal<number>()

  async function look(): Promise<void> {
    // It may have stopped in between: the list says so.
    const answer = await call('workspace.usage', { workspace: props.workspace }).catch(() => undefined)
    if (!answer) return
    setShare(cpuShare(usage(), answer.usage))
    setUsage(answer.usage)
  }
  keepLooking({ look, everyMs: LOOK_MS, link })

  return (
    <Show when={usage()?.now}>
      {(now) => <Meters now={now()} usage={usage() as Usage} share={share()} />}
    </Show>
  )
}

interface MetersProps {
  readonly usage: Usage
  readonly now: NonNullable<Usage['now']>
  readonly share: number | undefined
}

function Meters(props: MetersProps) {
  const { preferences, t } = useFace()
  const size = (bytes: number) => sizeOf(preferences.language(), bytes)
  const limits = () => props.usage.limits
  const ofSize = (used: number, limit: number) => t('usage.of', { used: size(used), limit: size(limit) })
  const cpu = () =>
    t('usage.of', {
      used: props.share === undefined ? '…' : `${Math.round(props.share * 100)} %`,
      limit: `${limits().cpus * 100} %`,
    })

  return (
    <dl class="usage">
      <Meter label={t('usage.cpu')} share={(props.share ?? 0) / limits().cpus} text={cpu()} />
      <Meter
        label={t('usage.memory')}
        share={props.now.memoryBytes / limits().memoryBytes}
        text={ofSize(props.now.memoryBytes, limits().memoryBytes)}
      />
      <Meter
        label={t('usage.disk')}
        share={props.now.diskBytes / limits().diskBytes}
        text={ofSize(props.now.diskBytes, limits().diskBytes)}
      />
      <div>
        <dt>{t('usage.network')}</dt>
        <dd>
          {t('usage.network.both', {
            sent: size(props.usage.egress.sent),
            received: size(props.usage.egress.received),
          })}
        </dd>
      </div>
      <Show when={props.now.oomKills}>
        {(n) => <div class="usage-note">{t('usage.oom', { n: n() })}</div>}
      </Show>
    </dl>
  )
}

function Meter(props: { readonly label: string; readonly share: number; readonly text: string }) {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        {props.text}
        <span class="usage-bar" aria-hidden="true">
          <span style={{ width: `${Math.min(100, Math.max(0, props.share * 100))}%` }} />
        </span>
      </dd>
    </div>
  )
}

/** Cores in use between two answers; undefined when the workspace started anew in between. */
function cpuShare(before: Usage | undefined, after: Usage): number | undefined {
  const ms = before === undefined ? 0 : Date.parse(after.at) - Date.parse(before.at)
  const used = (after.now?.cpuMs ?? 0) - (before?.now?.cpuMs ?? Infinity)
  return ms > 0 && used >= 0 ? used / ms : undefined
}
