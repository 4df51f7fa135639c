import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { newId } from '@m/lib/ids.ts'
import type { NewItem, OutboxItem } from '@m/outbox/item.ts'
import { leaseLock, webLock } from '@m/outbox/lock.ts'
import { Outbox } from '@m/outbox/outbox.ts'
import { sendItem } from '@m/outbox/send.ts'

import { useNetwork } from './network.ts'
import { useSession } from './session.ts'

/** The queue as the page sees it, and what sets it going: the network, the clock, the page being opened. */
export const useOutbox = defineStore('outbox', () => {
  const items = shallowRef<OutboxItem[]>([])
  const sending = ref(false)
  const open = computed(() => items.value.filter((item) => item.state !== 'sent'))
  const waiting = computed(() => open.value.filter((item) => item.state !== 'refused').length)
  const refused = computed(() => open.value.length - waiting.value)
  const byAssignment = computed(
    () => new Map(items.value.flatMap((item) => (item.assignment ? [[item.assignment, item]] : []))),
  )
  const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('linli-outbox')
  const tab = newId()
  let box: { account: string; outbox: Outbox } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let started = false
  const settled: (() => void)[] = []

  async function mine(): Promise<Outbox> {
    const session = useSession()
    const account = session.worker?.id ?? ''
    if (box?.account === account) return box.outbox
    const db = await session.store()
    const lock = 'locks' in navigator ? webLock(`linli-outbox-${account}`) : leaseLock(db, tab, Date.now)
    const changed = (): void => {
      void read()
      tabs?.postMessage(account)
    }
    box = { account, outbox: new Outbox({ db, lock, now: Date.now, send: sendItem, changed }) }
    return box.outbox
  }

  async function read(): Promise<void> {
    if (useSession().worker) items.value = await (await mine()).list()
  }

  /** Sends what is due, then sets the alarm for the next try. */
  async function kick(force = false): Promise<void> {
    const session = useSession()
    if (!session.worker || session.expired || sending.value) return
    if (timer) clearTimeout(timer)
    timer = null
    sending.value = true
    const before = waiting.value
    try {
      const pause = await (await mine()).run(force)
      await read()
      if (pause !== null) timer = setTimeout(() => void kick(), pause)
      const heard = items.value.find((item) => item.problem)?.problem?.code !== 'client.offline'
      if (before > 0) useNetwork().heard(heard)
      if (before > waiting.value) settled.forEach((tell) => tell())
    } finally {
      sending.value = false
    }
  }

  async function add(item: NewItem): Promise<void> {
    await (await mine()).add(item)
    await read()
    if (item.hold) setTimeout(() => void kick(), item.hold + 50)
    else void kick(true)
  }
  const act = async (work: (outbox: Outbox) => Promise<unknown>): Promise<void> => {
    await work(await mine())
    await read()
    void kick(true)
  }

  async function takeBack(id: string): Promise<boolean> {
    const done = await (await mine()).takeBack(id)
    await read()
    return done
  }

  /** Called whenever somebody is known; listens only once. */
  function start(): void {
    if (!started) listen()
    started = true
    void mine().then((outbox) => outbox.prune())
    void read().then(() => kick(true))
  }
  function listen(): void {
    tabs?.addEventListener('message', () => void read())
    useNetwork().whenBack(() => void kick(true))
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void kick(true)
    })
  }

  return {
    items,
    open,
    waiting,
    refused,
    sending,
    byAssignment,
    read,
    kick,
    add,
    takeBack,
    start,
    whenSettled: (tell: () => void) => void settled.push(tell),
    retry: (id: string) => act((outbox) => outbox.retry(id)),
    discard: (id: string) => act((outbox) => outbox.discard(id)),
    resendAsNew: (id: string) => act((outbox) => outbox.resendAsNew(id, `uuid:${newId()}`)),
  }
})
