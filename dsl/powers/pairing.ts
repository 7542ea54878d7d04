// The power to bring a device in by a 6-digit code that a signed-in person shows (in the shape of RFC 8628, turned round).
import type { Signal } from './signal.ts'

export type DeviceKind = 'android' | 'ios' | 'web' | 'cli'

export interface DeviceInfo {
  readonly id: string
  readonly name: string
  readonly kind: DeviceKind
  /** `pending`: it knows the code and waits for the person's yes. */
  readonly state: 'pending' | 'active' | 'revoked'
  /** ISO 8601. */
  readonly createdAt: string
  readonly lastSeenAt?: string
  /** True for the device that asks. */
  readonly current: boolean
}

export interface Invitation {
  /** Six digits; valid for 10 minutes, for one device, for at most 5 wrong guesses. */
  readonly code: string
  /** ISO 8601. */
  readonly expiresAt: string
  /** What the QR code holds; the code is in the fragment, so no server log sees it. */
  readonly url: string
}

export interface Pairing {
  /** Faults: conflict (the nonce was used before), rate_limited. */
  init(request: { device: DeviceKind; nonce: string }): Promise<Invitation>
  /**
   * Redeems a code. A stranger waits until the person who showed the code allows the device; the person's own
   * client is allowed at once. Faults: denied (wrong code or refused), rate_limited (after 5 wrong codes), timed_out.
   */
  confirm(request: {
    code: string
    name?: string | undefined
    device?: DeviceKind | undefined
    /** Ends the wait; the device then no longer asks. */
    signal: Signal
    /** Told once the code is right and the person is asked. */
    waiting?: (device: { id: string; name: string }) => Promise<void> | void
  }): Promise<{ token: string; device: DeviceInfo }>
}

export interface Devices {
  /** Oldest first, without those that were revoked. */
  list(): Promise<DeviceInfo[]>
  /** The signed-in person's answer to a pending device. Faults: not_found (it does not wait, or not any more). */
  approve(device: string, allow: boolean): Promise<DeviceInfo>
  /** Ends the device's token and closes its sockets within a second. A pending device is refused. Faults: not_found. */
  revoke(device: string): Promise<DeviceInfo>
}
