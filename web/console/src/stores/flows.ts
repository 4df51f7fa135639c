import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import { flows as api } from '@linli/shared/api/flow-client.ts'
import type { Flow, FlowLine, FlowVerb } from '@linli/shared/api/flow.ts'

import { usePreferences } from './preferences.ts'

/** The flows the packs bring, and each one's drawing once it was asked for. */
export const useFlows = defineStore('flows', () => {
  const preferences = usePreferences()
  const list = shallowRef<FlowLine[]>([])
  const asked = shallowRef('')
  const whole = new Map<string, Promise<Flow>>()
  const byName = computed(() => new Map(list.value.map((flow) => [flow.name, flow])))

  const line = (name: string): FlowLine | undefined => byName.value.get(name)
  const has = (name: string): boolean => byName.value.has(name)
  const may = (name: string, verb: FlowVerb): boolean => line(name)?.permissions.includes(verb) ?? false

  async function reload(): Promise<void> {
    const lang = preferences.lang
    list.value = (await api.list()).items
    asked.value = lang
  }

  /** The navigation and most pages want it; a refusal leaves them without flows, not without a page. */
  async function ensure(): Promise<void> {
    if (asked.value === preferences.lang) return
    await reload().catch(() => {})
  }

  function get(name: string): Promise<Flow> {
    const key = `${name} ${preferences.lang}`
    let held = whole.get(key)
    if (!held) {
      held = api.get(name)
      whole.set(key, held)
      // A failure is not remembered: the next page asks again.
      held.catch(() => whole.delete(key))
    }
    return held
  }

  function forget(): void {
    list.value = []
    asked.value = ''
    whole.clear()
  }

  return { list, line, has, may, ensure, reload, get, forget }
})
