// The packets of the link between server and runtime, as numbers: `[length u32, big-endian][kind u8][payload]`. It knows no
// schema: a runtime says hello before it has read any.

/** Bytes of length and kind. */
export const PACKET_HEADER = 5
export const PACKET_TEXT = 0
export const PACKET_BINARY = 1
/** Largest packet either side accepts, in bytes. */
export const PACKET_MAX = 16_777_216
