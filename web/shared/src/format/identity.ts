/** GB 11643 identity numbers, checked while they are typed. The server checks again. */

export type IdentityProblem = 'length' | 'characters' | 'birth' | 'check'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const MARKS = '10X98765432'

/** Full-width digits and letters to plain ones, blanks away, `x` to `X`. */
export function normaliseIdentity(text: string): string {
  return text
    .replace(/[！-～]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0))
    .replace(/[\s\-\u3000]/g, '')
    .toUpperCase()
}

export function identityBirth(number: string): string | null {
  const match = number.match(/^\d{6}(\d{4})(\d{2})(\d{2})/)
  if (!match) return null
  const day = `${match[1]}-${match[2]}-${match[3]}`
  const date = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) return null
  return Number(match[1]) >= 1850 ? day : null
}

/** GB/T 2261.1: `1` male, `2` female. */
export function identitySex(number: string): '1' | '2' | null {
  const digit = number[16]
  if (!digit || !/\d/.test(digit)) return null
  return Number(digit) % 2 === 1 ? '1' : '2'
}

export function checkIdentity(number: string): IdentityProblem | null {
  if (number.length !== 18) return 'length'
  if (!/^\d{17}[\dX]$/.test(number)) return 'characters'
  if (!identityBirth(number)) return 'birth'
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0)
  return MARKS[sum % 11] === number[17] ? null : 'check'
}

const CREDIT_MARKS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

/** GB 32100 unified social credit code. */
export function checkCreditCode(code: string): IdentityProblem | null {
  if (code.length !== 18) return 'length'
  if ([...code].some((mark) => !CREDIT_MARKS.includes(mark))) return 'characters'
  const sum = CREDIT_WEIGHTS.reduce(
    (total, weight, at) => total + weight * CREDIT_MARKS.indexOf(code[at] ?? ''),
    0,
  )
  return CREDIT_MARKS[(31 - (sum % 31)) % 31] === code[17] ? null : 'check'
}
