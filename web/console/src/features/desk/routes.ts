import type { RouteRecordRaw } from 'vue-router'

export const deskRoutes: RouteRecordRaw[] = [
  {
    path: 'desk',
    name: 'desk',
    component: () => import('./DeskPage.vue'),
    meta: { title: 'nav.desk', needs: ['service/application', 'create'] },
  },
  {
    path: 'desk/apply',
    name: 'desk-apply',
    component: () => import('./ApplyPage.vue'),
    meta: { title: 'desk.apply', needs: ['service/application', 'create'] },
  },
  {
    path: 'desk/receipt/:id',
    name: 'desk-receipt',
    component: () => import('./ReceiptPage.vue'),
    props: true,
    meta: { title: 'desk.receipt' },
  },
]
