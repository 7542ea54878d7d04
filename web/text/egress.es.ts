// The sentences about a run's network in Spanish; web/text/es.ts takes them in.
import type { egressEn } from './egress.en.ts'

export const egressEs: Record<keyof typeof egressEn, string> = {
  'egress.title': 'Red',
  'egress.blocked': 'Bloqueado:',
  'egress.failed': 'Fuera de alcance:',
  'egress.request': 'una petición',
  'egress.asked': 'lo pidió {steps}',
  'egress.by': 'por la regla {rule}',
  'egress.allowed': 'Dejado salir: {n}',
  'egress.more': 'Las primeras {n} decisiones distintas. El registro de auditoría las tiene todas.',
  'egress.add.allow': 'Para permitirlo, el operador añade esto en “allow” de la configuración de salida:',
  'egress.add.trusted':
    'Si es un servicio tuyo, el operador añade esto en “trusted” de la configuración de salida:',
  'egress.add.git': 'Para permitirlo, el operador añade esto en “git” de la configuración de salida:',
  'egress.add.policy': 'Para permitirlo, añade esto a policy.egress_allow en el archivo del flujo:',
  'egress.reason.host': 'Este servidor no está en la lista.',
  'egress.reason.port': 'El servidor está permitido; este puerto suyo, no.',
  'egress.reason.address': 'Es una dirección; solo se pueden permitir nombres.',
  'egress.reason.name': 'No es el nombre de un servidor.',
  'egress.reason.not-public': 'El nombre lleva a una dirección que no es pública.',
  'egress.reason.sni': 'Dentro del túnel, TLS pidió otro servidor.',
  'egress.reason.tls': 'Por un túnel solo pasa TLS.',
  'egress.reason.scheme': 'Aquí solo pasa HTTP simple; todo lo demás necesita un túnel.',
  'egress.reason.host-header': 'La petición nombra un servidor y su dirección, otro.',
  'egress.reason.upgrade': 'Solo pasan peticiones simples; un cambio de protocolo necesita TLS.',
  'egress.reason.too-many': 'Había demasiadas conexiones abiertas a la vez.',
  'egress.reason.slow': 'La petición tardó demasiado en decirse.',
  'egress.reason.unreachable': 'El servidor no responde.',
}
