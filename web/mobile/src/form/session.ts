/**
 * One form being filled. Holds the engine's tree, writes the draft after every change, and hands the finished answer to
 * the queue. The engine's own state is reactive through Vue (`shallowReactive`), so components just read it.
 */
import type { AnyChildNode, InstanceData, RootNode, UploadNode } from '@getodk/xforms-engine'
import { computed, markRaw, reactive, ref, shallowReactive, type ComputedRef } from 'vue'

import type { FormPackage, Prefill } from '@m/api/types.ts'
import type { Db, Draft } from '@m/db/db.ts'
import { discardDraft, filesOf, saveDraft, saveFiles, type NamedBlob } from '@m/db/drafts.ts'
import { newId } from '@m/lib/ids.ts'

import { Assets } from './assets.ts'
import { loadEngine } from './engine.ts'
import { instanceIdOf, plainPath, prefilled, withInstanceId } from './instance.ts'
import { everyNode, isAnswered, questionsOf, stepsOf, type Step } from './steps.ts'

export interface OpenForm {
  db: Db
  form: FormPackage
  /** Continue this draft. */
  draft?: Draft | null
  assignment?: string | null
  title?: string
  subtitle?: string
  prefill?: Prefill
  /** An instance begun by the server. */
  instance?: string | null
  username?: string
  deviceId?: string
  locate?: () => Promise<string>
}

/** Milliseconds of quiet after which a change is written. Leaving the page writes at once. */
const QUIET = 250

function instanceData(xml: string, files: NamedBlob[]): InstanceData {
  const data = new FormData()
  data.set('xml_submission_file', new File([xml], 'xml_submission_file', { type: 'text/xml' }))
  for (const { name, blob } of files) data.set(name, new File([blob], name, { type: blob.type }))
  return data as unknown as InstanceData
}

/** Photos of one answer must not share a name; the form's own name for them carries no meaning. */
function uniqueName(meta: { writtenAt: Date; extension: string | null }): string {
  const random = Math.floor(Math.random() * 1e6)
    .toString(36)
    .padStart(4, '0')
  return `${meta.writtenAt.getTime()}-${random}${(meta.extension ?? '').toLowerCase()}`
}

async function begin(open: OpenForm, assets: Assets): Promise<RootNode> {
  const engine = await loadEngine()
  const loaded = await engine.loadForm(open.form.xform, {
    fetchFormAttachment: assets.answer,
    missingResourceBehavior: engine.constants.MISSING_RESOURCE_BEHAVIOR.BLANK,
  })
  if (loaded.status === 'failure') throw loaded.error
  const config = {
    stateFactory: <T extends object>(object: T): T => shallowReactive(object) as T,
    instanceAttachments: { fileNameFactory: uniqueName },
    preloadProperties: { deviceID: open.deviceId, username: open.username },
    ...(open.locate ? { geolocationProvider: { getLocation: open.locate } } : {}),
  }
  const restored = async (xml: string, files: NamedBlob[]): Promise<RootNode> =>
    (await loaded.restoreInstance({ data: [instanceData(xml, files)] }, config)).root

  if (open.draft) return restored(open.draft.xml, await filesOf(open.db, open.draft.id))
  const fresh = loaded.createInstance(config).root
  const known = open.prefill ?? {}
  const written = prefilled(fresh.instanceState.instanceXML, known)
  // Known values that need more entries of a repeat than a fresh instance has: the server's instance has them.
  if (open.instance && (written.missing.length > 0 || Object.keys(known).length === 0))
    return restored(withInstanceId(open.instance, `uuid:${newId()}`), [])
  return Object.keys(known).length > 0 ? restored(written.xml, []) : fresh
}

export class FormSession {
  /** Questions whose errors are shown: those left, and all once sending was tried. */
  readonly touched = reactive(new Set<string>())
  readonly tried = ref(false)
  readonly page = ref(0)
  readonly savedAt = ref<number | null>(null)
  readonly saveFailed = ref(false)
  readonly steps: ComputedRef<Step[]>
  readonly questions: ComputedRef<AnyChildNode[]>
  private timer: ReturnType<typeof setTimeout> | null = null
  private writing: Promise<void> = Promise.resolve()
  private finished = false

  private constructor(
    readonly root: RootNode,
    readonly assets: Assets,
    readonly instanceId: string,
    private readonly open: OpenForm,
  ) {
    this.steps = computed(() => stepsOf(root))
    this.questions = computed(() => questionsOf(root).filter((node) => node.nodeType !== 'note'))
    this.page.value = open.draft?.page ?? 0
    this.savedAt.value = open.draft?.at ?? null
  }

  static async open(open: OpenForm): Promise<FormSession> {
    const assets = new Assets(open.db, open.form)
    const root = markRaw(await begin(open, assets))
    const id = instanceIdOf(root.instanceState.instanceXML)
    if (!id) throw new Error('the form has no instanceID')
    return markRaw(new FormSession(root, assets, id, open))
  }

  get prefill(): Prefill {
    return this.open.draft?.prefill ?? this.open.prefill ?? {}
  }

  /** The held value a question was filled with, by exact place or by its path outside repeats. */
  knownOf(reference: string): Prefill[string] | null {
    return this.prefill[reference] ?? this.prefill[plainPath(reference)] ?? null
  }

  get answered(): number {
    return this.questions.value.filter(isAnswered).length
  }

  /** Call after every change of an answer. */
  changed(): void {
    if (this.finished) return
    if (this.timer) clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.save(), QUIET)
  }

  /** Writes now; the page is being left, or the battery may be. */
  async save(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (this.finished) return
    this.writing = this.writing.then(() => this.write())
    await this.writing
  }

  private async write(): Promise<void> {
    const at = Date.now()
    try {
      await saveFiles(this.open.db, this.instanceId, this.files())
      await saveDraft(this.open.db, this.draft(at))
      this.savedAt.value = at
      this.saveFailed.value = false
    } catch {
      // Storage is full or taken away: the person must know before closing the page.
      this.saveFailed.value = true
    }
  }

  private draft(at: number): Draft {
    const { form, assignment = null, title, subtitle } = this.open
    return {
      id: this.instanceId,
      form: { id: form.id, form_id: form.form_id, version: form.version, title: form.title },
      assignment: this.open.draft?.assignment ?? assignment,
      title: this.open.draft?.title ?? title ?? form.title,
      subtitle: this.open.draft?.subtitle ?? subtitle ?? '',
      xml: this.root.instanceState.instanceXML,
      prefill: JSON.parse(JSON.stringify(this.prefill)) as Prefill,
      page: this.page.value,
      answered: this.answered,
      questions: this.questions.value.length,
      at,
    }
  }

  /** Photos and recordings the answer refers to. The engine only lists those taken since it was opened, so we look. */
  files(): NamedBlob[] {
    const files: NamedBlob[] = []
    for (const node of everyNode(this.root)) {
      if (node.nodeType !== 'upload' || !node.currentState.relevant) continue
      const file = (node as UploadNode).currentState.value
      if (file) files.push({ name: (node as UploadNode).currentState.instanceValue || file.name, blob: file })
    }
    return files
  }

  /** Violations by question id. */
  get errors(): Map<string, string | null> {
    return new Map(
      this.root.validationState.violations.map(({ nodeId, violation }) => [
        nodeId,
        violation.message?.asString ?? null,
      ]),
    )
  }

  /** The finished instance: saved once more, then nothing is written any more. */
  async finish(): Promise<{ xml: string; files: NamedBlob[] }> {
    const payload = await this.root.prepareInstancePayload({ payloadType: 'monolithic' })
    const xml = await payload.data[0].get('xml_submission_file').text()
    const files = this.files()
    if (this.timer) clearTimeout(this.timer)
    await this.writing
    this.finished = true
    await saveFiles(this.open.db, this.instanceId, files)
    return { xml, files }
  }

  /** Sending did not come about: changes are written again. */
  resume(): void {
    this.finished = false
  }

  async discard(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    await this.writing
    this.finished = true
    await discardDraft(this.open.db, this.instanceId)
  }

  close(): void {
    this.assets.release()
  }
}
