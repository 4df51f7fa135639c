/** A tap at a cold door may be the wrong one: a few seconds to take it back, shown by the frame on whatever page is open. */
import { shallowRef } from 'vue'

export interface Undo {
  words: string
  act: () => Promise<void>
}

export const undoOffer = shallowRef<Undo | null>(null)
let timer: ReturnType<typeof setTimeout> | null = null

export function askUndo(words: string, ms: number, act: () => Promise<void>): void {
  if (timer) clearTimeout(timer)
  undoOffer.value = { words, act }
  timer = setTimeout(() => (undoOffer.value = null), ms)
}
