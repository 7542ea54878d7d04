// An artifact as a reader sees it: a picture, a report, a text. Everything in it is a stranger's: it becomes text or a
// picture, never markup, and no script of it can run.
import { For, Match, Show, Switch, createResource, onCleanup } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import { useFace } from '#web/state/face.ts'
import { FaultNotice } from '#web/ui/notice.tsx'
import { FINDINGS_MAX } from './finding.ts'
import type { Finding } from './finding.ts'
import { readJunit } from './junit.ts'
import type { ShownKind } from './kind.ts'
import { readSarif } from './sarif.ts'
import { Written } from './written.tsx'
import './artifact.css'

export interface ArtifactViewProps {
  readonly name: string
  readonly kind: ShownKind
  /** A signed address of this server. */
  readonly address: () => Promise<string>
}

interface Content {
  /** Of a picture. */
  readonly source?: string
  readonly text: string
}

export function ArtifactView(props: ArtifactViewProps) {
  const { t } = useFace()
  const gone = new AbortController()
  onCleanup(() => gone.abort())
  const [content] = createResource(() => read(props.kind, props.address, gone.signal))
  const shown = () => (content.error === undefined ? content() : undefined)
  const text = () => shown()?.text ?? ''
  const tests = () => (props.kind === 'xml' ? readJunit(text()) : undefined)
  const findings = () => (props.kind === 'sarif' ? readSarif(text()) : undefined)

  return (
    <div class="artifact" role="region" aria-label={props.name}>
      <Show when={content.error as unknown}>{(error) => <FaultNotice fault={toFault(error())} />}</Show>
      <Show when={shown()}>
        {(loaded) => (
          <Switch fallback={<pre tabindex="0">{props.kind === 'json' ? indented(text()) : text()}</pre>}>
            <Match when={loaded().source}>{(source) => <img src={source()} alt={props.name} />}</Match>
            <Match when={props.kind === 'markdown'}>
              <Written text={text()} />
            </Match>
            <Match when={tests()}>
              {(report) => (
                <>
                  <p class="artifact-counts">
                    {t('artifact.tests', {
                      tests: report().tests,
                      failed: report().failed,
                      skipped: report().skipped,
                    })}
                  </p>
                  <Findings findings={report().findings} />
                </>
              )}
            </Match>
            <Match when={findings()}>
              {(found) => (
                <>
                  <p class="artifact-counts">{t('artifact.findings', { n: found().length })}</p>
                  <Findings findings={found()} />
                </>
              )}
            </Match>
          </Switch>
        )}
      </Show>
    </div>
  )
}

function Findings(props: { findings: readonly Finding[] }) {
  const { t } = useFace()
  return (
    <>
      <ul class="findings">
        <For each={props.findings.slice(0, FINDINGS_MAX)}>
          {(finding) => (
            <li class={`finding ${finding.level}`}>
              <strong>{finding.title || t(`artifact.level.${finding.level}`)}</strong>
              <span class="unseen">{t(`artifact.level.${finding.level}`)}</span>
              <span>{finding.message}</span>
              <Show when={finding.place}>{(place) => <code>{place()}</code>}</Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.findings.length > FINDINGS_MAX}>
        <p class="soft">{t('artifact.more', { n: props.findings.length - FINDINGS_MAX })}</p>
      </Show>
    </>
  )
}

/** Faults: as the server says; unavailable. */
async function read(kind: ShownKind, address: () => Promise<string>, signal: AbortSignal): Promise<Content> {
  const source = await address()
  if (kind === 'image') return { source, text: '' }
  const response = await fetch(source, { signal, credentials: 'omit' })
  if (!response.ok) throw new Error(`The server answered with status ${response.status}.`)
  const text = await response.text()
  if (kind !== 'drawing') return { text }
  // As a picture a drawing runs nothing and loads nothing; an address of its own would make it a page of this origin.
  return { source: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`, text: '' }
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}
