import { describe, expect, it } from 'vitest'

import { instanceIdOf, plainPath, prefilled, withInstanceId } from './instance.ts'

const source = { kind: 'import', label: '台账导入', at: '2026-03-01T00:00:00Z', by: '' }
const known = (value: string) => ({ value, shown: value, source })
const XML =
  '<data xmlns:orx="http://openrosa.org/xforms" id="hh" version="1"><hh><phone/></hh><m><name/></m><m><name/></m>' +
  '<orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>'

describe('an instance', () => {
  it('is known by its id, whatever the prefix', () => {
    expect(instanceIdOf(XML)).toBe('uuid:1')
    expect(instanceIdOf('<data/>')).toBeNull()
  })
  it('keeps the id it has and gets one when it has none', () => {
    expect(instanceIdOf(withInstanceId(XML, 'uuid:2'))).toBe('uuid:1')
    expect(instanceIdOf(withInstanceId(XML.replace('uuid:1', ''), 'uuid:2'))).toBe('uuid:2')
  })
  it('takes known values where they belong, in repeats by place', () => {
    const { xml, missing } = prefilled(XML, {
      '/data/hh/phone': known('138<&'),
      '/data/m[2]/name': known('王雪'),
    })
    expect(missing).toEqual([])
    expect(xml).toContain('<phone>138&lt;&amp;</phone>')
    expect(xml).toMatch(/<m><name\/?>(<\/name>)?<\/m><m><name>王雪<\/name><\/m>/)
  })
  it('says which known values it has no place for, and never overwrites a group', () => {
    expect(prefilled(XML, { '/data/m[3]/name': known('x'), '/data/hh': known('x') }).missing).toEqual([
      '/data/m[3]/name',
      '/data/hh',
    ])
  })
})

it('a question in a repeat is one question', () => {
  expect(plainPath('/data/m[12]/child[1]/name')).toBe('/data/m/child/name')
})
