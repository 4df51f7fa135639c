import type { RouteRecordRaw } from 'vue-router'

export const reportRoutes: RouteRecordRaw[] = [
  {
    path: 'reports',
    name: 'reports',
    component: () => import('./ReportsPage.vue'),
    meta: { title: 'nav.reports', needs: ['insight', 'read'] },
  },
  {
    path: 'reports/:pack/:name',
    name: 'report',
    component: () => import('./ReportPage.vue'),
    props: (route) => ({ id: `${String(route.params.pack)}/${String(route.params.name)}` }),
    meta: { title: 'nav.reports', needs: ['insight', 'read'] },
  },
]
