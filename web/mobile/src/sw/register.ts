/** Registers the service worker and knows when a new version waits. */
import { ref } from 'vue'

/** A new version is here and waits for the person's word. */
export const updateReady = ref(false)
let waiting: ServiceWorker | null = null

function offer(worker: ServiceWorker | null): void {
  // The very first worker has nothing to replace.
  if (!worker || !navigator.serviceWorker.controller) return
  waiting = worker
  updateReady.value = true
}

export function registerWorker(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  void navigator.serviceWorker
    .register('/m/sw.js', { scope: '/m/' })
    .then((registration) => {
      offer(registration.waiting)
      registration.addEventListener('updatefound', () => {
        const coming = registration.installing
        coming?.addEventListener('statechange', () => {
          if (coming.state === 'installed') offer(coming)
        })
      })
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') void registration.update().catch(() => {})
      })
    })
    .catch(() => {
      // Without a worker (private window, plain http) the app works online; nothing to tell.
    })
}

/** Switches to the new version; drafts are already saved. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting?.postMessage('skip-waiting')
}
