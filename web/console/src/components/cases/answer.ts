/** A form that was filled in: its finished instance and the photos and recordings it names. */
export interface FilledForm {
  xml: string
  files: File[]
}
