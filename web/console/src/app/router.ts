import { createRouter, createWebHistory } from 'vue-router'

import { i18n } from './i18n.ts'
import { routes } from './routes.ts'
import { useCatalogue } from '@/stores/catalogue.ts'
import { useSession } from '@/stores/session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** May be seen without signing in. */
    open?: boolean
    /** Message key of the window's title. */
    title?: string
    /** Subject and verb without which the page is refused before it is drawn (the server refuses anyway). */
    needs?: [subject: string, verb: string]
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
})

router.beforeEach(async (to) => {
  const session = useSession()
  await session.ensure()
  if (to.meta.open) return true
  if (session.failure) return { name: 'offline', query: { to: to.fullPath } }
  if (!session.current) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  if (!(await useCatalogue().ensure())) return { name: 'offline', query: { to: to.fullPath } }
  const needs = to.meta.needs
  if (needs && !session.may(needs[0], needs[1]))
    return { name: 'forbidden', query: { on: needs[0], verb: needs[1] } }
  return true
})

router.afterEach((to) => {
  const brand = i18n.global.t('brand.name')
  document.title = to.meta.title ? `${i18n.global.t(to.meta.title)} · ${brand}` : brand
})

// A page's file is gone because the program was upgraded meanwhile: fetch the new page once.
router.onError((error: Error, to) => {
  if (!/dynamically imported module|Importing a module/.test(error.message)) return
  const key = `linli.reloaded:${to.fullPath}`
  if (sessionStorage.getItem(key)) return
  sessionStorage.setItem(key, '1')
  location.assign(to.fullPath)
})
