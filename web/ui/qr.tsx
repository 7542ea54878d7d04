// A text as a QR code: dark on light in every theme, because not every camera reads the inverse.
import { encode } from 'uqr'

/** Modules of quiet around it (ISO/IEC 18004 §9.1). */
const QUIET = 4

export function Qr(props: { text: string; label: string }) {
  const code = () => encode(props.text, { border: QUIET })
  return (
    <svg
      class="qr"
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${code().size} ${code().size}`}
      shape-rendering="crispEdges"
    >
      <path d={pathOf(code().data)} />
    </svg>
  )
}

/** One unit square for each dark module. */
export function pathOf(rows: readonly (readonly boolean[])[]): string {
  return rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .filter(Boolean)
    .join('')
}
