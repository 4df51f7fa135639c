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
