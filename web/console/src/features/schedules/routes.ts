import type { RouteRecordRaw } from 'vue-router'

export const scheduleRoutes: RouteRecordRaw[] = [
  {
    path: 'calendar',
    name: 'calendar',
    component: () => import('./CalendarPage.vue'),
    meta: { title: 'nav.calendar' },
  },
  {
    path: 'holidays',
    name: 'holidays',
    component: () => import('./HolidaysPage.vue'),
    meta: { title: 'holidays.title' },
  },
  {
    path: 'schedules/:pack/:name',
    name: 'schedule',
    component: () => import('./SchedulePage.vue'),
    props: true,
    meta: { title: 'nav.calendar', needs: ['schedules', 'read'] },
  },
]
