import type { RouteRecordRaw } from 'vue-router'

export const settingsRoutes: RouteRecordRaw[] = [
  {
    path: 'settings',
    name: 'settings',
    component: () => import('./SettingsPage.vue'),
    meta: { title: 'nav.settings' },
  },
  {
    path: 'channels',
    name: 'channels',
    component: () => import('./ChannelsPage.vue'),
    meta: { title: 'nav.channels', needs: ['notices', 'manage'] },
  },
  {
    path: 'system',
    name: 'system',
    component: () => import('./SystemPage.vue'),
    meta: { title: 'nav.system', needs: ['system', 'read'] },
  },
]
