import { onBeforeUnmount, ref, type Ref } from 'vue'

/** Whether the window is as narrow as a phone. */
export function usePhone(width = 760): Ref<boolean> {
  const query = matchMedia(`(max-width: ${width}px)`)
  const phone = ref(query.matches)
  const update = (): void => {
    phone.value = query.matches
  }
  query.addEventListener('change', update)
  onBeforeUnmount(() => query.removeEventListener('change', update))
  return phone
}
