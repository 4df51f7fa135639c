import type { RouteRecordRaw } from 'vue-router'

const page = () => import('./ProblemPage.vue')

export const openErrorRoutes: RouteRecordRaw[] = [
  {
    path: '/offline',
    name: 'offline',
    component: page,
    props: { kind: 'offline' },
    meta: { open: true, title: 'error.offline.title' },
  },
]
export const errorRoutes: RouteRecordRaw[] = [
  {
    path: '403',
    name: 'forbidden',
    component: page,
    props: { kind: 'forbidden' },
    meta: { title: 'error.page.forbidden.title' },
  },
  {
    path: ':rest(.*)*',
    name: 'not-found',
    component: page,
    props: { kind: 'not_found' },
    meta: { title: 'error.page.not_found.title' },
  },
]
