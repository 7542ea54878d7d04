// Every sentence of the face in Spanish, under the keys of English.
import type { en } from './en.ts'

export const es: Record<keyof typeof en, string> = {
  'signin.title': 'Abre tu enlace de un solo uso',
  'signin.body':
    'El servidor mostró un enlace al arrancar. Ábrelo aquí una vez y este navegador quedará conectado.',
  'signin.where': 'El enlace tiene esta forma:',
  'signin.busy': 'Iniciando sesión…',
  'signin.done': 'Este navegador ha iniciado sesión.',
  'signin.refused': 'El servidor rechazó este enlace (estado {n}). Reinícialo para obtener uno nuevo.',
  'signin.offline': 'El servidor no responde. Arráncalo de nuevo y abre el enlace que muestra.',
}
