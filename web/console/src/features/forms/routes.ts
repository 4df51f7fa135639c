import type { RouteRecordRaw } from 'vue-router'

export const formRoutes: RouteRecordRaw[] = [
  {
    path: 'forms',
    name: 'forms',
    component: () => import('./FormsPage.vue'),
    meta: { title: 'nav.forms', needs: ['forms', 'read'] },
  },
  {
    path: 'forms/new',
    name: 'form-new',
    component: () => import('./NewFormPage.vue'),
    meta: { title: 'forms.new', needs: ['forms', 'create'] },
  },
  {
    path: 'forms/:id',
    name: 'form',
    component: () => import('./FormPage.vue'),
    props: true,
    meta: { title: 'forms.form', needs: ['forms', 'read'] },
  },
]
