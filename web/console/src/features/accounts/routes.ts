import type { RouteRecordRaw } from 'vue-router'

export const accountRoutes: RouteRecordRaw[] = [
  {
    path: 'accounts',
    name: 'accounts',
    component: () => import('./AccountsPage.vue'),
    meta: { title: 'nav.accounts', needs: ['accounts', 'read'] },
  },
  {
    path: 'accounts/new',
    name: 'account-new',
    component: () => import('./AccountPage.vue'),
    meta: { title: 'account.new', needs: ['accounts', 'manage'] },
  },
  {
    path: 'accounts/:id',
    name: 'account',
    component: () => import('./AccountPage.vue'),
    props: true,
    meta: { title: 'nav.accounts', needs: ['accounts', 'read'] },
  },
]
