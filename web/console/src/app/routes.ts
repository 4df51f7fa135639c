/** Every feature's routes in one table. */
import type { RouteRecordRaw } from 'vue-router'

import { accountRoutes } from '@/features/accounts/routes.ts'
import { answerRoutes } from '@/features/answers/routes.ts'
import { areaRoutes } from '@/features/areas/routes.ts'
import { auditRoutes } from '@/features/audit/routes.ts'
import { burdenRoutes } from '@/features/burden/routes.ts'
import { caseRoutes } from '@/features/cases/routes.ts'
import { cockpitRoutes, wallRoutes } from '@/features/cockpit/routes.ts'
import { conflictRoutes } from '@/features/conflicts/routes.ts'
import { departmentRoutes } from '@/features/department/routes.ts'
import { deskRoutes } from '@/features/desk/routes.ts'
import { errorRoutes, openErrorRoutes } from '@/features/errors/routes.ts'
import { fillRoutes } from '@/features/fills/routes.ts'
import { formRoutes } from '@/features/forms/routes.ts'
import { homeRoutes } from '@/features/home/routes.ts'
import { importRoutes } from '@/features/imports/routes.ts'
import { insightRoutes } from '@/features/insight/routes.ts'
import { listRoutes } from '@/features/lists/routes.ts'
import { mapRoutes } from '@/features/map/routes.ts'
import { meetingRoutes } from '@/features/meetings/routes.ts'
import { registerRoutes } from '@/features/registers/routes.ts'
import { reportRoutes } from '@/features/reports/routes.ts'
import { scheduleRoutes } from '@/features/schedules/routes.ts'
import { settingsRoutes } from '@/features/settings/routes.ts'
import { signInRoutes } from '@/features/sign-in/routes.ts'
import { surveyRoutes } from '@/features/surveys/routes.ts'
import { taskRoutes } from '@/features/tasks/routes.ts'
import { todoRoutes } from '@/features/todo/routes.ts'
import { unitRoutes } from '@/features/units/routes.ts'

export const routes: RouteRecordRaw[] = [
  ...signInRoutes,
  ...openErrorRoutes,
  ...wallRoutes,
  {
    path: '/',
    component: () => import('./shell/AppShell.vue'),
    children: [
      ...homeRoutes,
      ...todoRoutes,
      ...deskRoutes,
      ...caseRoutes,
      ...mapRoutes,
      ...departmentRoutes,
      ...meetingRoutes,
      ...scheduleRoutes,
      ...listRoutes,
      ...unitRoutes,
      ...registerRoutes,
      ...importRoutes,
      ...fillRoutes,
      ...taskRoutes,
      ...formRoutes,
      ...answerRoutes,
      ...conflictRoutes,
      ...burdenRoutes,
      ...cockpitRoutes,
      ...insightRoutes,
      ...surveyRoutes,
      ...reportRoutes,
      ...areaRoutes,
      ...accountRoutes,
      ...auditRoutes,
      ...settingsRoutes,
      ...errorRoutes,
    ],
  },
]
