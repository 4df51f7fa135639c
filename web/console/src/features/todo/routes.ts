import type { RouteRecordRaw } from 'vue-router'

export const todoRoutes: RouteRecordRaw[] = [
  { path: 'todo', name: 'todo', component: () => import('./TodoPage.vue'), meta: { title: 'nav.todo' } },
]
