import type { RouteRecordRaw } from 'vue-router'

export const surveyRoutes: RouteRecordRaw[] = [
  {
    path: 'surveys',
    name: 'surveys',
    component: () => import('./SurveysPage.vue'),
    meta: { title: 'nav.surveys', needs: ['survey/campaign', 'read'] },
  },
  {
    path: 'surveys/:id',
    name: 'survey',
    component: () => import('./SurveyPage.vue'),
    props: true,
    meta: { title: 'nav.surveys', needs: ['survey/campaign', 'read'] },
  },
  {
    path: 'surveys/:id/interview',
    name: 'survey-interview',
    component: () => import('./interview/InterviewPage.vue'),
    props: true,
    meta: { title: 'nav.surveys', needs: ['survey/campaign', 'read'] },
  },
  {
    path: 'surveys/:id/analysis',
    name: 'survey-analysis',
    component: () => import('./analysis/AnalysisPage.vue'),
    props: true,
    meta: { title: 'nav.surveys', needs: ['survey/campaign', 'read'] },
  },
]
