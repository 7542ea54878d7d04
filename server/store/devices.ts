// Queries over devices. It never sees a device's token, only its hash, and changes only devices of the user it is given.
import { and, asc, eq, ne, sql } from 'drizzle-orm'
import type { Store } from './store.ts'
import { devices, users } from './tables.ts'

export type DeviceRow = typeof devices.$inferSelect
export type NewDevice = Pick<DeviceRow, 'id' | 'userId' | 'name' | 'kind' | 'state' | 'hash'>

export async function addDevice({ db }: Store, row: NewDevice): Promise<DeviceRow> {
  const [added] = await db.insert(devices).values(row).returning()
  if (!added) throw new Error('an insert answered without its row')
  return added
}

/** The active device of that hash with its person. The look is remembered, at most once a minute. */
export async function seeDevice({ db }: Store, hash: string) {
  const active = and(eq(devices.hash, hash), eq(devices.state, 'active'))
  const [row] = await db
    .select({ device: devices, user: users })
    .from(devices)
    .innerJoin(users, eq(users.id, devices.userId))
    .where(active)
  if (!row) return undefined
  const old = sql`(${devices.lastSeenAt} is null or ${devices.lastSeenAt} < now() - interval '1 minute')`
  await db
    .update(devices)
    .set({ lastSeenAt: sql`now()` })
    .where(and(active, old))
  return row
}

/** Oldest first, without those that were revoked. */
export function listDevices({ db }: Store, userId: string): Promise<DeviceRow[]> {
  return db
    .select()
    .from(devices)
    .where(and(eq(devices.userId, userId), ne(devices.state, 'revoked')))
    .orderBy(asc(devices.createdAt))
    .execute()
}

/** Moves a device on, from one of its states only: of two answers at once, one is first. Undefined: it was not there. */
export async function moveDevice(
  { db }: Store,
  id: string,
  userId: string,
  from: DeviceRow['state'],
  to: DeviceRow['state'],
): Promise<DeviceRow | undefined> {
  const [row] = await db
    .update(devices)
    .set({ state: to })
    .where(and(eq(devices.id, id), eq(devices.userId, userId), eq(devices.state, from)))
    .returning()
  return row
}

/** Of one device, or of every user's when none is named: nobody waits for those after a restart. */
export async function removePendingDevices({ db }: Store, id?: string): Promise<void> {
  const pending = eq(devices.state, 'pending')
  await db.delete(devices).where(id === undefined ? pending : and(pending, eq(devices.id, id)))
}
