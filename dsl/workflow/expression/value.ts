// What an expression computes with: JSON values, and GitHub's rules to turn one kind into another. It never runs or reads anything.
// Rules: docs.github.com "Evaluate expressions", and actions/runner `EvaluationResult` where the page is silent.

export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

export type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** Anything that is not JSON (a function, a symbol, undefined) counts as null, so that no context can hand one in. */
export function kindOf(value: Value | undefined): Kind {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'boolean' || type === 'number' || type === 'string' || type === 'object' ? type : 'null'
}

export function isObject(value: Value | undefined): value is { readonly [key: string]: Value } {
  return kindOf(value) === 'object'
}

export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

export function isPrimitive(value: Value | undefined): boolean {
  return !isArray(value) && !isObject(value)
}

export function truthy(value: Value | undefined): boolean {
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value)
  return value !== null && value !== undefined && value !== false && value !== ''
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/
const HEX = /^0x[0-9a-fA-F]+$/
const OCTAL = /^0o[0-7]+$/
const INFINITE = /^[-+]?Infinity$/

/** The number that a text spells, without blanks around it; NaN when it spells none. */
export function readNumber(text: string): number {
  if (DECIMAL.test(text) || HEX.test(text) || OCTAL.test(text) || INFINITE.test(text)) return Number(text)
  return Number.NaN
}

export function toNumber(value: Value | undefined): number {
  if (value === null || value === undefined) return 0
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return Number.NaN
  const text = value.trim()
  return text === '' ? 0 : readNumber(text)
}

/** Text as GitHub prints it: fifteen significant digits, and only the kind's name of an array or object. */
export function toText(value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (isArray(value)) return 'Array'
  return isObject(value) ? 'Object' : ''
}

/** .NET's `G15`, which GitHub's runner prints numbers with: 1E+15, but 123456789012345 in full. */
export function numberText(value: number): string {
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return String(value)
  const [digits = '', power = '0'] = value.toExponential(14).split('e')
  const exponent = Number(power)
  const mantissa = digits.replace(/\.?0+$/, '')
  if (exponent >= -5 && exponent < 15) return plain(mantissa, exponent)
  return `${mantissa}E${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** `mantissa` is one digit, a point and more; the point moves `exponent` places. */
function plain(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const rest = digits.slice(exponent + 1)
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`
}

const ASCII = /^[\0-\x7f]*$/

/**
 * The text with every character in its upper case, for comparing without regard to it. As .NET's OrdinalIgnoreCase:
 * one character becomes one, and the dotless ı and the long ſ do not become ASCII letters.
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toUpperCase()
  return Array.from(text, foldCharacter).join('')
}

function foldCharacter(character: string): string {
  if (character === 'ı' || character === 'ſ') return character
  const upper = character.toUpperCase()
  return upper.length === character.length ? upper : character
}

export function sameText(left: string, right: string): boolean {
  return left === right || fold(left) === fold(right)
}

/** `==`: different kinds meet as numbers; an array or object equals only itself. */
export function equal(left: Value | undefined, right: Value | undefined): boolean {
  const [a, b] = alike(left, right)
  const kind = kindOf(a)
  if (kind !== kindOf(b)) return false
  if (kind === 'null') return true
  if (kind === 'string') return sameText(a as string, b as string)
  return a === b
}

/** `<` as -1, `>` as 1, and undefined where the two have no order. */
export function order(left: Value | undefined, right: Value | undefined): -1 | 0 | 1 | undefined {
  const [a, b] = alike(left, right)
  if (typeof a === 'string' && typeof b === 'string') return compare(fold(a), fold(b))
  if (typeof a === 'number' && typeof b === 'number')
    return Number.isNaN(a) || Number.isNaN(b) ? undefined : compare(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return compare(Number(a), Number(b))
  return undefined
}

function compare<T extends string | number>(a: T, b: T): -1 | 0 | 1 {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function alike(left: Value | undefined, right: Value | undefined): readonly [Value, Value] {
  const a = left ?? null
  const b = right ?? null
  const kinds = [kindOf(a), kindOf(b)] as const
  const mixed = kinds[0] !== kinds[1] && isPrimitive(a) && isPrimitive(b)
  if (mixed) return [toNumber(a), toNumber(b)]
  return [a, b]
}

/** The own property of that name, letter case aside; an exact name wins. */
export function property(object: { readonly [key: string]: Value }, name: string): Value | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  const wanted = fold(name)
  const found = Object.keys(object).find((key) => fold(key) === wanted)
  return found === undefined ? undefined : object[found]
}

/** `toJSON`: two blanks a level, numbers as `toText` prints them. */
export function toJson(value: Value | undefined, indent = ''): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (isPrimitive(value)) return toText(value) || 'null'
  const inner = `${indent}  `
  const lines = isArray(value)
    ? value.map((item) => inner + toJson(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${toJson(item, inner)}`)
  const [open, close] = isArray(value) ? '[]' : '{}'
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`
}
