// What an error of the file system means to the caller. It never passes the system's own text on.
import { Fault } from '#dsl/fault.ts'
import type { FaultCode } from '#dsl/fault.ts'

/** errno(3) → what is wrong with the path. */
const MEANING: Readonly<Record<string, readonly [FaultCode, string]>> = {
  ENOENT: ['not_found', 'there is nothing there'],
  ENOTDIR: ['conflict', 'it is not a directory'],
  EISDIR: ['conflict', 'it is a directory'],
  EEXIST: ['conflict', 'there is something there already'],
  ENOTEMPTY: ['conflict', 'the directory is not empty; say recursive to delete what it holds'],
  EINVAL: ['conflict', 'it cannot be put there'],
  EBUSY: ['conflict', 'it is in use'],
  EXDEV: ['conflict', 'it lies on another file system; write it there and remove it here'],
  ELOOP: ['denied', 'its links lead in a circle'],
  EACCES: ['denied', 'the file system does not permit it'],
  EPERM: ['denied', 'the file system does not permit it'],
  EROFS: ['denied', 'the file system is read-only'],
  ENAMETOOLONG: ['invalid', 'the name is too long'],
  ENXIO: ['conflict', 'it is not a file'],
  ENOSPC: ['exhausted', 'the workspace is full'],
  EDQUOT: ['exhausted', 'the workspace is full'],
  EMFILE: ['unavailable', 'too many files are open'],
}

export function fileFault(error: unknown, path: string): unknown {
  if (error instanceof Fault) return error
  const meaning = MEANING[(error as NodeJS.ErrnoException).code ?? '']
  if (!meaning) return error
  const [code, text] = meaning
  return new Fault(code, `"${path}": ${text}.`, { data: { path }, cause: error })
}
