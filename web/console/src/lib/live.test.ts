import { beforeEach, describe, expect, it } from 'vitest'

import { live, POLL_MS, SLOW_MS } from './live.ts'

let asked = 0
let timers: Set<number>
let tell: (connected: boolean) => void
let closed = false
const start = (streams = true): (() => void) =>
  live({
    open: (up) => {
      tell = up
      return streams ? () => (closed = true) : null
    },
    ask: () => (asked += 1),
    every: (_work, ms) => {
      timers.add(ms)
      return () => timers.delete(ms)
    },
  })
beforeEach(() => {
  asked = 0
  closed = false
  timers = new Set()
})

describe('notices', () => {
  it('are asked for on a timer where there is no stream', () => {
    start(false)
    expect([asked, ...timers]).toEqual([1, POLL_MS])
  })
  it('come by the stream once it is up, and what was missed before is fetched', () => {
    start()
    tell(true)
    expect([asked, ...timers]).toEqual([2, SLOW_MS])
  })
  it('are asked for again when the stream breaks, and once more when it is back', () => {
    start()
    tell(true)
    tell(false)
    tell(false)
    expect([asked, ...timers]).toEqual([2, POLL_MS])
    tell(true)
    expect([asked, ...timers]).toEqual([3, SLOW_MS])
  })
  it('end with the session: no timer and no stream is left', () => {
    const end = start()
    tell(true)
    end()
    expect([timers.size, closed]).toEqual([0, true])
  })
})
