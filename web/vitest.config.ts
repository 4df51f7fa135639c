import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: {
      '@m': here('./mobile/src'),
      '@': here('./console/src'),
      '@linli/shared': here('./shared/src'),
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['shared/src/**/*.test.ts', 'console/src/**/*.test.ts', 'mobile/src/**/*.test.ts'],
  },
})
