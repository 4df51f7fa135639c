/**
 * What was typed and not yet saved. Kept on this device per account and record; sensitive fields only until the browser
 * is closed. Drafts a month old are dropped.
 */
import type { AreaRef, Values } from '@linli/shared/api/types.ts'

export interface Draft {
  values: Values
  /** Version the edit began with; 0 for a new record. */
  version: number
  /** Values the edit began with. */
  base?: Values
  area?: AreaRef | null
  at: number
}

interface Store {
  getItem(key: string): string | null
  setItem(key: string, text: string): void
  removeItem(key: string): void
  key(at: number): string | null
  readonly length: number
}

const PREFIX = 'linli.draft:'
const MONTH = 30 * 86_400_000

function read(store: Store, key: string): Draft | null {
  try {
    return JSON.parse(store.getItem(key) ?? 'null') as Draft | null
  } catch {
    return null
  }
}

export class Drafts {
  constructor(
    private readonly lasting: Store,
    private readonly passing: Store,
    private readonly now: () => number = Date.now,
  ) {}

  keep(key: string, draft: Omit<Draft, 'at'>, sensitive: Set<string>): void {
    const open: Values = {}
    const secret: Values = {}
    for (const [field, value] of Object.entries(draft.values))
      (sensitive.has(field) ? secret : open)[field] = value
    const at = this.now()
    this.put(this.lasting, key, { ...draft, values: open, at })
    if (Object.keys(secret).length) this.put(this.passing, key, { ...draft, values: secret, at })
    else this.passing.removeItem(PREFIX + key)
  }

  find(key: string): Draft | null {
    const open = read(this.lasting, PREFIX + key)
    const secret = read(this.passing, PREFIX + key)
    if (!open) return secret
    return { ...open, values: { ...open.values, ...secret?.values } }
  }

  drop(key: string): void {
    this.lasting.removeItem(PREFIX + key)
    this.passing.removeItem(PREFIX + key)
  }

  prune(): void {
    const keys = Array.from({ length: this.lasting.length }, (_, at) => this.lasting.key(at))
    for (const key of keys) {
      if (!key?.startsWith(PREFIX)) continue
      const draft = read(this.lasting, key)
      if (!draft || this.now() - draft.at > MONTH) this.lasting.removeItem(key)
    }
  }

  private put(store: Store, key: string, draft: Draft): void {
    try {
      store.setItem(PREFIX + key, JSON.stringify(draft))
    } catch {
      // The device's storage is full: the form itself still holds what was typed.
    }
  }
}

export const drafts = new Drafts(globalThis.localStorage, globalThis.sessionStorage)
