// Markdown as it is read: a tree of text becomes elements one by one. It never takes markup.
import { For, Match, Switch } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { JSX } from 'solid-js'
import { readMarkdown } from './markdown.ts'
import type { Block, Inline } from './markdown.ts'

export function Written(props: { text: string }) {
  return (
    <div class="written">
      <For each={readMarkdown(props.text)}>{(block) => <BlockView block={block} />}</For>
    </div>
  )
}

function BlockView(props: { block: Block }): JSX.Element {
  const as = <K extends Block['kind']>(kind: K) =>
    props.block.kind === kind ? (props.block as Extract<Block, { kind: K }>) : undefined
  return (
    <Switch>
      <Match when={as('heading')}>
        {(heading) => (
          // The page has its own first three levels.
          <Dynamic component={`h${Math.min(6, heading().level + 3)}`}>
            <InlineView inline={heading().inline} />
          </Dynamic>
        )}
      </Match>
      <Match when={as('paragraph')}>
        {(one) => (
          <p>
            <InlineView inline={one().inline} />
          </p>
        )}
      </Match>
      <Match when={as('quote')}>
        {(one) => (
          <blockquote>
            <InlineView inline={one().inline} />
          </blockquote>
        )}
      </Match>
      <Match when={as('code')}>{(code) => <pre tabindex="0">{code().text}</pre>}</Match>
      <Match when={as('list')}>
        {(list) => (
          <Dynamic component={list().ordered ? 'ol' : 'ul'}>
            <For each={list().items}>
              {(item) => (
                <li>
                  <InlineView inline={item} />
                </li>
              )}
            </For>
          </Dynamic>
        )}
      </Match>
      <Match when={as('rule')}>
        <hr />
      </Match>
    </Switch>
  )
}

function InlineView(props: { inline: readonly Inline[] }) {
  return (
    <For each={props.inline}>
      {(piece) => {
        if (piece.kind === 'text') return piece.text
        if (piece.kind === 'link')
          return (
            <a href={piece.href} target="_blank" rel="noopener noreferrer">
              {piece.text}
            </a>
          )
        return <Dynamic component={piece.kind}>{piece.text}</Dynamic>
      }}
    </For>
  )
}
