/** "Put me on the home screen": the browser offers it once, we show it where it does not disturb. */
import { ref } from 'vue'

interface InstallPrompt extends Event {
  prompt: () => Promise<void>
  userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>
}

const offer = ref<InstallPrompt | null>(null)

export const installable = {
  offer,
  listen(): void {
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault()
      offer.value = event as InstallPrompt
    })
    addEventListener('appinstalled', () => (offer.value = null))
  },
  async install(): Promise<void> {
    await offer.value?.prompt()
    offer.value = null
  },
}
