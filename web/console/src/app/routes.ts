/** Every feature's routes in one table. */
import type { RouteRecordRaw } from 'vue-router'

import { accountRoutes } from '@/features/accounts/routes.ts'
import { areaRoutes } from '@/features/areas/routes.ts'
import { auditRoutes } from '@/features/audit/routes.ts'
import { errorRoutes, openErrorRoutes } from '@/features/errors/routes.ts'
import { fillRoutes } from '@/features/fills/routes.ts'
import { homeRoutes } from '@/features/home/routes.ts'
import { importRoutes } from '@/features/imports/routes.ts'
import { registerRoutes } from '@/features/registers/routes.ts'
import { settingsRoutes } from '@/features/settings/routes.ts'
import { signInRoutes } from '@/features/sign-in/routes.ts'

export const routes: RouteRecordRaw[] = [
  ...signInRoutes,
  ...openErrorRoutes,
  {
    path: '/',
    component: () => import('./shell/AppShell.vue'),
    children: [
      ...homeRoutes,
      ...registerRoutes,
      ...importRoutes,
      ...fillRoutes,
      ...areaRoutes,
      ...accountRoutes,
      ...auditRoutes,
      ...settingsRoutes,
      ...errorRoutes,
    ],
  },
]
