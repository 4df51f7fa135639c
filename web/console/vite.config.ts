import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

import { mockServer } from './dev/mock/plugin.ts'

/** `npm run dev` talks to the mock; `LINLI=http://127.0.0.1:8080 npm run dev` to a real server. */
const server = process.env.LINLI

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    vue(),
    Components({
      dirs: [],
      dts: 'components.d.ts',
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
    ...(server ? [] : [mockServer()]),
  ],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      '@linli/shared': fileURLToPath(new URL('../shared/src', import.meta.url)),
    },
  },
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __VUE_OPTIONS_API__: false,
  },
  build: { target: 'es2022', manifest: true, chunkSizeWarningLimit: 900, reportCompressedSize: false },
  server: server ? { proxy: { '/api': server } } : {},
  preview: { port: 4173 },
})
