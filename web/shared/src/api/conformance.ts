/**
 * Holds `types.ts`, `collect.ts`, `flow.ts`, `insight.ts`, `survey.ts` and `report.ts` against what the server describes (`schema.d.ts`, generated from its OpenAPI): every member the page
 * reads must be described, and with a type that fits. Checked by the compiler, nothing at run time.
 */
import type * as collect from './collect.ts'
import type * as flow from './flow.ts'
import type * as insight from './insight.ts'
import type * as report from './report.ts'
import type { components } from './schema.d.ts'
import type * as survey from './survey.ts'
import type * as ours from './types.ts'

export type Theirs = components['schemas']

/** Closed sets of words are open in the description; a member that may be null may be absent from it. */
type Loose<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends (infer Item)[]
        ? Loose<Item>[]
        : T extends object
          ? { [K in keyof T]?: Loose<T[K]> | null }
          : T

/** `true`, or the names of the members that do not fit. */
type Unfit<Described, Ours> = {
  [K in keyof Ours]-?: K extends keyof Described
    ? Described[K] extends Loose<Ours[K]> | null | undefined
      ? never
      : K
    : K
}[keyof Ours]
/** Whether what we read fits what is described. */
export type Fits<Described, Ours> = [Unfit<Described, Ours>] extends [never] ? true : Unfit<Described, Ours>

/** The compiler stops where an answer would not be as we read it. */
export type Expect<T extends true> = T

export type Checked = [
  Expect<Fits<Theirs['SessionView'], ours.Session>>,
  Expect<Fits<Theirs['SignInOptions'], ours.SignInOptions>>,
  Expect<Fits<Theirs['TotpOffer'], ours.TotpSetup>>,
  Expect<Fits<Theirs['PreferencesView'], ours.Preferences>>,
  Expect<Fits<Theirs['EntityView'], Omit<ours.Entity, 'fields'>>>,
  Expect<Fits<Theirs['CodeListView'], ours.CodeList>>,
  Expect<Fits<Theirs['LevelView'], ours.AreaLevel>>,
  Expect<Fits<Theirs['RoleView'], ours.Role>>,
  Expect<Fits<Theirs['PackView'], ours.PackInfo>>,
  Expect<Fits<Theirs['AreaView'], Omit<ours.Area, 'full_name'>>>,
  Expect<Fits<Theirs['SearchItem'], ours.Area>>,
  Expect<Fits<Theirs['AreaDetail'], Omit<ours.AreaDetail, 'full_name'>>>,
  Expect<Fits<Theirs['RecordView'], Omit<ours.LinliRecord, 'values' | 'masked' | 'refs'>>>,
  Expect<Fits<Theirs['VersionView'], Omit<ours.HistoryEntry, 'fields'>>>,
  Expect<Fits<Theirs['Candidate'], Omit<ours.DuplicateCandidate, 'record'>>>,
  Expect<Fits<Theirs['Import'], ours.Import>>,
  Expect<Fits<Theirs['RowView'], Omit<ours.ImportRow, 'fields'>>>,
  Expect<Fits<Theirs['Fill'], ours.Fill>>,
  Expect<Fits<Theirs['AccountView'], ours.Account>>,
  Expect<Fits<Theirs['AuditItem'], Omit<ours.AuditEntry, 'detail'>>>,
  Expect<Fits<Theirs['HomeView'], ours.Home>>,
  Expect<Fits<Theirs['SystemView'], ours.SystemInfo>>,
]

/** The same for collection. */
export type CollectChecked = [
  Expect<Fits<Theirs['Finding'], collect.Finding>>,
  Expect<Fits<Theirs['Question'], collect.Question>>,
  Expect<Fits<Theirs['FormView'], collect.FormView>>,
  Expect<Fits<Theirs['FormDetail'], collect.FormDetail>>,
  Expect<Fits<Theirs['Version'], collect.FormVersion>>,
  Expect<Fits<Theirs['Media'], collect.Media>>,
  Expect<Fits<Theirs['CheckView'], collect.FormCheck>>,
  Expect<Fits<Theirs['VersionItem'], collect.VersionLine>>,
  Expect<Fits<Theirs['Difference'], collect.VersionDiff>>,
  Expect<Fits<Theirs['HeldForm'], collect.Held>>,
  Expect<Fits<Theirs['HeldQuestion'], collect.HeldQuestion>>,
  Expect<Fits<Theirs['TokenView'], collect.CollectToken>>,
  Expect<Fits<Theirs['TokenOffer'], collect.NewToken>>,
  Expect<Fits<Theirs['LinkView'], collect.Link>>,
  Expect<Fits<Theirs['ResponseRow'], collect.ResponseRow>>,
  Expect<Fits<Theirs['ResponsePage'], collect.AnswerPage>>,
  Expect<Fits<Theirs['Column'], collect.AnswerColumn>>,
  Expect<Fits<Theirs['Node'], collect.AnswerNode>>,
  Expect<Fits<Theirs['AnswerEntity'], collect.EntityResult>>,
  Expect<Fits<Theirs['AnswerFileView'], collect.AnswerFile>>,
  Expect<Fits<Theirs['ResponseDetail'], collect.ResponseDetail>>,
  Expect<Fits<Theirs['Summary'], collect.AnswerSummary>>,
  Expect<Fits<Theirs['QuestionSummary'], collect.QuestionSummary>>,
  Expect<Fits<Theirs['ConflictView'], Omit<collect.Conflict, 'fields'>>>,
  Expect<Fits<Theirs['ConflictField'], Omit<collect.ConflictField, 'base' | 'current' | 'submitted'>>>,
  Expect<Fits<Theirs['TaskView'], collect.Task>>,
  Expect<Fits<Theirs['TaskPreview'], collect.TaskPreview>>,
  Expect<Fits<Theirs['BasisItem'], collect.BasisItem>>,
  Expect<Fits<Theirs['ProgressItem'], collect.Progress>>,
  Expect<Fits<Theirs['AssignmentView'], collect.Assignment>>,
  Expect<Fits<Theirs['ComplaintView'], collect.Complaint>>,
  Expect<Fits<Theirs['BurdenMeter'], collect.Burden>>,
]

/** The same for work that moves. */
export type FlowChecked = [
  Expect<Fits<Theirs['FlowItem'], Omit<flow.FlowLine, 'open'>>>,
  Expect<Fits<Theirs['FlowOpens'], Omit<flow.FlowOpening, 'fields'>>>,
  Expect<Fits<Theirs['FlowState'], flow.FlowState>>,
  Expect<Fits<Theirs['FlowParty'], flow.FlowParty>>,
  Expect<Fits<Theirs['FlowAction'], flow.FlowAction>>,
  Expect<Fits<Theirs['FlowClock'], flow.FlowClock>>,
  Expect<Fits<Theirs['CaseView'], flow.Case>>,
  Expect<
    Fits<Theirs['CaseDetail'], Omit<flow.CaseDetail, 'values' | 'shown' | 'masked' | 'fields' | 'actions'>>
  >,
  Expect<Fits<Theirs['FlowView'], Omit<flow.Flow, 'fields' | 'open'>>>,
  Expect<Fits<Theirs['CaseClockView'], flow.CaseClock>>,
  Expect<Fits<Theirs['CaseFileView'], flow.CaseFile>>,
  Expect<Fits<Theirs['PlaceView'], flow.Place>>,
  Expect<Fits<Theirs['PartyView'], flow.CaseParty>>,
  Expect<Fits<Theirs['CaseEvent'], flow.CaseEvent>>,
  Expect<Fits<Theirs['ActionView'], Omit<flow.CaseAction, 'fields'>>>,
  Expect<Fits<Theirs['CaseRating'], flow.CaseRating>>,
  Expect<Fits<Theirs['BoardColumn'], flow.BoardColumn>>,
  Expect<Fits<Theirs['StatItem'], flow.CaseStat>>,
  Expect<Fits<Theirs['TodoItem'], flow.Todo>>,
  Expect<Fits<Theirs['TodoTotals'], flow.TodoCounts>>,
  Expect<Fits<Theirs['TodoPage'], flow.TodoPage>>,
  Expect<Fits<Theirs['CalendarItem'], flow.CalendarItem>>,
  Expect<Fits<Theirs['NoticeView'], flow.Notice>>,
  Expect<Fits<Theirs['NoticePage'], flow.NoticePage>>,
  Expect<Fits<Theirs['ChannelView'], flow.Channel>>,
  Expect<Fits<Theirs['ChannelItems'], flow.ChannelList>>,
  Expect<Fits<Theirs['OutgoingView'], flow.OutboxItem>>,
  Expect<Fits<Theirs['ScheduleView'], flow.Schedule>>,
  Expect<Fits<Theirs['OccurrenceView'], flow.Occurrence>>,
  Expect<Fits<Theirs['WarningView'], flow.ScheduleWarning>>,
  Expect<Fits<Theirs['HolidayView'], flow.HolidayTable>>,
  Expect<Fits<Theirs['MemberView'], flow.UnitMember>>,
  Expect<Fits<Theirs['MigrationPlanView'], flow.MigrationPlan>>,
  Expect<Fits<Theirs['Suggestions'], flow.Suggestion>>,
  Expect<Fits<Theirs['ItemView'], flow.ServiceItem>>,
  Expect<Fits<Theirs['ConditionView'], flow.ServiceCondition>>,
  Expect<Fits<Theirs['MaterialView'], flow.ServiceMaterial>>,
  Expect<Fits<Theirs['WaitingView'], flow.QueueTicket>>,
  Expect<Fits<Theirs['AppointmentView'], flow.Appointment>>,
  Expect<Fits<Theirs['DaySlots'], flow.DaySlots>>,
  Expect<Fits<Theirs['DeskView'], flow.Desk>>,
  Expect<Fits<Theirs['LeagueItem'], flow.LeagueRow>>,
  Expect<Fits<Theirs['CertificateItem'], flow.CertificateAnswer>>,
  Expect<Fits<Theirs['MeetingView'], flow.Meeting>>,
  Expect<Fits<Theirs['EvaluationView'], flow.MeetingEvaluation>>,
  Expect<Fits<Theirs['MeetingQr'], flow.MeetingQr>>,
]

/** The same for indicators and the cockpit. */
export type InsightChecked = [
  Expect<Fits<Theirs['AreaName'], insight.AreaName>>,
  Expect<Fits<Theirs['TargetView'], insight.Target>>,
  Expect<Fits<Theirs['BaseView'], insight.BaseValue>>,
  Expect<Fits<Theirs['Reading'], insight.Reading>>,
  Expect<Fits<Theirs['Readings'], insight.ReadingList>>,
  Expect<Fits<Theirs['ReadingDetail'], Omit<insight.IndicatorDetail, 'parameters'>>>,
  Expect<Fits<Theirs['Series'], { items: insight.Point[] }>>,
  Expect<Fits<Theirs['RowsPage'], Omit<insight.Rows, 'items' | 'columns'>>>,
  Expect<Fits<Theirs['RowItem'], Omit<insight.Row, 'values'>>>,
  Expect<Fits<Theirs['Cockpit'], Omit<insight.Cockpit, 'map'>>>,
  Expect<Fits<Theirs['Worse'], insight.Worse>>,
  Expect<Fits<Theirs['Blank'], insight.Blank>>,
  Expect<Fits<Theirs['Trend'], insight.Trend>>,
  Expect<Fits<Theirs['Distribution'], insight.Distribution>>,
  Expect<Fits<Theirs['Department'], insight.DepartmentLine>>,
]

/** The same for the cloud survey. */
export type SurveyChecked = [
  Expect<Fits<Theirs['CampaignView'], survey.Survey>>,
  Expect<Fits<Theirs['ResponseView'], survey.Response>>,
  Expect<Fits<Theirs['OutcomesView'], survey.Outcomes>>,
  Expect<Fits<Theirs['Plan'], survey.Plan>>,
  Expect<Fits<Theirs['Drawn'], survey.Drawn>>,
  Expect<Fits<Theirs['CallItem'], survey.CallLine>>,
  Expect<Fits<Theirs['CallList'], survey.CallList>>,
  Expect<Fits<Theirs['Call'], survey.Call>>,
  Expect<Fits<Theirs['NextCall'], survey.NextCall>>,
  Expect<Fits<Theirs['QuestionView'], survey.Question>>,
  Expect<Fits<Theirs['WeightsView'], survey.Weights>>,
  Expect<Fits<Theirs['Analysis'], survey.Analysis>>,
  Expect<Fits<Theirs['CrossView'], Omit<survey.Cross, 'row' | 'column' | 'warnings'>>>,
  Expect<Fits<Theirs['TextView'], survey.OpenText>>,
  Expect<Fits<Theirs['ComparedQuestion'], survey.ComparedQuestion>>,
  Expect<Fits<Theirs['Comparison'], survey.Comparison>>,
  Expect<Fits<Theirs['FlagsView'], survey.Flags>>,
]

/** The same for written reports. */
export type ReportChecked = [
  Expect<Fits<Theirs['ReportView'], report.Report>>,
  Expect<Fits<Theirs['ReportParamView'], report.Report['params'][number]>>,
]
