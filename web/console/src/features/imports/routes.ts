import type { RouteRecordRaw } from 'vue-router'

export const importRoutes: RouteRecordRaw[] = [
  {
    path: 'imports',
    name: 'imports',
    component: () => import('./ImportsPage.vue'),
    meta: { title: 'nav.imports' },
  },
  {
    path: 'imports/new',
    name: 'import-new',
    component: () => import('./NewImportPage.vue'),
    meta: { title: 'import.new' },
  },
  {
    path: 'imports/:id',
    name: 'import',
    component: () => import('./ImportPage.vue'),
    props: true,
    meta: { title: 'nav.imports' },
  },
]
