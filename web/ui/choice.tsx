// One of a few: native radio buttons, drawn as one row. It never has more choices than fit a phone.
import { For, createUniqueId } from 'solid-js'

export interface ChoiceProps<T extends string> {
  readonly label: string
  readonly options: readonly { readonly value: T; readonly text: string }[]
  readonly value: T
  readonly onChange: (value: T) => void
}

export function Choice<T extends string>(props: ChoiceProps<T>) {
  const name = createUniqueId()
  return (
    <fieldset class="choice">
      <legend>{props.label}</legend>
      <div class="choice-row">
        <For each={props.options}>
          {(option) => (
            <label>
              <input
                class="unseen"
                type="radio"
                name={name}
                value={option.value}
                checked={option.value === props.value}
                onChange={() => props.onChange(option.value)}
              />
              <span>{option.text}</span>
            </label>
          )}
        </For>
      </div>
    </fieldset>
  )
}
