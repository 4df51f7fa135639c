/** A name for this phone, so that an answer says where it was written. Random: it tells nothing about the phone. */
import { newId } from './ids.ts'

const KEY = 'linli.device'

export function deviceId(): string {
  let id = localStorage.getItem(KEY)
  if (!id) {
    id = `web:${newId()}`
    localStorage.setItem(KEY, id)
  }
  return id
}
