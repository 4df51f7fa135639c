import type { RouteRecordRaw } from 'vue-router'

// Who may see which case the server decides: everybody has cases of their own.
export const caseRoutes: RouteRecordRaw[] = [
  { path: 'cases', name: 'cases', component: () => import('./CasesPage.vue'), meta: { title: 'nav.cases' } },
  {
    path: 'cases/board',
    name: 'case-board',
    component: () => import('./BoardPage.vue'),
    meta: { title: 'nav.board' },
  },
  {
    path: 'cases/new',
    name: 'case-new',
    component: () => import('./OpenPage.vue'),
    meta: { title: 'cases.new' },
  },
  {
    path: 'cases/:id',
    name: 'case',
    component: () => import('./CasePage.vue'),
    props: true,
    meta: { title: 'cases.case' },
  },
  { path: 'flows', name: 'flows', component: () => import('./FlowsPage.vue'), meta: { title: 'nav.flows' } },
  {
    path: 'flows/:pack/:name',
    name: 'flow',
    component: () => import('./FlowPage.vue'),
    props: true,
    meta: { title: 'nav.flows' },
  },
]
