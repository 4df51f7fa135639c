/** Hands something the page made to the person as a file. */
export function save(parts: BlobPart, type: string, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([parts], { type }))
  link.download = fileName(name)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** No path and no character that a file system refuses. */
export const fileName = (name: string): string => name.replace(/[\\/:*?"<>|\n\r\t]+/g, '-').slice(0, 120)

/** A drawing as a picture of `scale` times its size, on the given ground. */
export async function pictureOf(svg: string, ground: string, scale = 2): Promise<Blob> {
  const picture = new Image()
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await picture.decode()
  const canvas = document.createElement('canvas')
  canvas.width = picture.width * scale
  canvas.height = picture.height * scale
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no canvas')
  pen.fillStyle = ground
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
  )
}

const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'font',
  'text-anchor',
]
/** A drawing of the page as a file of its own: what the style sheet gave, each shape now carries itself. */
export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const own = [svg, ...svg.querySelectorAll<SVGElement>('*')]
  ;[copy, ...copy.querySelectorAll<SVGElement>('*')].forEach((shape, at) => {
    const drawn = getComputedStyle(own[at]!)
    for (const name of STYLES) shape.style.setProperty(name, drawn.getPropertyValue(name))
    for (const name of ['class', 'tabindex', 'role', 'aria-label']) shape.removeAttribute(name)
  })
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(svg.viewBox.baseVal.width || svg.clientWidth))
  copy.setAttribute('height', String(svg.viewBox.baseVal.height || svg.clientHeight))
  return copy.outerHTML
}
