import { expect, it } from 'vitest'
import { sizeOf } from './size.ts'

it('says amounts of bytes in the reader’s language', () => {
  expect([0, 1023, 1024, 348_160, 1_288_490_189, 2 ** 60].map((bytes) => sizeOf('en', bytes))).toEqual([
    ...['0 B', '1,023 B', '1 KiB', '340 KiB', '1.2 GiB', '1,048,576 TiB'],
  ])
  expect(sizeOf('es', 1_258_291)).toBe('1,2 MiB')
})
