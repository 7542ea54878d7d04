// Where ops leave reports of tools: a folder of the project that git does not see. A report of an earlier run is never
// taken for this one's.
import { Fault } from '#dsl/fault.ts'
import type { Files } from '#dsl/powers/files.ts'

const FOLDER = '.chispart/reports'
/** Bytes of one read. */
const PART = 4_194_304
/** Bytes of a report that are read; what follows is not seen. */
const REPORT_MAX = 8 * PART

/** The folder, with none of these files in it. `directory`: absolute. */
export async function reportFolder(
  files: Files,
  directory: string,
  names: readonly string[],
): Promise<string> {
  const folder = `${directory}/${FOLDER}`
  await files.mkdir(folder, { parents: true })
  await files.write(`${directory}/.chispart/.gitignore`, '*\n')
  for (const name of names) await absent(files.remove(`${folder}/${name}`))
  return folder
}

/** Undefined when the file is not there. Bytes that are no UTF-8 end it. */
export async function readReport(files: Files, path: string): Promise<string | undefined> {
  const stat = await absent(files.stat(path))
  if (stat === undefined) return undefined
  let text = ''
  const size = Math.min(stat.size, REPORT_MAX)
  for (let offset = 0; offset < size;) {
    const part = await readPart(files, path, offset, Math.min(PART, size - offset))
    if (part === undefined) return text
    text += part.text
    offset += part.length
  }
  return text
}

/** The cut may fall inside a character, of at most four bytes. */
async function readPart(
  files: Files,
  path: string,
  offset: number,
  most: number,
): Promise<{ text: string; length: number } | undefined> {
  for (let length = most; length > Math.max(0, most - 4); length -= 1) {
    try {
      return { text: (await files.read(path, { offset, length })).content, length }
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'invalid') throw error
    }
  }
  return undefined
}

async function absent<T>(act: Promise<T>): Promise<T | undefined> {
  try {
    return await act
  } catch (error) {
    if (error instanceof Fault && error.code === 'not_found') return undefined
    throw error
  }
}
