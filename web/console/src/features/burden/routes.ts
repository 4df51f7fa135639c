import type { RouteRecordRaw } from 'vue-router'

export const burdenRoutes: RouteRecordRaw[] = [
  {
    path: 'burden',
    name: 'burden',
    component: () => import('./BurdenPage.vue'),
    meta: { title: 'nav.burden', needs: ['tasks', 'read'] },
  },
]
