/** Holds the phone's shapes against what the server describes, as `shared/src/api/conformance.ts` does for the console. */
import type { Expect, Fits, Theirs } from '@linli/shared/api/conformance.ts'

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
