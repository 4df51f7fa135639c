/** Holds the phone's shapes against what the server describes, as `shared/src/api/conformance.ts` does for the console. */
import type { Expect, Fits, Theirs } from '@linli/shared/api/conformance.ts'

import type * as resident from './resident.ts'
import type * as ours from './types.ts'

export type Checked = [
  Expect<Fits<Theirs['Today'], ours.Today>>,
  Expect<Fits<Theirs['TodayTask'], ours.TaskBrief>>,
  Expect<Fits<Theirs['TodayForm'], ours.FormBrief>>,
  Expect<Fits<Theirs['AssignmentView'], ours.Assignment>>,
  Expect<Fits<Theirs['PackItem'], Omit<ours.PackItem, 'visit'>>>,
  Expect<Fits<Theirs['VisitView'], Omit<ours.Visit, 'record' | 'members'>>>,
  Expect<Fits<Theirs['VisitSource'], ours.ValueSource>>,
  Expect<Fits<Theirs['VisitDone'], ours.VisitAnswer>>,
  Expect<Fits<Theirs['Package'], ours.FormPackage>>,
  Expect<Fits<Theirs['AttachmentRef'], ours.PackageAttachment>>,
  Expect<Fits<Theirs['Receipt'], ours.SubmissionAnswer>>,
  Expect<Fits<Theirs['PublicView'], ours.PublicForm>>,
]

/** The same for what residents ask without an account. */
export type ResidentChecked = [
  Expect<Fits<Theirs['OfficeCard'], resident.Office>>,
  Expect<Fits<Theirs['ItemView'], resident.ItemLine>>,
  Expect<Fits<Theirs['PublicItem'], Omit<resident.Item, 'fields' | 'codes'>>>,
  Expect<Fits<Theirs['MaterialView'], resident.ItemMaterial>>,
  Expect<Fits<Theirs['Taken'], resident.Taken>>,
  Expect<Fits<Theirs['PublicCase'], resident.PublicCase>>,
  Expect<Fits<Theirs['DaySlots'], resident.Day>>,
  Expect<Fits<Theirs['AppointmentView'], resident.Appointment>>,
  Expect<Fits<Theirs['CertificateItem'], resident.Certificate>>,
  Expect<Fits<Theirs['MeetingCard'], resident.Meeting>>,
  Expect<Fits<Theirs['AttendanceView'], resident.Attendance>>,
  // What is sent: the server refuses members it does not know.
  Expect<Fits<Theirs['PublicReport'], resident.NewReport>>,
  Expect<Fits<Theirs['NewApplication'], Omit<resident.NewApplication, 'values' | 'materials'>>>,
  Expect<Fits<Theirs['NewAppointment'], resident.NewAppointment>>,
]
