// The sentences of the terminal in Spanish, under the keys of English.
import type { terminalEn } from './terminal.en.ts'

export const terminalEs: Record<keyof typeof terminalEn, string> = {
  'terminal.label': 'Terminal',
  'terminal.ended': 'El programa terminó con estado {n}.',
  'terminal.retry': 'Reintentar',
  'terminal.waiting': 'Reconectando…',
  'terminal.foreign': 'Con el tamaño de otra pantalla.',
  'terminal.fit': 'Ajustar aquí',
  'terminal.offer': 'El programa quiere copiar esto en tu portapapeles:',
  'terminal.copy': 'Copiar',
  'terminal.paste': 'Pegar',
  'terminal.link': 'El programa enlaza a:',
  'terminal.open': 'Abrir',
  'terminal.dismiss': 'Descartar',
  'terminal.find': 'Buscar en la terminal',
  'terminal.next': 'Siguiente',
  'terminal.previous': 'Anterior',
  'terminal.matches': '{n} de {all}',
  'terminal.nothing': 'Sin resultados',
  'terminal.close': 'Cerrar',
  'terminal.keys': 'Teclas adicionales',
  'terminal.locked': '{key}, fijada',
  'terminal.up': 'Flecha arriba',
  'terminal.down': 'Flecha abajo',
  'terminal.left': 'Flecha izquierda',
  'terminal.right': 'Flecha derecha',
}
