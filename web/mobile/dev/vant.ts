/** Each `<van-…>` of a template becomes one import with its own style: nothing of Vant that is not used is shipped. */
export function vant() {
  return {
    type: 'component' as const,
    resolve(name: string) {
      if (!name.startsWith('Van')) return undefined
      const file = name
        .slice(3)
        .replace(/([a-z])([A-Z])/g, '$1-$2')
        .toLowerCase()
      return { name: name.slice(3), from: 'vant', sideEffects: `vant/es/${file}/style/index` }
    },
  }
}

/**
 * Vant's icon font asks a stranger's server for its glyphs. The phone has its own icons and asks nobody: the style is
 * left empty, and `size.mjs` fails if an address of another host gets into the build.
 */
export function withoutVantIcons() {
  return {
    name: 'linli-without-vant-icons',
    enforce: 'pre' as const,
    load: (id: string) => (/vant\/es\/icon\/index\.css/.test(id) ? '' : undefined),
  }
}
