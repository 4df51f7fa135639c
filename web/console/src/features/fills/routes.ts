import type { RouteRecordRaw } from 'vue-router'

export const fillRoutes: RouteRecordRaw[] = [
  { path: 'fills', name: 'fills', component: () => import('./FillsPage.vue'), meta: { title: 'nav.fills' } },
  {
    path: 'fills/new',
    name: 'fill-new',
    component: () => import('./NewFillPage.vue'),
    meta: { title: 'fill.new' },
  },
  {
    path: 'fills/:id',
    name: 'fill',
    component: () => import('./FillPage.vue'),
    props: true,
    meta: { title: 'nav.fills' },
  },
]
