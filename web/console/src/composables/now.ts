import { onBeforeUnmount, ref, type Ref } from 'vue'

/** The time in milliseconds, twice a minute: clocks on the page run on without asking the server. */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 30_000)
  onBeforeUnmount(() => clearInterval(timer))
  return now
}
