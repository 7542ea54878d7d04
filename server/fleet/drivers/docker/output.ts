// The standard output in what an engine sends of a program without a terminal: 8 bytes before each piece, which stream, three
// zeros, and a length of 32 bits (Docker Engine API, "Stream format"). What it said on its standard error is left out.
import { Transform } from 'node:stream'

const HEAD_BYTES = 8
const OUTPUT = 1

/** Bytes of the program's output, as they come: no piece is waited for. */
export function outputOnly(): Transform {
  let head = Buffer.alloc(0)
  let left = 0
  let isOutput = false
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      let rest = bytes
      while (rest.length > 0) {
        if (left === 0) {
          const lacking = HEAD_BYTES - head.length
          head = Buffer.concat([head, rest.subarray(0, lacking)])
          rest = rest.subarray(lacking)
          if (head.length < HEAD_BYTES) break
          isOutput = head[0] === OUTPUT
          left = head.readUInt32BE(4)
          head = Buffer.alloc(0)
          continue
        }
        const piece = rest.subarray(0, left)
        rest = rest.subarray(left)
        left -= piece.length
        if (isOutput) this.push(piece)
      }
      done()
    },
  })
}
