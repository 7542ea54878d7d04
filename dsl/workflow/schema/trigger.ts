// What starts a workflow, in the three forms that authors write: one name, a list, or a map with details.
import { z } from 'zod'
import { template } from './text.ts'

export const INPUT_TYPES = ['string', 'number', 'boolean', 'choice'] as const
export const INPUT_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/

export const input = z
  .strictObject({
    type: z.enum(INPUT_TYPES).default('string').describe('What a person fills in'),
    description: z.string().max(500).optional().describe('Shown beside the field'),
    required: z.boolean().default(false).describe('Whether a run cannot start without it'),
    default: z.union([z.string(), z.number(), z.boolean()]).optional().describe('Used when it is left out'),
    options: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(100)
      .optional()
      .describe('The choices of type: choice'),
  })
  .describe('One field of the start dialog')

export const manual = z
  .strictObject({
    inputs: z
      .record(z.string().max(64).regex(INPUT_NAME), z.union([input, z.null()]))
      .optional()
      .describe('What a person is asked for; read as inputs.NAME'),
  })
  .describe('Started by a person: the Run button, or chispart run')

const cronEntry = z.strictObject({
  cron: z.string().max(100).describe('Minute, hour, day of month, month, day of week: "0 3 * * 1-5"'),
  tz: z.string().max(64).optional().describe('A time zone, as in Europe/Madrid; UTC when left out'),
})

export const cron = z
  .union([
    z.string().max(100),
    cronEntry,
    z
      .array(z.union([z.string().max(100), cronEntry]))
      .min(1)
      .max(20),
  ])
  .describe('Started by the clock')

const patterns = (what: string) =>
  z
    .union([z.string().max(200), z.array(z.string().min(1).max(200)).max(100)])
    .optional()
    .describe(what)

export const githubEvent = z
  .strictObject({
    types: patterns('Actions of the event: opened, synchronize, …'),
    branches: patterns('Branches it happens on; of a pull request the base. "!" at the start takes out'),
    'branches-ignore': patterns('Branches it is ignored on'),
    tags: patterns('Tags that are pushed'),
    'tags-ignore': patterns('Tags that are ignored'),
    paths: patterns('Runs only when a changed file matches'),
    'paths-ignore': patterns('Does not run when every changed file matches'),
  })
  .describe('Which of these events start a run; all when empty')

export const github = z
  .union([
    z.string().max(100),
    z.array(z.string().max(100)).min(1).max(50),
    z.record(z.string().max(100), z.union([githubEvent, z.null()])),
  ])
  .describe('Started by something that happens on GitHub')

export const webhook = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a webhook name is lower-case letters, digits and "-"')
      .optional()
      .describe("The last part of its address; the workflow's name when left out"),
    if: template().optional().describe('Runs only when this holds; github.event is the body'),
  })
  .describe('Started by a signed POST')

export const TRIGGER_NAME = /^(?:manual|webhook|cron:.{1,100}|github:[a-z_]+(?:\.[a-z_]+)?)$/

const triggerName = z
  .string()
  .regex(TRIGGER_NAME, 'a trigger is manual, webhook, cron:… or github:EVENT.ACTION')
  .describe('manual, webhook, "cron:0 3 * * *", github:push or github:pull_request.opened')

const triggerMap = z
  .looseObject({
    manual: z.union([manual, z.null()]).optional(),
    cron: cron.optional(),
    github: github.optional(),
    webhook: z.union([webhook, z.null()]).optional(),
  })
  .describe('Triggers with their details; github:EVENT.ACTION may be a key too')

export const on = z
  .union([
    triggerName,
    z
      .array(z.union([triggerName, triggerMap]))
      .min(1)
      .max(50),
    triggerMap,
  ])
  .describe('What starts a run: a name, a list of names, or a map with details')
