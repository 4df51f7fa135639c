import type { RouteRecordRaw } from 'vue-router'

export const taskRoutes: RouteRecordRaw[] = [
  {
    path: 'tasks',
    name: 'tasks',
    component: () => import('./TasksPage.vue'),
    meta: { title: 'nav.tasks', needs: ['tasks', 'read'] },
  },
  {
    path: 'tasks/new',
    name: 'task-new',
    component: () => import('./TaskWizard.vue'),
    meta: { title: 'tasks.new', needs: ['tasks', 'create'] },
  },
  {
    path: 'tasks/:id',
    name: 'task',
    component: () => import('./TaskPage.vue'),
    props: true,
    meta: { title: 'tasks.task', needs: ['tasks', 'read'] },
  },
  {
    path: 'tasks/:id/edit',
    name: 'task-edit',
    component: () => import('./TaskWizard.vue'),
    props: true,
    meta: { title: 'act.edit', needs: ['tasks', 'create'] },
  },
]
