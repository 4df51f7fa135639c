import { expect, it } from 'vitest'

import { columnName, crc32, sheetName, workbook } from './xlsx.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
/** The files of an uncompressed zip, read by its own directory. */
function unzip(bytes: Uint8Array): Record<string, string> {
  const view = new DataView(bytes.buffer)
  const end = bytes.length - 22
  expect(view.getUint32(end, true)).toBe(0x06054b50)
  const files: Record<string, string> = {}
  let at = view.getUint32(end + 16, true)
  for (let n = view.getUint16(end + 10, true); n > 0; n -= 1) {
    expect(view.getUint32(at, true)).toBe(0x02014b50)
    const [size, name, start] = [
      view.getUint32(at + 24, true),
      view.getUint16(at + 28, true),
      view.getUint32(at + 42, true),
    ]
    const data = bytes.subarray(start + 30 + name, start + 30 + name + size)
    expect(crc32(data)).toBe(view.getUint32(at + 16, true))
    files[text(bytes.subarray(at + 46, at + 46 + name))] = text(data)
    at += 46 + name
  }
  return files
}

it('the checksum is that of zip', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
})
it('columns are lettered past Z', () => {
  expect([0, 25, 26, 51, 702].map(columnName)).toEqual(['A', 'Z', 'AA', 'AZ', 'AAA'])
})
it('a table becomes a sheet whose numbers stay numbers and whose blanks stay blank', () => {
  const files = unzip(
    workbook({
      name: '覆盖率',
      columns: ['区域', '值'],
      rows: [
        ['A&B <社区>', 83.3],
        ['乙', null],
      ],
    }),
  )
  expect(Object.keys(files)).toContain('xl/workbook.xml')
  const sheet = files['xl/worksheets/sheet1.xml']!
  expect(sheet).toContain('<c r="B2" s="0"><v>83.3</v></c>')
  expect(sheet).toContain('A&amp;B &lt;社区&gt;')
  expect(sheet).not.toContain('r="B3"')
  expect(new DOMParser().parseFromString(sheet, 'text/xml').querySelectorAll('row').length).toBe(3)
})
it('what a sheet may not be named is left out of its name', () => {
  expect(sheetName('比率: 甲/乙 [2026]?'.padEnd(40, '长'))).toHaveLength(31)
  expect(sheetName('a/b')).toBe('a b')
  expect(sheetName('')).toBe('Sheet1')
})
it('a character that XML does not know cannot spoil the file', () => {
  const files = unzip(workbook({ name: 'x', columns: ['a'], rows: [['甲\u000c乙']] }))
  expect(files['xl/worksheets/sheet1.xml']).toContain('甲乙')
})
