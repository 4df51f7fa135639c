/** The cells of an Excel file's first sheet as texts: enough for small tables that a page reads by itself. */

/** Most bytes of one part of the file once unpacked: a small file that unpacks to gigabytes is no table. */
const MOST = 8 * 1024 * 1024

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    size += step.value.length
    if (size > MOST) throw new Error('the sheet is too large')
    parts.push(step.value)
  }
  return new Blob(parts as BlobPart[]).text()
}

/** Name → how to read it, from the directory at the end of a ZIP. */
function entries(buffer: ArrayBuffer): Map<string, () => Promise<string>> {
  const view = new DataView(buffer)
  const found = new Map<string, () => Promise<string>>()
  let end = buffer.byteLength - 22
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1
  if (end < 0) throw new Error('not an Excel file')
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  for (let n = 0; n < count && view.getUint32(at, true) === 0x02014b50; n += 1) {
    const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)]
    const [name, extra, note] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [
      number,
      number,
      number,
    ]
    const local = view.getUint32(at + 42, true)
    const path = new TextDecoder().decode(new Uint8Array(buffer, at + 46, name))
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    const bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(buffer.slice(start, start + size))
    found.set(path, () =>
      method === 0 ? Promise.resolve(new TextDecoder().decode(bytes())) : inflate(bytes()),
    )
    at += 46 + name + extra + note
  }
  return found
}

/** `AB` of `AB12` → 27, counted from 0. */
const columnOf = (reference: string): number =>
  [...reference.replace(/\d/g, '')].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
const textsOf = (node: Element): string =>
  [...node.getElementsByTagName('t')].map((text) => text.textContent ?? '').join('')

/** Rows of the first sheet. Throws when it is no Excel file. */
export async function sheetRows(buffer: ArrayBuffer): Promise<string[][]> {
  const parts = entries(buffer)
  const sheet = [...parts.keys()].filter((name) => /^xl\/worksheets\/[^/]+\.xml$/.test(name)).sort()[0]
  if (!sheet) throw new Error('not an Excel file')
  const parse = async (name: string): Promise<Document> =>
    new DOMParser().parseFromString((await parts.get(name)?.()) ?? '<x/>', 'application/xml')
  const shared = [...(await parse('xl/sharedStrings.xml')).getElementsByTagName('si')].map(textsOf)
  return [...(await parse(sheet)).getElementsByTagName('row')].map((row) => {
    const cells: string[] = []
    for (const cell of row.getElementsByTagName('c')) {
      const value = cell.getElementsByTagName('v')[0]?.textContent ?? ''
      const type = cell.getAttribute('t')
      const at = columnOf(cell.getAttribute('r') ?? '')
      const text = type === 's' ? (shared[Number(value)] ?? '') : type === 'inlineStr' ? textsOf(cell) : value
      cells[at < 0 ? cells.length : at] = text
    }
    return Array.from(cells, (cell) => cell ?? '')
  })
}
