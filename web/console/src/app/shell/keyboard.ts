import { onBeforeUnmount, onMounted } from 'vue'
import { useRouter } from 'vue-router'

/** `g` then a letter. */
const PLACES: Record<string, string> = {
  h: '/',
  d: '/todo',
  c: '/cases',
  m: '/map',
  r: '/registers/people/resident',
  i: '/imports',
  f: '/fills',
  t: '/tasks',
  o: '/forms',
  a: '/areas',
  s: '/settings',
}

export function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

export function useKeyboard(to: { search: () => void; help: () => void }): void {
  const router = useRouter()
  let went = 0

  function key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return
    if (document.querySelector('.el-overlay:not([style*="display: none"]) [aria-modal="true"]')) return
    const place = PLACES[event.key]
    if (Date.now() - went < 1200 && place) {
      went = 0
      void router.push(place)
    } else if (event.key === 'g') went = Date.now()
    else if (event.key === '/') to.search()
    else if (event.key === '?') to.help()
    else return
    event.preventDefault()
  }
  onMounted(() => window.addEventListener('keydown', key))
  onBeforeUnmount(() => window.removeEventListener('keydown', key))
}
