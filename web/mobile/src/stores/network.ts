import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether the server can be reached, as far as the phone knows. */
export const useNetwork = defineStore('network', () => {
  const online = ref(navigator.onLine)
  const back: (() => void)[] = []

  addEventListener('offline', () => (online.value = false))
  addEventListener('online', () => {
    online.value = true
    back.forEach((tell) => tell())
  })

  /** An answer came, or none did: truer than what the radio says. */
  function heard(answered: boolean): void {
    online.value = answered && navigator.onLine
  }

  /** On a metered line only small things are fetched by themselves. */
  function metered(): boolean {
    const line = (navigator as { connection?: { saveData?: boolean; type?: string } }).connection
    return line?.saveData === true || line?.type === 'cellular'
  }

  return { online, heard, metered, whenBack: (tell: () => void) => void back.push(tell) }
})
