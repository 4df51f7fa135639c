/** Photos are turned upright, shrunk and written anew as JPEG: 5 MB become 300 KB, and no EXIF (place, phone) is left. */
import { fit, longestSide, QUALITY, withEnding } from './scale.ts'

export async function shrinkPhoto(file: File, maxPixels: number | null): Promise<File> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null)
  // A format this browser cannot read (HEIC on Android) is sent as it is.
  if (!bitmap) return file
  const size = fit(bitmap, longestSide(maxPixels))
  const canvas = document.createElement('canvas')
  Object.assign(canvas, size)
  const pen = canvas.getContext('2d')
  if (!pen) return file
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, size.width, size.height)
  pen.drawImage(bitmap, 0, 0, size.width, size.height)
  bitmap.close()
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  return blob ? new File([blob], withEnding(file.name, 'jpg'), { type: 'image/jpeg' }) : file
}

export async function canvasFile(canvas: HTMLCanvasElement, name: string): Promise<File | null> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  return blob && new File([blob], name, { type: 'image/png' })
}
