// What models cost, by the list in config/prices.json. A model that the list does not have has no price; none is guessed.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'

const dollars = z.number().min(0).max(100_000)
/** US dollars per million tokens. */
const Prices = z.record(z.string().min(1), z.object({ input: dollars, output: dollars }).strict())
export type Prices = z.output<typeof Prices>

/** Fault: invalid (the file). */
export function loadPrices(file: string): Prices {
  try {
    return Prices.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const problem = `CHISPART_PRICES names a file that is no list of prices: ${file}. See config/prices.json for one.`
    throw new Fault('invalid', problem, { data: { field: 'CHISPART_PRICES' }, cause })
  }
}

/** US dollars; undefined for a model without a price. `vendor/model` also has the price of `model`. */
export function costOf(
  prices: Prices,
  model: string,
  usage: { readonly inputTokens: number; readonly outputTokens: number },
): number | undefined {
  const names = [model, model.slice(model.lastIndexOf('/') + 1)]
  const name = names.find((one) => Object.hasOwn(prices, one))
  const price = name === undefined ? undefined : prices[name]
  if (price === undefined) return undefined
  return (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1_000_000
}
