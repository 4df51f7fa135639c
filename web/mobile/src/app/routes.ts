import type { RouteRecordRaw } from 'vue-router'

/** The pages of the tab bar carry `tab`; the others cover it. */
export const routes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'today',
    component: () => import('@m/features/today/TodayPage.vue'),
    meta: { tab: true },
  },
  {
    path: '/forms',
    name: 'forms',
    component: () => import('@m/features/forms/FormsPage.vue'),
    meta: { tab: true },
  },
  {
    path: '/queue',
    name: 'queue',
    component: () => import('@m/features/queue/QueuePage.vue'),
    meta: { tab: true },
  },
  {
    path: '/cases',
    name: 'cases',
    component: () => import('@m/features/cases/CasesPage.vue'),
    meta: { tab: true },
  },
  {
    path: '/cases/:id',
    name: 'case',
    component: () => import('@m/features/cases/CasePage.vue'),
    props: true,
  },
  {
    path: '/cases/:id/:action',
    name: 'case-act',
    component: () => import('@m/features/cases/ActFormPage.vue'),
    props: true,
  },
  { path: '/report', name: 'report', component: () => import('@m/features/report/ReportPage.vue') },
  { path: '/me', name: 'me', component: () => import('@m/features/me/MePage.vue'), meta: { tab: true } },
  {
    path: '/visit/:assignment',
    name: 'visit',
    component: () => import('@m/features/visit/VisitPage.vue'),
    props: true,
  },
  {
    path: '/fill/:form/:version',
    name: 'fill',
    component: () => import('@m/features/fill/FillPage.vue'),
    props: (route) => ({
      form: String(route.params.form),
      version: String(route.params.version),
      assignment: route.query.for ? String(route.query.for) : null,
      draft: route.query.draft ? String(route.query.draft) : null,
    }),
  },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('@m/features/sign-in/SignInPage.vue'),
    meta: { open: true },
  },
  { path: '/:rest(.*)*', redirect: '/' },
]
