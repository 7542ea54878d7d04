// A Python package of one module, as pip installs it: a zip (PKWARE APPNOTE, stored entries) of the files that PEP 427
// asks for. Only tests use it.
import { crc32 } from 'node:zlib'

/** Version 1.0, for any Python 3. */
export function makeWheel(name: string, module: string): Buffer {
  const info = `${name}-1.0.dist-info`
  return zip({
    [`${name}.py`]: module,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: [`${name}.py`, `${info}/METADATA`, `${info}/WHEEL`, `${info}/RECORD`]
      .map((path) => `${path},,\n`)
      .join(''),
  })
}

function zip(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const [name, body] = [Buffer.from(path), Buffer.from(text)]
    const about = numbers(
      [20, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [0x21, 2],
      [crc32(body), 4],
      [body.length, 4],
      [body.length, 4],
    )
    const sizes = numbers([name.length, 2], [0, 2])
    const local = Buffer.concat([numbers([0x04034b50, 4]), about, sizes, name, body])
    const rest = numbers([0, 2], [0, 2], [0, 2], [0o100644 * 65_536, 4], [offset, 4])
    directory.push(Buffer.concat([numbers([0x02014b50, 4], [0x0314, 2]), about, sizes, rest, name]))
    locals.push(local)
    offset += local.length
  }
  const index = Buffer.concat(directory)
  const count = directory.length
  const end = numbers(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [index.length, 4],
    [offset, 4],
    [0, 2],
  )
  return Buffer.concat([...locals, index, end])
}

/** Little-endian, value and size in bytes. */
function numbers(...values: readonly (readonly [value: number, size: number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, size]) => {
      const bytes = Buffer.alloc(size)
      bytes.writeUIntLE(value, 0, size)
      return bytes
    }),
  )
}
