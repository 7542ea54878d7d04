// One input that a workflow asks for, as the native control of its type. It keeps no value: the form has it.
import { For, Match, Show, Switch, createUniqueId } from 'solid-js'
import type { WorkflowGraph } from '#web/state/checked.ts'
import { useFace } from '#web/state/face.ts'
import { fieldOf } from './values.ts'

export type Input = WorkflowGraph['inputs'][string]

export function InputField(props: { name: string; input: Input }) {
  const { t } = useFace()
  const id = createUniqueId()
  const start = () => (props.input.default === undefined ? '' : String(props.input.default))
  const hint = () => (props.input.description ? `${id}-hint` : undefined)
  const common = () => ({
    id,
    name: fieldOf(props.name),
    'aria-describedby': hint(),
  })
  return (
    <div class="field">
      <label for={id} class={props.input.type === 'boolean' ? 'check' : undefined}>
        <Show when={props.input.type === 'boolean'}>
          <input {...common()} type="checkbox" checked={props.input.default === true} />
        </Show>
        <span>
          {props.name}
          <Show when={props.input.required}>
            <span class="soft"> {t('start.required')}</span>
          </Show>
        </span>
      </label>
      <Switch>
        <Match when={props.input.type === 'choice'}>
          <select {...common()} required={props.input.required}>
            <Show when={props.input.default === undefined}>
              <option value="">{t('start.choose')}</option>
            </Show>
            <For each={props.input.options}>
              {(option) => (
                <option value={option} selected={option === start()}>
                  {option}
                </option>
              )}
            </For>
          </select>
        </Match>
        <Match when={props.input.type === 'number'}>
          <input {...common()} type="number" step="any" value={start()} required={props.input.required} />
        </Match>
        <Match when={props.input.type === 'string'}>
          <input {...common()} autocomplete="off" value={start()} required={props.input.required} />
        </Match>
      </Switch>
      <Show when={props.input.description}>
        <p class="hint" id={hint()}>
          {props.input.description}
        </p>
      </Show>
    </div>
  )
}
