import { describe, expect, it } from 'vitest'
import { FAULTS, Fault, fromMessage, toFault } from './fault.ts'

describe('the fault table', () => {
  it('gives every code an HTTP error status, a WebSocket close code and a non-zero exit', () => {
    for (const rule of Object.values(FAULTS)) {
      expect(rule.http).toBeGreaterThanOrEqual(400)
      expect(
        rule.ws === 1007 ||
          rule.ws === 1008 ||
          rule.ws === 1009 ||
          rule.ws === 1011 ||
          rule.ws === 1013 ||
          rule.ws >= 4000,
      ).toBe(true)
      expect(rule.exit).toBeGreaterThan(0)
      expect(rule.exit).toBeLessThan(256)
    }
  })
})

describe('toFault', () => {
  it('keeps a fault as it is', () => {
    const fault = new Fault('denied', 'No.')
    expect(toFault(fault)).toBe(fault)
  })

  it('never shows the text of an unknown error, which may hold a secret', () => {
    const fault = toFault(new Error('password=hunter2'))
    expect(JSON.stringify(fault)).not.toContain('hunter2')
    expect(fault.code).toBe('internal')
  })
})

describe('fromMessage', () => {
  it('reads what toJSON wrote', () => {
    const fault = fromMessage(new Fault('invalid', 'Wrong.', { data: { field: 'cwd' } }).toJSON())
    expect(fault).toMatchObject({ code: 'invalid', message: 'Wrong.', data: { field: 'cwd' } })
  })

  it('takes a code from a newer peer as internal', () => {
    expect(fromMessage({ code: 'toString', message: '?' }).code).toBe('internal')
  })
})
