// Fields of the device ops.
import { z } from 'zod'

export const device = () => z.string().min(1).max(64).describe("The device's id, from device.list")
