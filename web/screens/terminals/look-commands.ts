// The commands that change how terminals look on this browser.
import type { Command } from '#web/state/commands.ts'
import type { Face } from '#web/state/face.ts'
import { FONT_SIZES, THEMES, clampFont } from '#web/state/preferences.ts'

export function lookCommands({ kept, set }: Face['preferences']): Command[] {
  const letters = (fontSize: number) => () => set({ fontSize: clampFont(fontSize) })
  const reader = kept.reader ? 'terminal.reader.off' : 'terminal.reader.on'
  return [
    {
      id: 'terminal.bigger',
      label: 'terminal.bigger',
      icon: 'textBigger',
      keys: 'Ctrl+=',
      run: letters(kept.fontSize + 1),
    },
    {
      id: 'terminal.smaller',
      label: 'terminal.smaller',
      icon: 'textSmaller',
      keys: 'Ctrl+-',
      run: letters(kept.fontSize - 1),
    },
    {
      id: 'terminal.usual',
      label: 'terminal.usual',
      icon: 'textSmaller',
      keys: 'Ctrl+0',
      run: letters(FONT_SIZES.usual),
    },
    ...THEMES.filter((theme) => theme !== kept.theme).map((theme) => ({
      id: `theme.${theme}`,
      label: `theme.${theme}` as const,
      icon: 'theme' as const,
      run: () => set({ theme }),
    })),
    { id: 'terminal.reader', label: reader, icon: 'ear', run: () => set({ reader: !kept.reader }) },
  ]
}
