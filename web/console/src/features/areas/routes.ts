import type { RouteRecordRaw } from 'vue-router'

export const areaRoutes: RouteRecordRaw[] = [
  {
    path: 'areas/:code?',
    name: 'areas',
    component: () => import('./AreasPage.vue'),
    props: true,
    meta: { title: 'nav.areas', key: 'areas' },
  },
]
