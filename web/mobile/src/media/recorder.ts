/** Voice to file. */

const TYPES = ['audio/mp4', 'audio/webm;codecs=opus', 'audio/webm', 'audio/ogg']

export interface Recording {
  stop: () => Promise<File>
  cancel: () => void
}

export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && !!navigator.mediaDevices?.getUserMedia
}

/** Asks for the microphone and begins; rejects when it is refused. */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one))
  const recorder = new MediaRecorder(stream, {
    ...(type ? { mimeType: type } : {}),
    audioBitsPerSecond: 32_000,
  })
  const parts: Blob[] = []
  recorder.ondataavailable = (event) => parts.push(event.data)
  // A slice a second: a page that dies loses a second, not the whole.
  recorder.start(1000)
  const release = (): void => stream.getTracks().forEach((track) => track.stop())
  return {
    stop: () =>
      new Promise((resolve) => {
        recorder.onstop = () => {
          release()
          const kind = recorder.mimeType.split(';')[0] || 'audio/webm'
          const ending = kind.includes('mp4') ? 'm4a' : kind.includes('ogg') ? 'ogg' : 'webm'
          resolve(new File(parts, `voice.${ending}`, { type: kind }))
        }
        recorder.stop()
      }),
    cancel: () => {
      recorder.onstop = null
      recorder.stop()
      release()
    },
  }
}
