import type zh from './zh-CN/index.ts'

type Texts<T> = { [K in keyof T]: T[K] extends string ? string : Texts<T[K]> }

/** What every language must have: exactly the keys of Chinese. */
export type Messages = Texts<typeof zh>
