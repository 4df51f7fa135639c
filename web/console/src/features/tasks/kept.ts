/** A task half written, kept on this device per account, so that a closed window loses nothing. */
import type { TaskDraft } from './draft.ts'

const key = (account: string): string => `linli.task:${account}`

export function keep(account: string, draft: TaskDraft): void {
  try {
    localStorage.setItem(key(account), JSON.stringify(draft))
  } catch {
    // The device's storage is full: the page itself still holds what was typed.
  }
}

export function kept(account: string): TaskDraft | null {
  try {
    return JSON.parse(localStorage.getItem(key(account)) ?? 'null') as TaskDraft | null
  } catch {
    return null
  }
}

export const dropKept = (account: string): void => localStorage.removeItem(key(account))
