/** Back to where the person came from; the list when the page was opened by its address. */
import { useRouter } from 'vue-router'

export function useAway(): () => Promise<void> {
  const router = useRouter()
  return async () => {
    if (history.state?.back) router.back()
    else await router.replace('/')
  }
}
