import graphemes from '@xterm/addon-unicode-graphemes'
import xterm from '@xterm/headless'
import { describe, expect, it } from 'vitest'
import { createModes } from './modes.ts'
import { recorder, RING_MAX } from './recorder.ts'
import { drawScreen } from './screen.ts'

const SIZE = { cols: 40, rows: 10 }
const encode = (text: string) => new TextEncoder().encode(text)

function terminal() {
  const term = new xterm.Terminal({ ...SIZE, allowProposedApi: true })
  term.loadAddon(new graphemes.UnicodeGraphemesAddon())
  const lines = () => {
    const buffer = term.buffer.active
    return Array.from({ length: SIZE.rows }, (_, row) =>
      buffer.getLine(buffer.baseY + row)?.translateToString(true),
    )
  }
  const write = (data: string | Uint8Array) => new Promise<void>((done) => term.write(data, done))
  return { term, lines, write }
}

async function leftAndStayed(parts: string[]) {
  const modes = createModes()
  const kept = recorder(SIZE, (bytes) => modes.take(bytes))
  const stayed = terminal()
  for (const part of parts) {
    kept.append(encode(part))
    await stayed.write(part)
  }
  const { screen, cursor } = await drawScreen(kept, modes.text())
  const back = terminal()
  await back.write(screen)
  return { stayed, back, cursor, screen, kept }
}

describe('a drawn screen', () => {
  it('equals the screen of a client that never left, alternate screen and cursor included', async () => {
    const { stayed, back, cursor, kept } = await leftAndStayed([
      'prompt$ vim\r\n',
      '\x1b[?1049h\x1b[2J\x1b[3;5Hñandú \x1b[31mred\x1b[0m\x1b[?2004h\x1b[?25l',
    ])
    expect(back.lines()).toEqual(stayed.lines())
    expect(back.term.buffer.active.type).toBe('alternate')
    expect(back.term.buffer.active.cursorX).toBe(stayed.term.buffer.active.cursorX)
    expect(back.term.modes.bracketedPasteMode).toBe(true)
    expect(cursor).toBe(kept.end)
    await back.write('\x1b[?1049l')
    await stayed.write('\x1b[?1049l')
    expect(back.lines()).toEqual(stayed.lines())
  })

  it('ends between two characters, so that what follows is read as it was meant', async () => {
    const kept = recorder(SIZE, () => undefined)
    const [family, whole] = ['👩\u200d👧', terminal()]
    const bytes = encode(`${family}${family}!`)
    const cut = bytes.length - 6
    kept.append(bytes.subarray(0, cut))
    const { screen, cursor } = await drawScreen(kept, '')
    const back = terminal()
    await back.write(screen)
    await back.write(bytes.subarray(cursor))
    await whole.write(bytes)
    expect(cursor).toBeLessThan(cut)
    expect(back.lines()).toEqual(whole.lines())
    expect(back.term.buffer.active.cursorX).toBe(whole.term.buffer.active.cursorX)
  })

  it('keeps what the serializer leaves out: a hidden cursor, mouse encoding and the scroll region', async () => {
    const { stayed, back, screen } = await leftAndStayed(['\x1b[?25l\x1b[?1006h\x1b[2;5r\x1b[4;1Hfour'])
    expect(screen).toContain('\x1b[?25l')
    expect(screen).toContain('\x1b[?1006h')
    for (const side of [stayed, back]) await side.write('\r\nfive\r\nsix\r\nseven')
    expect(back.lines()).toEqual(stayed.lines())
  })

  it('knows the modes whose bytes have left the ring', async () => {
    const flood = 'x'.repeat(39) + '\r\n'
    const { stayed, back } = await leftAndStayed([
      '\x1b[?1049h\x1b[?1h\x1b[?2004h',
      flood.repeat(Math.ceil((RING_MAX * 1.1) / flood.length)),
    ])
    expect(back.term.buffer.active.type).toBe('alternate')
    expect(back.term.modes).toEqual(stayed.term.modes)
    expect(back.lines()).toEqual(stayed.lines())
  })

  it('survives counts that would hold the parser for hours', async () => {
    const kept = recorder(SIZE, () => undefined)
    for (const final of ['L', 'M', 'S', 'T', '@', 'P', 'b']) kept.append(encode(`ok\x1b[2147483647${final}`))
    expect((await drawScreen(kept, '')).screen).toContain('ok')
  })

  it('brings back as many lines as a page keeps', async () => {
    const kept = recorder(SIZE, () => undefined)
    kept.append(encode(Array.from({ length: 9000 }, (_, n) => `line ${n}\r\n`).join('')))
    const { screen } = await drawScreen(kept, '')
    expect(screen).toContain('line 0\r\n')
    expect(screen).toContain('line 8999\r\n')
  })

  it('stays small enough to be sent when every letter has a colour of its own', async () => {
    const kept = recorder({ cols: 400, rows: 50 }, () => undefined)
    // Repeated characters (REP) and lines that are inserted cost few bytes and fill many cells.
    const line = Array.from({ length: 40 }, (_, n) => `\x1b[38;2;${n};1;2m${'x'.repeat(4)}\x1b[6b`).join('')
    kept.append(encode(`${line}\r\n`.repeat(2500)))
    const { screen } = await drawScreen(kept, '')
    expect(screen.length).toBeLessThanOrEqual(4_194_304 + 200)
    expect(screen).toContain('x')
  })
})
