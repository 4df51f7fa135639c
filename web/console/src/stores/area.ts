import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

import { areas as api } from '@linli/shared/api/client.ts'
import type { AreaRef } from '@linli/shared/api/types.ts'

/** The area one is working in: chosen in the top bar, kept per account on this device, named by `?area=` in lists. */
export const useArea = defineStore('area', () => {
  const current = shallowRef<AreaRef | null>(null)
  const home = shallowRef<AreaRef | null>(null)
  let key = ''

  function adopt(account: string, homeArea: AreaRef | null): void {
    key = `linli.area:${account}`
    home.value = homeArea
    try {
      current.value = JSON.parse(localStorage.getItem(key) ?? 'null') as AreaRef | null
    } catch {
      current.value = null
    }
    current.value ??= homeArea
  }

  function choose(area: AreaRef): void {
    current.value = {
      code: area.code,
      name: area.name,
      kind: area.kind,
      path: area.path,
      full_name: area.full_name,
    }
    localStorage.setItem(key, JSON.stringify(current.value))
  }

  /** Follows a link that names another area. */
  async function follow(code: string): Promise<void> {
    if (!code || code === current.value?.code) return
    const area = await api.get(code)
    const names = area.ancestry.map((entry) => entry.name)
    if (names.at(-1) !== area.name) names.push(area.name)
    choose({ ...area, full_name: area.full_name ?? names.join(' / ') })
  }

  return { current, home, adopt, choose, follow }
})
