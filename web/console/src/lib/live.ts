/** Something told live; asked for on a timer while the stream is down, so that nothing is missed behind a bad proxy. */

export interface LiveParts {
  /** Opens the stream; `null` where the browser has none. */
  open: (up: (connected: boolean) => void) => (() => void) | null
  /** Asks once for everything. */
  ask: () => void
  every: (work: () => void, ms: number) => () => void
}

/** How often to ask while the stream is down, and how often at least while it is up. */
export const POLL_MS = 30_000
export const SLOW_MS = 300_000

/** Starts at once; the returned function ends it. */
export function live(parts: LiveParts): () => void {
  let stop: (() => void) | null = null
  let up: boolean | null = null
  const pace = (connected: boolean): void => {
    if (up === connected) return
    // What was told while nobody listened is fetched once.
    if (connected) parts.ask()
    up = connected
    stop?.()
    stop = parts.every(parts.ask, connected ? SLOW_MS : POLL_MS)
  }
  parts.ask()
  stop = parts.every(parts.ask, POLL_MS)
  const close = parts.open(pace)
  return () => {
    stop?.()
    close?.()
  }
}
