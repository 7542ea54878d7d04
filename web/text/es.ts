// Every sentence of the face in Spanish, under the keys of English.
import { credentialsEs } from './credentials.es.ts'
import { devicesEs } from './devices.es.ts'
import type { en } from './en.ts'
import { egressEs } from './egress.es.ts'
import { runsEs } from './runs.es.ts'
import { graphEs } from './graph.es.ts'
import { terminalEs } from './terminal.es.ts'
import { workflowsEs } from './workflows.es.ts'
import { workspacesEs } from './workspaces.es.ts'

export const es: Record<keyof typeof en, string> = {
  ...credentialsEs,
  ...devicesEs,
  ...egressEs,
  ...runsEs,
  ...graphEs,
  ...terminalEs,
  ...workflowsEs,
  ...workspacesEs,
  cancel: 'Cancelar',
  close: 'Cerrar',
  retry: 'Reintentar',
  save: 'Guardar',
  busy: 'Un momento…',
  'nav.label': 'Chispart',
  'nav.home': 'Inicio',
  'nav.terminal': 'Terminal',
  'nav.workspaces': 'Espacios',
  'nav.devices': 'Dispositivos',
  'nav.settings': 'Ajustes',
  'nav.go': 'Ir a {name}',
  'nav.skip': 'Saltar al contenido',
  'link.broken': 'Sin conexión. Intentándolo de nuevo…',
  'link.now': 'Intentar ya',
  'lost.title': 'No hay nada en esta dirección',
  'lost.body': 'El enlace puede ser antiguo, o le falta una letra.',
  'settings.title': 'Ajustes',
  'settings.body': 'Este navegador lo recuerda.',
  'settings.look': 'Aspecto',
  'settings.theme': 'Tema',
  'settings.theme.system': 'Sistema',
  'settings.theme.light': 'Claro',
  'settings.theme.dark': 'Oscuro',
  'settings.language': 'Idioma',
  'settings.language.system': 'Navegador',
  'settings.font': 'Tamaño de letra de las terminales',
  'settings.font.value': '{n} píxeles',
  'settings.account': 'Cuenta',
  'settings.name': 'Sesión de',
  'settings.role': 'Función',
  'settings.role.owner': 'Propietario',
  'settings.role.member': 'Miembro',
  'settings.plan': 'Plan',
  'settings.plan.hint': 'Dice qué órdenes pueden ejecutarse.',
  'settings.out': 'Cerrar sesión',
  'settings.out.title': '¿Cerrar la sesión de este navegador?',
  'settings.out.body':
    'Para volver necesitas un enlace nuevo de un solo uso, o un código de otro dispositivo.',
  'fault.allow': 'El plan lo permitiría con el patrón: {allow}',
  'fault.rule': 'Lo rechaza la regla {rule}. SECURITY.md la explica.',
  'fault.quota.workspaces':
    'Tu plan «{plan}» tiene {limit} espacios en marcha a la vez, y ya hay {used}. Detén uno, o pide al operador que suba «workspaces» del plan.',
  'fault.quota.runs':
    'Tu plan «{plan}» hace {limit} ejecuciones a la vez, y ya hay {used} en marcha. Espera a una, o pide al operador que suba «runs» del plan.',
  'fault.quota.runMinutesPerMonth':
    'Las ejecuciones de este mes llevan {used} de los {limit} minutos de tu plan «{plan}». Espera al mes que viene, o pide al operador que suba «runMinutesPerMonth» del plan.',
  'fault.quota.usdPerMonth':
    'Los modelos de lenguaje llevan ${used} de los ${limit} que tu plan «{plan}» tiene al mes, y esto es más que el resto. Pide menos, o pide al operador que suba «usdPerMonth» del plan.',
  'fault.quota.artifactMiB':
    'Los artefactos ocupan {used} de los {limit} MiB de tu plan «{plan}». Espera a que caduquen los viejos, o pide al operador que suba «artifactMiB» del plan.',
  'fault.unavailable.offline': 'El servidor no responde. Comprueba que funciona y vuelve a intentarlo.',
  'fault.unavailable.broken':
    'La conexión se cortó antes de la respuesta. Mira si se hizo y, si no, vuelve a intentarlo.',
  'fault.denied.code': 'Este código es erróneo, ya se usó o caducó. Mira otra vez el otro dispositivo.',
  'fault.denied.refused': 'Quien tiene el otro dispositivo ha rechazado este.',
  'fault.rate_limited.codes': 'Demasiados códigos erróneos. Crea un código nuevo en el otro dispositivo.',
  'fault.rate_limited.guesses':
    'Se probaron demasiados códigos desde aquí. Espera un minuto y vuelve a intentarlo.',
  'fault.rate_limited.invitations': 'Invitaste muchos dispositivos. Espera un minuto y vuelve a intentarlo.',
  'fault.conflict.name': 'Ya existe un espacio con ese nombre. Elige otro.',
}
