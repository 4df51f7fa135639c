import 'fake-indexeddb/auto'

import { beforeEach, describe, expect, it } from 'vitest'

import { ApiError, offlineError } from '@linli/shared/api/problem.ts'

import { openStore, type Db } from '@m/db/db.ts'
import { saveDraft, saveFiles } from '@m/db/drafts.ts'

import type { NewItem, OutboxItem } from './item.ts'
import { leaseLock, webLock, type Lock } from './lock.ts'
import { Outbox, pauseAfter } from './outbox.ts'

let db: Db
let clock = 1_000_000
let names = 0
const now = (): number => clock
const free: Lock = {
  run: async (work) => {
    await work(async () => {})
    return true
  },
}
const note = (id: string, more: Partial<NewItem> = {}): NewItem => ({
  id,
  title: id,
  subtitle: '',
  assignment: null,
  body: { kind: 'no-licence', note: id },
  ...more,
})
const answer = (xml: string): NewItem['body'] => ({
  kind: 'submission',
  xml,
  form: { id: 'f', version: '1', title: 't' },
})
const refusal = (status: number, code: string, detail = ''): ApiError =>
  new ApiError({ status, code, title: code, detail })

function queue(send: (item: OutboxItem) => Promise<unknown>, lock: Lock = free): Outbox {
  return new Outbox({ db, lock, now, send, changed: () => {} })
}
const states = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await db.getAll('outbox')).map((item) => [item.id, item.state]))

beforeEach(async () => {
  names += 1
  db = await openStore(`test-${names}`)
})

describe('the queue', () => {
  it('sends in the order things were done', async () => {
    const sent: string[] = []
    const box = queue(async (item) => sent.push(item.id))
    // Ids do not sort like the moments they were made at.
    for (const id of ['c', 'a', 'b']) await box.add(note(id))
    await box.run()
    expect(sent).toEqual(['c', 'a', 'b'])
    expect(await states()).toEqual({ a: 'sent', b: 'sent', c: 'sent' })
  })

  it('without a network keeps everything, tries again later, and does not overtake', async () => {
    let online = false
    const sent: string[] = []
    const box = queue(async (item) => {
      if (!online) throw offlineError()
      sent.push(item.id)
    })
    await box.add(note('first'))
    await box.add(note('second'))
    expect(await box.run()).toBe(5_000)
    expect(await states()).toEqual({ first: 'waiting', second: 'waiting' })
    online = true
    await box.run()
    expect(sent).toEqual([])
    clock += 5_000
    expect(await box.run()).toBeNull()
    expect(sent).toEqual(['first', 'second'])
  })

  it('is sent at once when the network is back, whatever the pause', async () => {
    let online = false
    const box = queue(async () => {
      if (!online) throw offlineError()
    })
    await box.add(note('one'))
    await box.run()
    online = true
    await box.run(true)
    expect(await states()).toEqual({ one: 'sent' })
  })

  it('keeps what the server refused, with its words, and goes on with the next', async () => {
    const box = queue(async (item) => {
      if (item.id === 'bad') throw refusal(409, 'submission.other_content', '同一编号已有另一份答卷。')
    })
    await saveFiles(db, 'bad', [{ name: 'a.jpg', blob: new Blob(['x']) }])
    await box.add(note('bad', { body: answer('<data>bad</data>') }))
    await box.add(note('good'))
    await box.run()
    const bad = (await db.get('outbox', 'bad'))!
    expect(await states()).toEqual({ bad: 'refused', good: 'sent' })
    expect(bad.problem).toEqual({ code: 'submission.other_content', message: '同一编号已有另一份答卷。' })
    expect(bad.body).toEqual(answer('<data>bad</data>'))
    expect(await db.count('files')).toBe(1)
  })

  it('that was killed between sending and the answer sends the same again, under the same id', async () => {
    const server = new Map<string, number>()
    const dies = queue(async (item) => {
      server.set(item.id, (server.get(item.id) ?? 0) + 1)
      // The answer never arrives: the battery is empty.
      return new Promise(() => {})
    })
    await dies.add(note('uuid:1', { body: answer('<data/>') }))
    void dies.run()
    await expect.poll(() => server.get('uuid:1')).toBe(1)
    expect(await states()).toEqual({ 'uuid:1': 'sending' })

    const reborn = queue(async (item) => server.set(item.id, (server.get(item.id) ?? 0) + 1))
    await reborn.run()
    expect([...server]).toEqual([['uuid:1', 2]])
    expect(await states()).toEqual({ 'uuid:1': 'sent' })
  })

  it('forgets content and photos only after the acknowledgement, and keeps the receipt', async () => {
    const held: number[] = []
    const box = queue(async () => {
      held.push(await db.count('files'))
      return { flags: [{ path: '/d/a', kind: 'constraint', message: '年龄不符' }] }
    })
    await saveFiles(db, 'uuid:1', [{ name: 'a.jpg', blob: new Blob(['x']) }])
    await box.add(note('uuid:1', { body: answer('<data/>') }))
    await box.run()
    expect(held).toEqual([1])
    expect(await db.count('files')).toBe(0)
    const receipt = (await db.get('outbox', 'uuid:1'))!
    expect(receipt.body).toBeNull()
    expect(receipt.answer).toEqual({ flags: [{ path: '/d/a', kind: 'constraint', message: '年龄不符' }] })
  })

  it('ends the draft in the same transaction that queues it', async () => {
    await saveDraft(db, {
      id: 'uuid:1',
      form: { id: 'f', form_id: 'f', version: '1', title: '' },
      assignment: null,
      title: '',
      subtitle: '',
      xml: '<data/>',
      prefill: {},
      page: 0,
      answered: 0,
      questions: 1,
      at: 0,
    })
    await queue(async () => {}).add(note('uuid:1', { body: answer('<data/>') }))
    expect(await db.count('drafts')).toBe(0)
    expect(await db.count('outbox')).toBe(1)
  })

  it('holds a tap for the seconds in which it can be taken back', async () => {
    const sent: string[] = []
    const box = queue(async (item) => sent.push(item.id))
    await box.add(note('tap', { hold: 4_000 }))
    expect(await box.run(true)).toBe(4_000)
    expect(sent).toEqual([])
    expect(await box.takeBack('tap')).toBe(true)
    await box.add(note('meant', { hold: 4_000 }))
    clock += 4_000
    await box.run()
    expect(sent).toEqual(['meant'])
    expect(await box.takeBack('meant')).toBe(false)
  })

  it('waits for the person when the session has ended, losing nothing', async () => {
    const box = queue(async () => {
      throw refusal(401, 'auth.required')
    })
    await box.add(note('one'))
    await box.run()
    expect(await states()).toEqual({ one: 'waiting' })
  })

  it('sends other content again under a new id when asked, files included', async () => {
    const seen: string[] = []
    const box = queue(async (item) => {
      if (item.id === 'uuid:old') throw refusal(409, 'submission.other_content')
      seen.push(item.body?.kind === 'submission' ? item.body.xml : '')
    })
    await saveFiles(db, 'uuid:old', [{ name: 'a.jpg', blob: new Blob(['x']) }])
    await box.add(note('uuid:old', { body: answer('<instanceID>uuid:old</instanceID>') }))
    await box.run()
    await box.resendAsNew('uuid:old', 'uuid:new')
    expect((await db.getAllKeys('files')).map(([owner]) => owner)).toEqual(['uuid:new'])
    await box.run()
    expect(seen).toEqual(['<instanceID>uuid:new</instanceID>'])
    expect(await states()).toEqual({ 'uuid:new': 'sent' })
  })
})

describe('two tabs', () => {
  async function together(first: Lock, second: Lock): Promise<string[]> {
    const sent: string[] = []
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const slow = async (item: OutboxItem): Promise<void> => {
      sent.push(item.id)
      await gate
    }
    const [one, other] = [queue(slow, first), queue(slow, second)]
    await one.add(note('once'))
    const running = one.run()
    await expect.poll(() => sent.length).toBe(1)
    await other.run()
    release()
    await running
    return sent
  }

  it('send once, by a lease where the page is not secure', async () => {
    expect(await together(leaseLock(db, 'tab-1', now), leaseLock(db, 'tab-2', now))).toEqual(['once'])
  })

  it('send once, by a web lock', async () => {
    const held = new Set<string>()
    const locks = {
      request: async (name: string, _: unknown, work: (lock: object | null) => Promise<void>) => {
        if (held.has(name)) return work(null)
        held.add(name)
        await work({}).finally(() => held.delete(name))
      },
    }
    Object.defineProperty(navigator, 'locks', { value: locks, configurable: true })
    expect(await together(webLock('outbox'), webLock('outbox'))).toEqual(['once'])
  })

  it('do not wait for ever for one that crashed', async () => {
    const crashed = leaseLock(db, 'tab-1', now)
    void crashed.run(() => new Promise(() => {}))
    await expect.poll(() => db.count('kept')).toBe(1)
    const other = leaseLock(db, 'tab-2', now)
    expect(await other.run(async () => {})).toBe(false)
    clock += 151_000
    expect(await other.run(async () => {})).toBe(true)
  })
})

it('pauses double up to ten minutes, and a server that says when is obeyed', () => {
  expect([1, 2, 3, 20].map((attempts) => pauseAfter(attempts))).toEqual([5_000, 10_000, 20_000, 600_000])
  expect(pauseAfter(1, 30)).toBe(30_000)
})
