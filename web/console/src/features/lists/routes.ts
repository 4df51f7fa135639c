import type { RouteRecordRaw } from 'vue-router'

export const listRoutes: RouteRecordRaw[] = [
  { path: 'lists', name: 'lists', component: () => import('./ListsPage.vue'), meta: { title: 'nav.lists' } },
  {
    path: 'admissions',
    name: 'admissions',
    component: () => import('./AdmissionsPage.vue'),
    meta: { title: 'nav.admissions' },
  },
  {
    path: 'certificates',
    name: 'certificates',
    component: () => import('./CertificatesPage.vue'),
    meta: { title: 'nav.certificates' },
  },
]
