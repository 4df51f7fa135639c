import type { RouteRecordRaw } from 'vue-router'

export const cockpitRoutes: RouteRecordRaw[] = [
  {
    path: 'cockpit/:area?',
    name: 'cockpit',
    component: () => import('./CockpitPage.vue'),
    props: true,
    // One page over all areas: going down a level keeps what one had chosen to see.
    meta: { title: 'nav.cockpit', needs: ['insight', 'read'], key: 'cockpit' },
  },
]

/** On a wall: without navigation, so beside the shell and not in it. */
export const wallRoutes: RouteRecordRaw[] = [
  {
    path: '/wall/:area?',
    name: 'wall',
    component: () => import('./WallPage.vue'),
    props: true,
    meta: { title: 'nav.cockpit', needs: ['insight', 'read'] },
  },
]
