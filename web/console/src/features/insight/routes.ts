import type { RouteRecordRaw } from 'vue-router'

export const insightRoutes: RouteRecordRaw[] = [
  {
    path: 'insight',
    name: 'insight',
    component: () => import('./InsightPage.vue'),
    meta: { title: 'nav.insight', needs: ['insight', 'read'] },
  },
  {
    path: 'insight/table',
    name: 'insight-table',
    component: () => import('./TablePage.vue'),
    meta: { title: 'nav.insight', needs: ['insight', 'read'] },
  },
  {
    path: 'insight/:pack/:name',
    name: 'indicator',
    component: () => import('./IndicatorPage.vue'),
    props: (route) => ({ id: `${String(route.params.pack)}/${String(route.params.name)}` }),
    meta: { title: 'nav.insight', needs: ['insight', 'read'] },
  },
]
