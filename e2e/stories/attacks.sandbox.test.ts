// The attack suite in bubblewrap: every way out of a workspace, and every way to harm those beside it, that we know.
import { attackSuite } from '#e2e/attacks/suite.ts'
import { openAttacked } from '#e2e/stage/attacked.ts'

attackSuite('bubblewrap', () => openAttacked(['evil', 'mad'], { env: { CHISPART_SANDBOX: 'bubblewrap' } }))
