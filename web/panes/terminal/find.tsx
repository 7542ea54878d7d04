// The bar that looks for text in the scrollback. It reads the screen and never types into it.
import type { SearchAddon } from '@xterm/addon-search'
import { createSignal, onCleanup, onMount, untrack } from 'solid-js'
import type { TextKey } from '#web/text/say.ts'
import { Icon } from '#web/ui/icon.tsx'
import { matchColours } from './theme.ts'
import type { ThemeName } from './theme.ts'

export interface FindProps {
  readonly search: SearchAddon
  readonly theme: ThemeName
  readonly t: (key: TextKey, values?: Record<string, string | number>) => string
  readonly onClose: () => void
}

export function Find(props: FindProps) {
  // Still needed when the bar goes, and the screen may go with it.
  const search = untrack(() => props.search)
  const [wish, setWish] = createSignal('')
  const [found, setFound] = createSignal<{ index: number; all: number }>()
  const input = (
    <input
      type="search"
      class="find-input"
      aria-label={props.t('terminal.find')}
      placeholder={props.t('terminal.find')}
      autocomplete="off"
      autocapitalize="none"
      spellcheck={false}
      onInput={(event) => look(event.currentTarget.value)}
      onKeyDown={key}
    />
  ) as HTMLInputElement

  onMount(() => {
    const results = search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setFound({ index: resultIndex + 1, all: resultCount }),
    )
    input.focus()
    onCleanup(() => {
      results.dispose()
      search.clearDecorations()
    })
  })

  const options = (incremental = false) => ({ incremental, decorations: matchColours(props.theme) })
  function look(text: string): void {
    setWish(text)
    if (text) return void search.findPrevious(text, options(true))
    search.clearDecorations()
    setFound(undefined)
  }
  // What was printed last is what is looked for most, so Enter goes up.
  const up = () => search.findPrevious(wish(), options())
  const down = () => search.findNext(wish(), options())
  function key(event: KeyboardEvent): void {
    if (event.key === 'Escape') props.onClose()
    else if (event.key === 'Enter' && event.shiftKey) down()
    else if (event.key === 'Enter') up()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const count = () => {
    const { index, all } = found() ?? { index: 0, all: 0 }
    if (!wish()) return ''
    return all === 0 ? props.t('terminal.nothing') : props.t('terminal.matches', { n: index || '?', all })
  }

  return (
    <div class="find" role="search">
      {input}
      <span class="find-count" role="status">
        {count()}
      </span>
      <button class="button quiet square" aria-label={props.t('terminal.previous')} onClick={up}>
        <span class="turn-up">
          <Icon name="chevron" />
        </span>
      </button>
      <button class="button quiet square" aria-label={props.t('terminal.next')} onClick={down}>
        <span class="turn-down">
          <Icon name="chevron" />
        </span>
      </button>
      <button
        class="button quiet square"
        aria-label={props.t('terminal.close')}
        onClick={() => props.onClose()}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}
