import type { RouteRecordRaw } from 'vue-router'

export const departmentRoutes: RouteRecordRaw[] = [
  {
    path: 'department',
    name: 'department',
    component: () => import('./DepartmentPage.vue'),
    meta: { title: 'nav.department' },
  },
]
