/** A form's media and lists: by content hash in IndexedDB, fetched when they are not there yet. */
import type { FormPackage, PackageAttachment } from '@m/api/types.ts'
import type { Db } from '@m/db/db.ts'

/** The engine's `jr://images/a.png`, `jr://file-csv/list.csv` name an attachment by their last part. */
export function attachmentName(url: string): string {
  return decodeURIComponent(url.split(/[?#]/)[0]!.split('/').pop() ?? '')
}

/** Media types a form shows or plays. */
const SHOWN: Record<string, string> = {
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
}

const keyOf = (attachment: PackageAttachment): string => attachment.hash || attachment.url

export class Assets {
  private readonly urls = new Map<string, string>()
  private readonly byName: Map<string, PackageAttachment>

  constructor(
    private readonly db: Db,
    form: FormPackage,
    private readonly load: typeof fetch = (...args) => fetch(...args),
  ) {
    this.byName = new Map(form.attachments.map((attachment) => [attachment.name, attachment]))
  }

  /** Whether every attachment is on the phone. */
  async missing(): Promise<PackageAttachment[]> {
    const held = new Set(await this.db.getAllKeys('assets'))
    return [...this.byName.values()].filter((attachment) => !held.has(keyOf(attachment)))
  }

  async fetchOne(attachment: PackageAttachment): Promise<Blob> {
    const answer = await this.load(attachment.url, { credentials: 'same-origin' })
    if (!answer.ok) throw new Error(`${attachment.name}: ${answer.status}`)
    const blob = await answer.blob()
    await this.db.put('assets', { hash: keyOf(attachment), blob, type: blob.type })
    return blob
  }

  private async blobOf(name: string): Promise<Blob | null> {
    const attachment = this.byName.get(name)
    if (!attachment) return null
    const held = await this.db.get('assets', keyOf(attachment))
    return held?.blob ?? (await this.fetchOne(attachment).catch(() => null))
  }

  /** A picture by the type its name tells: what the server sends unread is shown as nothing. */
  private async shown(name: string): Promise<Blob | null> {
    const blob = await this.blobOf(name)
    const type = SHOWN[name.split('.').pop()?.toLowerCase() ?? '']
    return blob && type ? new Blob([blob], { type }) : blob
  }

  /** What the engine asks for a list or media by. An absent one answers 404 and is left blank by the engine. */
  answer = async (resource: URL): Promise<Response> => {
    const name = attachmentName(resource.href)
    const blob = await this.blobOf(name)
    if (!blob) return new Response(null, { status: 404 })
    const text = /\.csv$/i.test(name)
      ? 'text/csv'
      : /\.xml$/i.test(name)
        ? 'text/xml'
        : /\.geojson$/i.test(name)
          ? 'application/geo+json'
          : blob.type
    return new Response(blob, { headers: { 'content-type': text } })
  }

  /** An address an `<img>` can show. */
  async url(resource: URL | string): Promise<string | null> {
    const name = attachmentName(String(resource))
    const known = this.urls.get(name)
    if (known) return known
    const blob = await this.shown(name)
    if (!blob) return null
    const url = URL.createObjectURL(blob)
    this.urls.set(name, url)
    return url
  }

  release(): void {
    for (const url of this.urls.values()) URL.revokeObjectURL(url)
    this.urls.clear()
  }
}
