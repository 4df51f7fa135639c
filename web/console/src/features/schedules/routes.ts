import type { RouteRecordRaw } from 'vue-router'

export const scheduleRoutes: RouteRecordRaw[] = [
  {
    path: 'calendar',
    name: 'calendar',
    component: () => import('./CalendarPage.vue'),
    meta: { title: 'nav.calendar' },
  },
  {
    path: 'schedules/:pack/:name',
    name: 'schedule',
    component: () => import('./SchedulePage.vue'),
    props: true,
    meta: { title: 'nav.calendar', needs: ['schedules', 'read'] },
  },
]
