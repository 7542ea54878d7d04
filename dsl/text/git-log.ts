// Writes and reads the format that git.log asks `git log -z` for. Strings in, objects out.

export interface LogEntry {
  id: string
  parents: string[]
  author: { name: string; email: string }
  /** ISO 8601, with the author's own offset. */
  authoredAt: string
  committedAt: string
  subject: string
  body: string
}

/** git-log(1), "PRETTY FORMATS". No field can hold a NUL, so a fixed number of them is one commit. */
export const LOG_FORMAT = '%H%x00%P%x00%an%x00%ae%x00%aI%x00%cI%x00%s%x00%b'
const FIELDS = 8

export function parseLog(text: string): LogEntry[] {
  const words = text.split('\0')
  const entries: LogEntry[] = []
  for (let at = 0; at + FIELDS <= words.length; at += FIELDS)
    entries.push(entry(words.slice(at, at + FIELDS)))
  return entries
}

function entry(words: readonly string[]): LogEntry {
  const [
    id = '',
    parents = '',
    name = '',
    email = '',
    authoredAt = '',
    committedAt = '',
    subject = '',
    body = '',
  ] = words
  return {
    id,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    author: { name, email },
    authoredAt,
    committedAt,
    subject,
    body: body.trimEnd(),
  }
}
