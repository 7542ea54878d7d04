// Queries over invitations of devices. It never sees a code, only its keyed hash; guesses are counted here, for good.
import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Store } from './store.ts'
import { pairings } from './tables.ts'

export type PairingRow = typeof pairings.$inferSelect
export type NewPairing = Pick<PairingRow, 'id' | 'userId' | 'codeHash' | 'nonce' | 'kind' | 'expiresAt'>

/** At this many wrong guesses an invitation is dead. */
const MAX_WRONG = 5
const DAY_MS = 86_400_000
/** How long a nonce counts as used. */
const KEPT_MS = 30 * DAY_MS

const live = () => and(eq(pairings.used, false), gt(pairings.expiresAt, sql`now()`))

/** False when the nonce was used in the last 30 days. */
export async function addPairing({ db }: Store, row: NewPairing): Promise<boolean> {
  await db.delete(pairings).where(lt(pairings.expiresAt, new Date(Date.now() - KEPT_MS)))
  const added = await db
    .insert(pairings)
    .values(row)
    .onConflictDoNothing({ target: pairings.nonce })
    .returning()
  return added.length === 1
}

/** Whether an invitation that may still be used has that code: another one must not get it too. */
export async function isCodeLive({ db }: Store, codeHash: string): Promise<boolean> {
  const found = await db
    .select()
    .from(pairings)
    .where(and(eq(pairings.codeHash, codeHash), live()))
  return found.length > 0
}

/**
 * One guess: the invitation of that code, used up now; `wrong`; or `spent` when every live invitation has died of wrong
 * guesses. A guess names no invitation, so a wrong one counts against all of them. The rows are locked first: guesses
 * that come at once are judged one after the other, and a thousand of them are still only five.
 */
export function guessCode({ db }: Store, codeHash: string): Promise<PairingRow | 'wrong' | 'spent'> {
  return db.transaction(async (tx) => {
    const rows = await tx.select().from(pairings).where(live()).orderBy(asc(pairings.id)).for('update')
    const open = rows.filter(({ wrongGuesses }) => wrongGuesses < MAX_WRONG)
    if (open.length === 0) return rows.length > 0 ? 'spent' : 'wrong'
    const [right, another] = open.filter((row) => row.codeHash === codeHash)
    if (right !== undefined && another === undefined) {
      await tx.update(pairings).set({ used: true }).where(eq(pairings.id, right.id))
      return right
    }
    const ids = open.map(({ id }) => id)
    await tx
      .update(pairings)
      .set({ wrongGuesses: sql`${pairings.wrongGuesses} + 1` })
      .where(inArray(pairings.id, ids))
    return 'wrong'
  })
}
