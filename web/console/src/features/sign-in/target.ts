/** Where to go after signing in: a page of ours, never another site. */
export function safeTarget(to: unknown): string {
  if (typeof to !== 'string' || !to.startsWith('/') || to.startsWith('//') || to.startsWith('/\\')) return '/'
  return to.startsWith('/sign-in') ? '/' : to
}

/** The message for a problem's code in the address (`oidc.refused`), or the one for codes we have no words for. */
export function problemKey(code: unknown, known: (key: string) => boolean): string {
  if (typeof code !== 'string' || !code) return ''
  const key = `sign_in.problem.${code.replaceAll('.', '_')}`
  return /^[a-z_.]{3,60}$/.test(code) && known(`${key}.title`) ? key : 'sign_in.problem.other'
}
