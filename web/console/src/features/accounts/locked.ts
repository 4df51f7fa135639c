import type { Account } from '@linli/shared/api/types.ts'

/** Whether too many wrong passwords keep an account out right now. */
export const isLocked = (account: Account, now = Date.now()): boolean =>
  Boolean(account.locked_until && new Date(account.locked_until).getTime() > now)
