import { createRouter, createWebHistory } from 'vue-router'

import { useSession } from '@m/stores/session.ts'

import { routes } from './routes.ts'

const places = new Map<string, number>()

export const router = createRouter({
  history: createWebHistory('/m/'),
  routes,
  // Lists are long and visits are many: coming back means coming back to the same door.
  scrollBehavior: (to, _from, saved) => saved ?? { top: to.meta.tab ? (places.get(to.path) ?? 0) : 0 },
})

router.beforeEach(async (to, from) => {
  if (from.meta.tab) places.set(from.path, window.scrollY)
  if (to.meta.open) return true
  const session = useSession()
  await session.ensure()
  return session.known || { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
})
