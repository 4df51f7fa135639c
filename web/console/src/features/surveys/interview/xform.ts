/**
 * A form as a script to read out, and the answers as the instance a phone would send (ODK XForms). Questions one after
 * another, with their conditions; what needs the whole engine (repeats, computed values, filtered choices) is named in
 * `beyond`, and such a form is answered on the phone's page.
 */
export type QuestionKind = 'choice' | 'choices' | 'integer' | 'decimal' | 'text' | 'date' | 'note'
export interface ScriptQuestion {
  /** Its place in the instance, `/data/group/name`. */
  path: string
  label: string
  hint: string
  kind: QuestionKind
  required: boolean
  choices: { code: string; label: string }[]
  /** XPath; the question is asked only where all of these hold. */
  when: string[]
  constraint: string | null
  constraintMessage: string
}
export interface Script {
  title: string
  questions: ScriptQuestion[]
  beyond: ('repeat' | 'calculate' | 'filter' | 'control')[]
  /** The empty instance as XML, names without prefixes. */
  instance: string
}
export type Answer = string | string[] | null
export type Answers = Record<string, Answer>

const within = (element: Element | undefined, name: string): Element[] =>
  element ? [...element.children].filter((child) => child.localName === name) : []
const deep = (element: Element | Document, name: string): Element[] =>
  [...element.getElementsByTagName('*')].filter((child) => child.localName === name)
const text = (element: Element | undefined): string => element?.textContent?.trim().replace(/\s+/g, ' ') ?? ''

/** Texts of the form in the wanted language, by id. */
function textsOf(model: Element, lang: string): Map<string, string> {
  const all = deep(model, 'translation')
  const fits = (one: Element): boolean => {
    const name = one.getAttribute('lang') ?? ''
    return lang === 'en' ? /\(en\b|english/i.test(name) : /\(zh\b|中文|chinese/i.test(name)
  }
  const chosen = all.find(fits) ?? all.find((one) => one.hasAttribute('default')) ?? all[0]
  return new Map(
    within(chosen, 'text').map((one) => [
      one.getAttribute('id') ?? '',
      text(within(one, 'value').find((value) => !value.hasAttribute('form'))),
    ]),
  )
}
const ITEXT = /jr:itext\(\s*['"]([^'"]+)['"]\s*\)/
function labelOf(element: Element, name: string, texts: Map<string, string>): string {
  const held = within(element, name)[0]
  const id = held?.getAttribute('ref')?.match(ITEXT)?.[1]
  return id ? (texts.get(id) ?? id) : text(held)
}

const parse = (xml: string): Document => new DOMParser().parseFromString(xml, 'text/xml')
const write = (of: Document): string => new XMLSerializer().serializeToString(of)
const escape = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Prefixes are the form's own: names are compared without them, as the server does. */
function bare(element: Element): string {
  const attributes = [...element.attributes]
    .filter(({ name }) => !name.includes(':') && name !== 'xmlns')
    .map(({ name, value }) => ` ${name}="${escape(value)}"`)
    .join('')
  const inner = element.children.length
    ? [...element.children].map(bare).join('')
    : escape(element.textContent ?? '')
  return `<${element.localName}${attributes}>${inner}</${element.localName}>`
}

const CONTROLS: Record<string, QuestionKind> = {
  select1: 'choice',
  select: 'choices',
  input: 'text',
  range: 'integer',
}
const KINDS: Record<string, QuestionKind> = {
  int: 'integer',
  integer: 'integer',
  decimal: 'decimal',
  date: 'date',
}

class Reader {
  readonly beyond = new Set<Script['beyond'][number]>()
  readonly questions: ScriptQuestion[] = []
  private readonly texts: Map<string, string>
  private readonly binds: Map<string, Element>
  private readonly lists: Map<string, { code: string; label: string }[]>

  constructor(model: Element, lang: string) {
    this.texts = textsOf(model, lang)
    this.binds = new Map(within(model, 'bind').map((bind) => [bind.getAttribute('nodeset') ?? '', bind]))
    if (within(model, 'bind').some((bind) => bind.hasAttribute('calculate'))) this.beyond.add('calculate')
    this.lists = new Map(
      within(model, 'instance')
        .filter((instance) => instance.hasAttribute('id'))
        .map((instance) => [
          instance.getAttribute('id')!,
          deep(instance, 'item').map((item) => {
            const id = text(within(item, 'itextId')[0])
            const label = id ? (this.texts.get(id) ?? id) : text(within(item, 'label')[0])
            return { code: text(within(item, 'name')[0]), label }
          }),
        ]),
    )
  }

  private choices(control: Element): { code: string; label: string }[] {
    const set = within(control, 'itemset')[0]?.getAttribute('nodeset')
    if (!set)
      return within(control, 'item').map((item) => ({
        code: text(within(item, 'value')[0]),
        label: labelOf(item, 'label', this.texts),
      }))
    const [, list, filter] = set.match(/^instance\(\s*['"]([^'"]+)['"]\s*\)\/root\/item(\[.+)?$/) ?? []
    if (!list || filter) this.beyond.add('filter')
    return this.lists.get(list ?? '') ?? []
  }

  read(block: Element, when: string[]): void {
    for (const child of block.children) {
      const path = child.getAttribute('ref') ?? ''
      const bind = this.binds.get(path)
      const here = [...when, ...(bind?.getAttribute('relevant') ? [bind.getAttribute('relevant')!] : [])]
      if (child.localName === 'group') this.read(child, here)
      else if (child.localName === 'repeat') this.beyond.add('repeat')
      else if (CONTROLS[child.localName]) this.question(child, path, bind, here)
      else if (['upload', 'rank', 'trigger', 'odk:rank'].includes(child.localName)) this.beyond.add('control')
    }
  }

  private question(control: Element, path: string, bind: Element | undefined, when: string[]): void {
    const plain = CONTROLS[control.localName]!
    const readonly = bind?.getAttribute('readonly') === 'true()'
    const kind = readonly
      ? 'note'
      : plain === 'text'
        ? (KINDS[bind?.getAttribute('type') ?? ''] ?? 'text')
        : plain
    const message =
      [...(bind?.attributes ?? [])].find((one) => one.localName === 'constraintMsg')?.value ?? ''
    const id = message.match(ITEXT)?.[1]
    this.questions.push({
      path,
      label: labelOf(control, 'label', this.texts),
      hint: labelOf(control, 'hint', this.texts),
      kind,
      required: bind?.getAttribute('required') === 'true()',
      choices: plain === 'choice' || plain === 'choices' ? this.choices(control) : [],
      when,
      constraint: bind?.getAttribute('constraint') ?? null,
      constraintMessage: id ? (this.texts.get(id) ?? '') : message,
    })
  }
}

/** Reads a form's XML; `null` when it is none. */
export function scriptOf(xml: string, lang: string): Script | null {
  const form = parse(xml)
  const model = deep(form, 'model')[0]
  const body = deep(form, 'body')[0]
  const root = within(model, 'instance')[0]?.children[0]
  if (!model || !body || !root) return null
  const reader = new Reader(model, lang)
  reader.read(body, [])
  return {
    title: text(deep(form, 'title')[0]),
    questions: reader.questions,
    beyond: [...reader.beyond],
    instance: bare(root),
  }
}

function nodeAt(instance: Document, path: string): Element | undefined {
  const [root, ...steps] = path.split('/').filter(Boolean)
  let at: Element | undefined = instance.documentElement
  if (at?.localName !== root?.split(':').at(-1)) return undefined
  for (const step of steps) at = within(at, step.split(':').at(-1)!)[0]
  return at
}

/** The instance with these answers; questions that are not `asked` stay empty. */
export function filled(script: Script, answers: Answers, asked: (one: ScriptQuestion) => boolean): Document {
  const instance = parse(script.instance)
  for (const question of script.questions) {
    const answer = answers[question.path]
    const node = nodeAt(instance, question.path)
    if (!node || question.kind === 'note' || !asked(question)) continue
    node.textContent = Array.isArray(answer) ? answer.join(' ') : (answer ?? '')
  }
  return instance
}

/** The instance as it is sent, under its own id. */
export function submissionOf(instance: Document, id: string): string {
  const copy = parse(write(instance))
  const root = copy.documentElement
  let held = deep(copy, 'instanceID')[0]
  if (!held) {
    const meta = within(root, 'meta')[0] ?? root.appendChild(copy.createElement('meta'))
    held = meta.appendChild(copy.createElement('instanceID'))
  }
  held.textContent = id
  return write(copy)
}

/** ODK's own functions in words of XPath 1.0, which browsers know. */
export function plainXPath(expression: string): string {
  const argument = '((?:[^(),]|\\([^()]*\\))+)'
  return expression
    .replace(new RegExp(`count-selected\\(${argument}\\)`, 'g'), (_, node: string) => {
      const list = `normalize-space(${node})`
      return `(string-length(${list}) - string-length(translate(${list}, ' ', '')) + number(${list} != ''))`
    })
    .replace(
      new RegExp(`selected\\(${argument},${argument}\\)`, 'g'),
      (_, node: string, code: string) =>
        `contains(concat(' ', ${node.trim()}, ' '), concat(' ', ${code.trim()}, ' '))`,
    )
}

/** Whether an expression holds at a node of the instance. What the browser cannot evaluate does not stand in the way. */
export function holds(instance: Document, path: string, expression: string): boolean {
  const node = nodeAt(instance, path)
  if (!node) return true
  try {
    return instance.evaluate(plainXPath(expression), node, null, XPathResult.BOOLEAN_TYPE, null).booleanValue
  } catch {
    return true
  }
}

/** Questions to be asked now: those whose conditions hold for what was answered so far, in order. */
export function askedOf(script: Script, answers: Answers): ScriptQuestion[] {
  const asked = new Set<ScriptQuestion>()
  for (const question of script.questions) {
    // Only what is asked itself counts as answered: a hidden question's old answer opens nothing.
    const instance = question.when.length ? filled(script, answers, (one) => asked.has(one)) : null
    if (!instance || question.when.every((when) => holds(instance, question.path, when))) asked.add(question)
  }
  return script.questions.filter((question) => asked.has(question))
}
