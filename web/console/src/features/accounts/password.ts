/** Letters and digits that are not mistaken for one another when read aloud or copied from paper. */
const MARKS = 'abcdefghjkmnpqrstuvwxyz23456789'

export function suggestPassword(
  random = (max: number) => crypto.getRandomValues(new Uint32Array(1))[0]! % max,
): string {
  const group = (): string => Array.from({ length: 4 }, () => MARKS[random(MARKS.length)]).join('')
  return [group(), group(), group()].join('-')
}
