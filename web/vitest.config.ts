import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./console/src', import.meta.url)),
      '@linli/shared': fileURLToPath(new URL('./shared/src', import.meta.url)),
    },
  },
  test: { environment: 'happy-dom', include: ['shared/src/**/*.test.ts', 'console/src/**/*.test.ts'] },
})
