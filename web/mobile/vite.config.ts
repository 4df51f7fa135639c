import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

import { mockServer } from './dev/mock/plugin.ts'
import { precache } from './dev/precache.ts'
import { vant, withoutVantIcons } from './dev/vant.ts'

/** `npm run dev -w mobile` talks to the mock; `LINLI=http://127.0.0.1:8080` before it to a real server. */
const server = process.env.LINLI
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  // Both pages are served from two roots (/m and /q/{token}); their assets always lie under /m.
  base: '/m/',
  plugins: [
    vue(),
    Components({ dirs: [], dts: 'components.d.ts', resolvers: [vant()] }),
    withoutVantIcons(),
    precache(),
    ...(server ? [] : [mockServer()]),
  ],
  resolve: { alias: { '@m': here('./src'), '@linli/shared': here('../shared/src') } },
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __VUE_OPTIONS_API__: false,
  },
  build: {
    target: 'es2022',
    manifest: true,
    chunkSizeWarningLimit: 1600,
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        m: here('index.html'),
        q: here('q.html'),
        preview: here('preview.html'),
        r: here('r.html'),
        sw: here('src/sw/sw.ts'),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: server ? { proxy: { '/api': server } } : {},
  preview: { port: 4174 },
})
