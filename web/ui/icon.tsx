// The icons of the face, drawn on Lucide's 24 px grid with 1.75 px strokes. An icon never speaks: its button has the name.
import { For } from 'solid-js'

const PATHS = {
  alert: ['M12 4 2.8 20h18.4z', 'M12 10v4.5', 'M12 17.5h.01'],
  home: ['M4 10.5 12 4l8 6.5', 'M6 9v10a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V9', 'M10 20v-6h4v6'],
  terminal: ['M5 7l5 5-5 5', 'M12.5 18H19'],
  boxes: ['M12 3l8 4.5v9L12 21l-8-4.5v-9z', 'M4 7.5l8 4.5 8-4.5', 'M12 12v9'],
  devices: [
    'M8 4h10a2 2 0 0 1 2 2v6',
    'M4 8h6a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z',
    'M15 16h6',
    'M6.5 17h1',
  ],
  settings: [
    'M20 5h-7',
    'M9 5H4',
    'M20 12h-9',
    'M7 12H4',
    'M20 19h-4',
    'M12 19H4',
    'M13 3v4',
    'M7 10v4',
    'M16 17v4',
  ],
  runs: ['M5 6h4', 'M5 12h9', 'M5 18h6', 'M15 4.5v5l4-2.5z'],
  clock: ['M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z', 'M12 8v4l2.5 2'],
  skip: ['M6 6l7 6-7 6z', 'M17 6v12'],
  hand: [
    'M8 11V6.5a1.5 1.5 0 0 1 3 0V11',
    'M11 10V5a1.5 1.5 0 0 1 3 0v6',
    'M14 8a1.5 1.5 0 0 1 3 0v6c0 4-2 6-5 6-2.5 0-4-1-5.5-4L5 12.5a1.4 1.4 0 0 1 2.4-1.3L8 12',
  ],
  ring: ['M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z'],
  cancel: ['M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z', 'M6.5 6.5l11 11'],
  download: ['M12 4v11', 'M7 11l5 5 5-5', 'M5 20h14'],
  plus: ['M12 5v14', 'M5 12h14'],
  minus: ['M5 12h14'],
  fit: ['M9 4H4v5', 'M15 4h5v5', 'M20 15v5h-5', 'M4 15v5h5'],
  close: ['M6 6l12 12', 'M18 6 6 18'],
  more: [
    'M4.6 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0',
    'M11.4 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0',
    'M18.2 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0',
  ],
  splitRight: ['M4 5h16v14H4z', 'M12 5v14'],
  splitDown: ['M4 5h16v14H4z', 'M4 12h16'],
  pencil: ['M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19z', 'M14.5 6.5l3 3'],
  trash: ['M5 7h14', 'M10 11v6', 'M14 11v6', 'M6.5 7l1 13h9l1-13', 'M9.5 7V4h5v3'],
  play: ['M8 5.5v13l10.5-6.5z'],
  pause: ['M9 6v12', 'M15 6v12'],
  stop: ['M7 7h10v10H7z'],
  repo: ['M6 4v11', 'M18 8.5a2.5 2.5 0 1 0 0-.01', 'M6 20.5a2.5 2.5 0 1 0 0-.01', 'M18 11c0 4-5 4.5-9.5 7.5'],
  search: ['M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z', 'M20 20l-4-4'],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  phone: ['M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z', 'M11 18h2'],
  laptop: ['M6 5h12a1 1 0 0 1 1 1v9H5V6a1 1 0 0 1 1-1z', 'M3 19h18'],
  chevron: ['M9 6l6 6-6 6'],
  copy: ['M9 8h10v12H9z', 'M15 8V4H5v12h4'],
  paste: ['M9 5H6v15h12V5h-3', 'M9 3.5h6v3H9z', 'M9.5 12h5', 'M9.5 16h5'],
  selectAll: ['M5 8V5h3', 'M16 5h3v3', 'M19 16v3h-3', 'M8 19H5v-3', 'M9 10h6v4H9z'],
  textBigger: ['M3 18 8 6l5 12', 'M4.7 14h6.6', 'M18 9v6', 'M15 12h6'],
  textSmaller: ['M3 18 8 6l5 12', 'M4.7 14h6.6', 'M15 12h6'],
  back: ['M15 6l-6 6 6 6'],
  theme: ['M12 4a8 8 0 1 0 0 16z', 'M12 4a8 8 0 0 1 0 16'],
  ear: ['M6 9a6 6 0 1 1 12 0c0 4-4 5-4 8a3 3 0 0 1-5.5 1.7', 'M9.5 9a2.5 2.5 0 1 1 4 2'],
  move: ['M12 5v14', 'M8 9l-3 3 3 3', 'M16 9l3 3-3 3'],
  left: ['M19 12H5', 'M11 6l-6 6 6 6'],
  right: ['M5 12h14', 'M13 6l6 6-6 6'],
  up: ['M12 19V5', 'M6 11l6-6 6 6'],
  down: ['M12 5v14', 'M6 13l6 6 6-6'],
  layers: ['M5 8h14v11H5z', 'M8 5h8'],
} as const

export type IconName = keyof typeof PATHS

export function Icon(props: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <For each={PATHS[props.name]}>{(d) => <path d={d} />}</For>
    </svg>
  )
}

/** The mark: a spark. */
export function Spark() {
  return (
    <svg class="spark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 2l2.4 7.6L22 12l-7.6 2.4L12 22l-2.4-7.6L2 12l7.6-2.4z" />
    </svg>
  )
}
