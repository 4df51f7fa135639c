import type { RouteRecordRaw } from 'vue-router'

const entityOf = (params: Record<string, unknown>): string =>
  `${String(params.pack)}/${String(params.entity)}`

export const registerRoutes: RouteRecordRaw[] = [
  {
    path: 'registers/:pack/:entity',
    name: 'register',
    component: () => import('./list/ListPage.vue'),
    props: (to) => ({ entityName: entityOf(to.params) }),
    meta: { title: 'nav.registers' },
  },
  {
    path: 'registers/:pack/:entity/new',
    name: 'record-new',
    component: () => import('./edit/EditPage.vue'),
    props: (to) => ({ entityName: entityOf(to.params) }),
    meta: { title: 'act.create' },
  },
  {
    path: 'registers/:pack/:entity/:id',
    name: 'record',
    component: () => import('./record/RecordPage.vue'),
    props: (to) => ({ entityName: entityOf(to.params), id: String(to.params.id) }),
    meta: { title: 'nav.record' },
  },
  {
    path: 'registers/:pack/:entity/:id/edit',
    name: 'record-edit',
    component: () => import('./edit/EditPage.vue'),
    props: (to) => ({ entityName: entityOf(to.params), id: String(to.params.id) }),
    meta: { title: 'act.edit' },
  },
  {
    path: 'registers/:pack/:entity/:id/merge/:other',
    name: 'record-merge',
    component: () => import('./merge/MergePage.vue'),
    props: (to) => ({
      entityName: entityOf(to.params),
      id: String(to.params.id),
      other: String(to.params.other),
    }),
    meta: { title: 'merge.title' },
  },
]
