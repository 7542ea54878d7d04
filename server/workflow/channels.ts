// The channels of LISTEN and NOTIFY by which workers hear of each other; it holds their names alone.

/** There is work; these runs changed; this instance of a run is to end. */
export const CHANNELS = { work: 'chispart_work', run: 'chispart_run', abort: 'chispart_abort' } as const
