// What the writer of a test writes, so that its reader knows it too. Only tests use it.

/** The log's bytes from `at` on: none is like its neighbours, so a lost or doubled one shows. */
export function logBytes(at: number, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, n) => 32 + ((at + n) ** 2 % 89)))
}

/** Every second artifact has the bytes of its neighbour. */
export const artifactText = (n: number): Buffer => Buffer.from(`content ${n >> 1} `.repeat(5_000))
