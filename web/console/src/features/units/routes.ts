import type { RouteRecordRaw } from 'vue-router'

export const unitRoutes: RouteRecordRaw[] = [
  {
    path: 'units/:id/members',
    name: 'unit-members',
    component: () => import('./MembersPage.vue'),
    props: true,
    meta: { title: 'members.title', needs: ['accounts', 'read'] },
  },
]
