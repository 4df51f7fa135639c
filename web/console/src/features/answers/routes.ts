import type { RouteRecordRaw } from 'vue-router'

export const answerRoutes: RouteRecordRaw[] = [
  {
    path: 'forms/:form/answers',
    name: 'answers',
    component: () => import('./AnswersPage.vue'),
    props: true,
    meta: { title: 'answers.title', needs: ['responses', 'read'] },
  },
  {
    path: 'answers/:id',
    name: 'answer',
    component: () => import('./AnswerPage.vue'),
    props: true,
    meta: { title: 'answers.one', needs: ['responses', 'read'] },
  },
]
