/** Turning a form's pages: forward only past what is right, anywhere by the list. */
import type { RepeatInstanceNode } from '@getodk/xforms-engine'
import { computed, nextTick, watch } from 'vue'

import type { FormSession } from './session.ts'
import { questionsOf } from './steps.ts'

export function usePages(session: FormSession, whole: () => boolean, send: () => void) {
  const { page, steps } = session
  const last = computed(() => page.value >= steps.value.length)
  const step = computed(() => steps.value[page.value] ?? null)
  const errors = computed(() => session.errors)

  // Pages come and go with relevance: never stand beyond the end.
  watch(
    () => steps.value.length,
    (count) => page.value > count && (page.value = count),
  )

  async function show(nodeId: string): Promise<void> {
    await nextTick()
    document.querySelector(`[data-node="${nodeId}"]`)?.scrollIntoView({ behavior: 'smooth', block: 'center' })
  }
  function turn(to: number): void {
    page.value = Math.max(0, Math.min(steps.value.length, to))
    session.changed()
    scrollTo({ top: 0 })
  }
  function pageOk(): boolean {
    if (!step.value || step.value.kind === 'repeat') return true
    const own = questionsOf(step.value.node)
    own.forEach((node) => session.touched.add(node.nodeId))
    const wrong = own.find((node) => errors.value.has(node.nodeId))
    if (wrong) void show(wrong.nodeId)
    return !wrong
  }
  function next(): void {
    if (pageOk()) turn(page.value + 1)
  }
  /** To one question or page, wherever it is. */
  function go(nodeId: string): void {
    const at = steps.value.findIndex(
      (one) => one.id === nodeId || questionsOf(one.node).some((node) => node.nodeId === nodeId),
    )
    const found = steps.value[at]
    if (found && !whole()) turn(at)
    void show(found?.id === nodeId ? (questionsOf(found.node)[0]?.nodeId ?? nodeId) : nodeId)
  }
  function openEntry(entry: RepeatInstanceNode): void {
    const [first] = questionsOf(entry)
    if (first) go(first.nodeId)
  }
  /** Sends, or leads to the first thing that is missing. */
  function check(): void {
    session.tried.value = true
    const [first] = errors.value.keys()
    if (first) go(first)
    else send()
  }

  return { page, steps, step, last, errors, next, turn, go, openEntry, check }
}
