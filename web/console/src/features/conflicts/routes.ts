import type { RouteRecordRaw } from 'vue-router'

export const conflictRoutes: RouteRecordRaw[] = [
  {
    path: 'conflicts',
    name: 'conflicts',
    component: () => import('./ConflictsPage.vue'),
    meta: { title: 'nav.conflicts', needs: ['responses', 'edit'] },
  },
]
