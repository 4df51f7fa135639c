/**
 * A written report as the page shows it: of the document that the server made only what a text, a table or a drawing
 * needs. A template is somebody's file: nothing of it may run, load or lead elsewhere.
 */
const TEXT =
  'p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td strong em b i u s sub sup code pre blockquote br hr a span div section article header footer nav figure figcaption details summary small mark abbr time'
const DRAWING =
  'svg g path rect circle ellipse line polyline polygon text tspan title desc defs pattern linearGradient stop clipPath'
const ELEMENTS = new Set([...TEXT.split(' '), ...DRAWING.split(' ')])
/** Their content goes with them. */
const GONE = new Set(['script', 'style', 'template', 'iframe', 'object', 'embed', 'noscript', 'head', 'form'])
const ATTRIBUTES = new Set(
  'id class data-indicator data-area title lang dir href colspan rowspan scope start datetime role aria-label aria-hidden open viewBox width height x y x1 y1 x2 y2 cx cy r rx ry d points fill fill-opacity stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity opacity transform text-anchor dominant-baseline font-size font-weight font-family dx dy offset stop-color preserveAspectRatio patternUnits patternTransform gradientUnits clip-path'.split(
    ' ',
  ),
)

/** Only into our own pages and within the document. */
const fine = (href: string): boolean => /^(#|\/(?!\/))/.test(href)

function copy(from: Node, into: Node, document: Document): void {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) into.appendChild(document.createTextNode(child.textContent ?? ''))
    if (!(child instanceof Element)) continue
    const name = child.localName
    if (GONE.has(name)) continue
    if (!ELEMENTS.has(name)) {
      copy(child, into, document)
      continue
    }
    const made = document.createElementNS(child.namespaceURI, name)
    for (const { name: key, value } of child.attributes) {
      if (!ATTRIBUTES.has(key) || (key === 'href' && !fine(value)) || /url\s*\(\s*['"]?(?!#)/i.test(value))
        continue
      made.setAttribute(key, value)
    }
    into.appendChild(made)
    copy(child, made, document)
  }
}

export interface Heading {
  id: string
  text: string
  depth: number
}

/** The report's body, and its headings in order; its figures lead to their own page, on the report's day. */
export function cleaned(
  html: string,
  document: Document,
  day = '',
): { body: DocumentFragment; headings: Heading[] } {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  const body = document.createDocumentFragment()
  copy(parsed.body, body, document)
  for (const figure of body.querySelectorAll('a[data-indicator]')) {
    const [id, area] = ['data-indicator', 'data-area'].map((name) => figure.getAttribute(name) ?? '')
    const query = new URLSearchParams({ ...(area && { area }), ...(day && { as_of: day }) })
    if (/^[\w-]+\/[\w-]+$/.test(id ?? '')) figure.setAttribute('href', `/insight/${id}?${query}`)
  }
  const headings = [...body.querySelectorAll('h2, h3')].map((heading, at) => {
    heading.id ||= `part-${at + 1}`
    return {
      id: heading.id,
      text: heading.textContent?.trim() ?? '',
      depth: Number(heading.localName.slice(1)),
    }
  })
  return { body, headings }
}
