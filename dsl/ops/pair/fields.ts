// Fields of the pairing ops.
import { z } from 'zod'

export const deviceKind = () => z.enum(['android', 'ios', 'web', 'cli']).describe('What kind of device')
