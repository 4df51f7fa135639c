import type { RouteRecordRaw } from 'vue-router'

export const settingsRoutes: RouteRecordRaw[] = [
  {
    path: 'settings',
    name: 'settings',
    component: () => import('./SettingsPage.vue'),
    meta: { title: 'nav.settings' },
  },
  {
    path: 'system',
    name: 'system',
    component: () => import('./SystemPage.vue'),
    meta: { title: 'nav.system', needs: ['system', 'read'] },
  },
]
