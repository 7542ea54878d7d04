// Every sentence of the face in English; its keys are the ones that `t` accepts.
import { credentialsEn } from './credentials.en.ts'
import { devicesEn } from './devices.en.ts'
import { egressEn } from './egress.en.ts'
import { runsEn } from './runs.en.ts'
import { graphEn } from './graph.en.ts'
import { terminalEn } from './terminal.en.ts'
import { workflowsEn } from './workflows.en.ts'
import { workspacesEn } from './workspaces.en.ts'

export const en = {
  ...credentialsEn,
  ...devicesEn,
  ...egressEn,
  ...runsEn,
  ...graphEn,
  ...terminalEn,
  ...workflowsEn,
  ...workspacesEn,
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  save: 'Save',
  busy: 'Working…',
  'nav.label': 'Chispart',
  'nav.home': 'Home',
  'nav.terminal': 'Terminal',
  'nav.workspaces': 'Workspaces',
  'nav.devices': 'Devices',
  'nav.settings': 'Settings',
  'nav.go': 'Go to {name}',
  'nav.skip': 'Skip to the content',
  'link.broken': 'No connection. Trying again…',
  'link.now': 'Try now',
  'lost.title': 'Nothing lives at this address',
  'lost.body': 'The link may be old, or a letter went missing.',
  'settings.title': 'Settings',
  'settings.body': 'This browser keeps it for you.',
  'settings.look': 'Appearance',
  'settings.theme': 'Theme',
  'settings.theme.system': 'System',
  'settings.theme.light': 'Light',
  'settings.theme.dark': 'Dark',
  'settings.language': 'Language',
  'settings.language.system': 'Browser’s',
  'settings.font': 'Letter size of terminals',
  'settings.font.value': '{n} pixels',
  'settings.account': 'Account',
  'settings.name': 'Signed in as',
  'settings.role': 'Role',
  'settings.role.owner': 'Owner',
  'settings.role.member': 'Member',
  'settings.plan': 'Plan',
  'settings.plan.hint': 'It says which commands may run.',
  'settings.out': 'Sign out',
  'settings.out.title': 'Sign out of this browser?',
  'settings.out.body': 'To come back you need a new one-time link, or a code from another device.',
  'fault.allow': 'The plan would allow it with the pattern: {allow}',
  'fault.rule': 'Refused by rule {rule}. SECURITY.md explains it.',
  'fault.quota.workspaces':
    'Your plan “{plan}” runs {limit} workspaces at a time, and {used} run. Stop one, or have the operator raise “workspaces” of the plan.',
  'fault.quota.runs':
    'Your plan “{plan}” does {limit} runs at a time, and {used} are at work. Wait for one, or have the operator raise “runs” of the plan.',
  'fault.quota.runMinutesPerMonth':
    'The runs of this month took {used} of the {limit} minutes of your plan “{plan}”. Wait for the next month, or have the operator raise “runMinutesPerMonth” of the plan.',
  'fault.quota.usdPerMonth':
    'Language models cost ${used} of the ${limit} that your plan “{plan}” has a month, and this is more than the rest. Ask for less, or have the operator raise “usdPerMonth” of the plan.',
  'fault.quota.artifactMiB':
    'Artifacts fill {used} of the {limit} MiB of your plan “{plan}”. Wait until old ones are over, or have the operator raise “artifactMiB” of the plan.',
  'fault.unavailable.offline': 'The server does not answer. Check that it runs, then try again.',
  'fault.unavailable.broken':
    'The connection broke before the answer. Look whether it was done, then try again.',
  'fault.denied.code': 'This code is wrong, used or over. Look at the other device again.',
  'fault.denied.refused': 'The person with the other device refused this one.',
  'fault.rate_limited.codes': 'Too many wrong codes. Make a new code on the other device.',
  'fault.rate_limited.guesses': 'Too many codes were tried from here. Wait a minute, then try again.',
  'fault.rate_limited.invitations': 'You invited many devices. Wait a minute, then invite again.',
  'fault.conflict.name': 'A workspace of that name exists already. Choose another name.',
} as const
