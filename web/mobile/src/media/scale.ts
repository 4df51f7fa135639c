/** How large a photo is kept. */

export const LONGEST = 1600
export const QUALITY = 0.8

export interface Size {
  width: number
  height: number
}

/** The largest size of the same shape whose longer side is at most `longest`; never larger than it is. */
export function fit({ width, height }: Size, longest: number): Size {
  const share = Math.min(1, longest / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) }
}

/** The form may ask for less than we keep (`max-pixels`), never for more. */
export function longestSide(asked: number | null | undefined): number {
  return asked && asked > 0 ? Math.min(asked, LONGEST) : LONGEST
}

/** `IMG_20260301.HEIC` → `IMG_20260301.jpg`. */
export function withEnding(name: string, ending: string): string {
  return `${name.replace(/\.[^.]*$/, '') || 'photo'}.${ending}`
}
