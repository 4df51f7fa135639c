import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The open tab, kept in the address bar as `?tab=`. */
export function useTab(names: () => string[]): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const wanted = String(route.query.tab ?? '')
      return names().includes(wanted) ? wanted : (names()[0] ?? '')
    },
    set: (tab) => void router.replace({ query: { ...route.query, tab } }),
  })
}
