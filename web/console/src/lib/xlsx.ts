/** The smallest workbook that Excel, WPS and LibreOffice open: one sheet, a bold head, numbers as numbers (ECMA-376). */

export type Cell = string | number | null
export interface Sheet {
  name: string
  columns: string[]
  rows: Cell[][]
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!
  return (crc ^ 0xffffffff) >>> 0
}

/** Characters that XML 1.0 does not know are left out: a pasted form feed must not spoil the file. */
const escape = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

/** 0 → A, 26 → AA. */
export function columnName(at: number): string {
  return (at >= 26 ? columnName(Math.floor(at / 26) - 1) : '') + String.fromCharCode(65 + (at % 26))
}

function cell(value: Cell, column: number, row: number, style: number): string {
  const at = `${columnName(column)}${row}`
  if (value === null || value === '') return ''
  if (typeof value === 'number' && Number.isFinite(value))
    return `<c r="${at}" s="${style}"><v>${value}</v></c>`
  return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escape(String(value))}</t></is></c>`
}
const line = (cells: Cell[], row: number, style: number): string =>
  `<row r="${row}">${cells.map((value, column) => cell(value, column, row, style)).join('')}</row>`

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** A sheet's name may hold 31 characters and none of `[]:*?/\`. */
export const sheetName = (name: string): string => name.replace(/[[\]:*?/\\]/g, ' ').slice(0, 31) || 'Sheet1'

function parts(sheet: Sheet): [path: string, text: string][] {
  const widths = sheet.columns.map((label, at) => {
    const longest = Math.max(
      ...[label, ...sheet.rows.map((row) => row[at])].map((value) =>
        [...String(value ?? '')].reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0),
      ),
    )
    return `<col min="${at + 1}" max="${at + 1}" width="${Math.min(60, longest + 3)}" customWidth="1"/>`
  })
  const rows = [line(sheet.columns, 1, 1), ...sheet.rows.map((row, at) => line(row, at + 2, 0))]
  return [
    [
      '[Content_Types].xml',
      `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`,
    ],
    [
      '_rels/.rels',
      `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escape(sheetName(sheet.name)).replaceAll('"', '&quot;')}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    [
      'xl/styles.xml',
      `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs></styleSheet>`,
    ],
    [
      'xl/worksheets/sheet1.xml',
      `<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>${widths.length ? `<cols>${widths.join('')}</cols>` : ''}<sheetData>${rows.join('')}</sheetData></worksheet>`,
    ],
  ]
}

/** Numbers, lowest byte first, as zip headers have them: `[value, bytes]`. */
function bytesOf(...numbers: [value: number, size: number][]): number[] {
  return numbers.flatMap(([value, size]) =>
    Array.from({ length: size }, (_, at) => (value >>> (8 * at)) & 255),
  )
}

/** A zip without compression (APPNOTE 6.3.3), dated 1980-01-01: the same table gives the same bytes. */
function zip(files: [path: string, text: string][]): Uint8Array {
  const encoder = new TextEncoder()
  const out: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  for (const [path, text] of files) {
    const name = encoder.encode(path)
    const data = encoder.encode(HEAD + text)
    const shared = bytesOf(
      [20, 2],
      [0x800, 2],
      [0, 2],
      [0, 2],
      [0x21, 2],
      [crc32(data), 4],
      [data.length, 4],
      [data.length, 4],
      [name.length, 2],
      [0, 2],
    )
    const local = Uint8Array.from([...bytesOf([0x04034b50, 4]), ...shared, ...name])
    directory.push(
      Uint8Array.from([
        ...bytesOf([0x02014b50, 4], [20, 2]),
        ...shared,
        ...bytesOf([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]),
        ...name,
      ]),
    )
    out.push(local, data)
    at += local.length + data.length
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0)
  const end = Uint8Array.from(
    bytesOf(
      [0x06054b50, 4],
      [0, 2],
      [0, 2],
      [files.length, 2],
      [files.length, 2],
      [size, 4],
      [at, 4],
      [0, 2],
    ),
  )
  const whole = new Uint8Array(at + size + end.length)
  let filled = 0
  for (const piece of [...out, ...directory, end]) {
    whole.set(piece, filled)
    filled += piece.length
  }
  return whole
}

/** The table as the bytes of an `.xlsx` file. */
export const workbook = (sheet: Sheet): Uint8Array => zip(parts(sheet))
