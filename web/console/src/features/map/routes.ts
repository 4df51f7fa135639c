import type { RouteRecordRaw } from 'vue-router'

export const mapRoutes: RouteRecordRaw[] = [
  { path: 'map', name: 'map', component: () => import('./MapPage.vue'), meta: { title: 'nav.map' } },
]
