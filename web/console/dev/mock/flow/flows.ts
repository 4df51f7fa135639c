/** Flows of the mock, as the packs would declare them. */
import { catalogue } from '../data.ts'
import type { ActionKind, Flow, FlowAction, Phase } from '../../../../shared/src/api/flow.ts'
import type { Field, FieldKind } from '../../../../shared/src/api/types.ts'

export const field = (
  name: string,
  zh: string,
  en: string,
  kind: FieldKind = { kind: 'text', max: 200 },
  more: Partial<Field> = {},
): Field => ({
  name,
  label: { zh, en },
  kind,
  required: false,
  unique: false,
  sensitivity: 'open',
  filter: false,
  search: false,
  off_by_default: false,
  ...more,
})

const CLASSES: [code: string, zh: string, en: string][] = [
  ['0101', '暴露垃圾', 'Exposed rubbish'],
  ['0205', '道路破损', 'Damaged road'],
  ['0301', '占道经营', 'Street vending'],
  ['0401', '井盖缺失', 'Missing manhole cover'],
  ['0502', '供热问题', 'Heating'],
  ['0603', '噪声扰民', 'Noise'],
]
catalogue.code_lists.push({
  name: 'grid/incident_class',
  label: { zh: '事件类别', en: 'Event class' },
  standard: 'GB/T 30428.2',
  codes: CLASSES.map(([code, zh, en]) => ({ code, label: { zh, en } })),
})
export const classText = (code: unknown): string => CLASSES.find(([held]) => held === code)?.[1] ?? ''
export const classes = CLASSES

const LIMITS: Record<string, { zh: string; en: string }> = {
  '2 working hours': { zh: '2 个工作小时', en: '2 working hours' },
  '5 working days': { zh: '5 个工作日', en: '5 working days' },
  '15 working days': { zh: '15 个工作日', en: '15 working days' },
  '3 working days': { zh: '3 个工作日', en: '3 working days' },
  '10 working days': { zh: '10 个工作日', en: '10 working days' },
  '2 hours': { zh: '2 小时', en: '2 hours' },
  '30 days': { zh: '30 天', en: '30 days' },
}
type State = [name: string, zh: string, en: string, phase: Phase, owner?: string]
/** What the server tells only with a case's own actions. */
export type MockAction = FlowAction & { reason?: boolean }
type Step = [
  name: string,
  zh: string,
  en: string,
  kind: ActionKind,
  from: string,
  to: string | null,
  by: string,
  more?: Partial<MockAction>,
]
function flow(
  name: string,
  zh: string,
  en: string,
  about: [string, string],
  states: State[],
  steps: Step[],
  parties: [name: string, zh: string, en: string, kind: 'role' | 'unit' | 'opener', many?: boolean][],
  clocks: [
    name: string,
    zh: string,
    en: string,
    starts: string,
    stops: string,
    pauses: string,
    limit: string,
    party: string,
  ][],
  fields: Field[],
): Flow {
  return {
    name,
    label: { zh, en },
    about: { zh: about[0], en: about[1] },
    version: '1',
    start: states[0]![0],
    states: states.map(([name, zh, en, phase, owner]) => ({ name, label: { zh, en }, phase, owner })),
    actions: steps.map(([name, zh, en, kind, from, to, by, more]) => ({
      name,
      label: { zh, en },
      kind,
      from:
        from === '*'
          ? states.filter(([, , , phase]) => phase !== 'done' && phase !== 'cancelled').map(([one]) => one)
          : from.split(','),
      to,
      by: by.split(','),
      ...more,
    })),
    parties: parties.map(([name, zh, en, kind, many]) => ({
      name,
      label: { zh, en },
      kind,
      many: many ?? false,
    })),
    clocks: clocks.map(([name, zh, en, starts, stops, pauses, limit, party]) => ({
      name,
      label: { zh, en },
      starts: starts.split(','),
      stops: stops.split(','),
      pauses: pauses ? pauses.split(',') : [],
      limit,
      limit_text: LIMITS[limit] ?? limit,
      party,
    })),
    fields,
    rated: name === 'service/application',
    phases: [...new Set(states.map(([, , , phase]) => phase))],
    area_kinds: [],
    permissions: ['read', 'create', 'manage'],
    open: null,
    counts: { open: 0, overdue: 0 },
  }
}
const CANCEL: Step = [
  'cancel',
  '撤销',
  'Cancel',
  'cancel',
  '*',
  'cancelled',
  'manager,opener',
  { reason: true },
]
const COMMENT: Step = ['comment', '留言', 'Comment', 'comment', '*', null, 'anyone']
const SUPERVISE: Step = [
  'supervise',
  '督办',
  'Supervise',
  'supervise',
  '*',
  null,
  'superior',
  { reason: true },
]

export const flows: Flow[] = [
  flow(
    'grid/incident',
    '网格事件',
    'Grid event',
    [
      '发现、核实、立案、派遣、处置、反馈、核查、结案。',
      'Found, verified, filed, dispatched, handled, checked, closed.',
    ],
    [
      ['reported', '待核实', 'Reported', 'new', 'verifier'],
      ['filed', '待派遣', 'Filed', 'working', 'dispatcher'],
      ['dispatched', '处置中', 'Dispatched', 'working', 'handler'],
      ['waiting', '挂账', 'On hold', 'waiting', 'dispatcher'],
      ['handled', '待核查', 'Handled', 'working', 'verifier'],
      ['closed', '结案', 'Closed', 'done'],
      ['cancelled', '不予立案', 'Cancelled', 'cancelled'],
    ],
    [
      ['verify', '核实属实', 'Verified', 'step', 'reported', 'filed', 'verifier'],
      ['untrue', '不属实', 'Not so', 'cancel', 'reported', 'cancelled', 'verifier', { reason: true }],
      ['dispatch', '派遣', 'Dispatch', 'assign', 'filed', 'dispatched', 'dispatcher', { assign: 'handler' }],
      ['give_back', '退回', 'Give back', 'return', 'dispatched', 'filed', 'handler', { reason: true }],
      ['hold', '挂账', 'Put on hold', 'pause', 'dispatched', 'waiting', 'dispatcher', { reason: true }],
      ['resume', '恢复处置', 'Resume', 'resume', 'waiting', 'dispatched', 'dispatcher'],
      ['feedback', '处置反馈', 'Feedback', 'report', 'dispatched', 'handled', 'handler', { joint: 'all' }],
      ['rework', '核查不通过', 'Rework', 'return', 'handled', 'dispatched', 'verifier', { reason: true }],
      ['close', '核查结案', 'Check and close', 'close', 'handled', 'closed', 'verifier'],
      ['reopen', '重新立案', 'Reopen', 'reopen', 'closed', 'filed', 'manager', { reason: true }],
      ['merge', '合并', 'Merge', 'merge', '*', 'cancelled', 'manager'],
      SUPERVISE,
      COMMENT,
    ],
    [
      ['verifier', '社区核实人', 'Verifier', 'role'],
      ['dispatcher', '街道派遣员', 'Dispatcher', 'role'],
      ['handler', '处置单位', 'Handler', 'unit', true],
    ],
    [
      [
        'verify',
        '核实时限',
        'Time to verify',
        'reported',
        'filed,cancelled',
        '',
        '2 working hours',
        'verifier',
      ],
      [
        'handle',
        '处置时限',
        'Handling time',
        'dispatched',
        'handled,closed',
        'waiting',
        '5 working days',
        'handler',
      ],
    ],
    [
      field(
        'kind',
        '类别',
        'Class',
        { kind: 'code', list: 'grid/incident_class' },
        { required: true, filter: true },
      ),
      field('text', '情况', 'What', { kind: 'long_text' }, { required: true }),
      field('result', '处置结果', 'Result', { kind: 'long_text' }),
    ],
  ),
  flow(
    'service/application',
    '办件',
    'Application',
    ['一窗受理，一次告知，限时办结，好差评。', 'One window, told once, within the time, rated.'],
    [
      ['submitted', '已提交', 'Submitted', 'new', 'clerk'],
      ['supplement', '待补正', 'To supplement', 'waiting', 'opener'],
      ['reviewing', '审核', 'Reviewing', 'working', 'clerk'],
      ['decided', '待送达', 'Decided', 'working', 'clerk'],
      ['delivered', '办结', 'Delivered', 'done'],
      ['rejected', '不予办理', 'Rejected', 'done'],
      ['cancelled', '撤回', 'Withdrawn', 'cancelled'],
    ],
    [
      ['accept', '受理', 'Accept', 'step', 'submitted', 'reviewing', 'clerk'],
      [
        'ask',
        '一次性告知补正',
        'Ask once',
        'pause',
        'submitted',
        'supplement',
        'clerk',
        { once: true, reason: true },
      ],
      ['supply', '补正完成', 'Supplied', 'resume', 'supplement', 'reviewing', 'opener,clerk'],
      ['grant', '准予', 'Grant', 'step', 'reviewing', 'decided', 'clerk'],
      ['reject', '不予', 'Reject', 'close', 'reviewing', 'rejected', 'clerk', { reason: true }],
      ['deliver', '送达', 'Deliver', 'close', 'decided', 'delivered', 'clerk'],
      CANCEL,
      COMMENT,
    ],
    [
      ['clerk', '经办人', 'Clerk', 'role'],
      ['opener', '申请人', 'Applicant', 'opener'],
    ],
    [
      [
        'decide',
        '办理时限',
        'Time limit',
        'submitted',
        'delivered,rejected',
        'supplement',
        '15 working days',
        'clerk',
      ],
    ],
    [
      field('item', '事项', 'Item'),
      field('applicant', '申请人', 'Applicant'),
      field('phone', '联系电话', 'Phone', { kind: 'phone' }, { sensitivity: 'sensitive' }),
      field('told', '还需补交', 'Still to bring', { kind: 'long_text' }),
    ],
  ),
  flow(
    'command/whistle',
    '吹哨报到',
    'Whistle',
    [
      '街道吹哨，部门报到，联合处置，街道评分。',
      'The street calls departments, who come, act together and are scored.',
    ],
    [
      ['raised', '待报到', 'Raised', 'new', 'department'],
      ['accepted', '已报到', 'Accepted', 'working', 'department'],
      ['joint', '联合处置', 'Joint action', 'working', 'street'],
      ['resolved', '待评分', 'Resolved', 'working', 'street'],
      ['closed', '已评分', 'Scored', 'done'],
      ['cancelled', '撤哨', 'Cancelled', 'cancelled'],
    ],
    [
      ['accept', '报到', 'Accept', 'report', 'raised', 'accepted', 'department', { joint: 'all' }],
      ['report', '反馈意见', 'Report', 'report', 'accepted', 'joint', 'department', { joint: 'all' }],
      ['resolve', '记录处置', 'Resolved', 'step', 'joint', 'resolved', 'street'],
      ['again', '再次处置', 'Again', 'return', 'resolved', 'joint', 'street', { reason: true }],
      ['score', '评分', 'Score', 'close', 'resolved', 'closed', 'street'],
      CANCEL,
      COMMENT,
    ],
    [
      ['department', '被叫部门', 'Department', 'unit', true],
      ['street', '街道', 'Street', 'role'],
    ],
    [['respond', '报到时限', 'Time to come', 'raised', 'accepted,cancelled', '', '2 hours', 'department']],
    [
      field('text', '什么事', 'What', { kind: 'long_text' }, { required: true }),
      field('minutes', '处置纪要', 'Minutes', { kind: 'long_text' }),
    ],
  ),
  flow(
    'duty/affair_request',
    '准入申请',
    'Affair admission',
    ['清单以外的事项进社区，须经准入。', 'What lies beyond the list is admitted first.'],
    [
      ['submitted', '清单核对', 'List check', 'new', 'street'],
      ['review', '审核', 'Review', 'working', 'street'],
      ['agreed', '协议执行', 'Executing', 'working', 'community'],
      ['settled', '已结算', 'Settled', 'done'],
      ['rejected', '不予准入', 'Rejected', 'done'],
    ],
    [
      ['beyond', '清单外，送审', 'Beyond the list', 'step', 'submitted', 'review', 'street'],
      ['refuse', '不予准入', 'Refuse', 'close', 'submitted,review', 'rejected', 'street', { reason: true }],
      ['agree', '签有偿协助协议', 'Agree', 'step', 'review', 'agreed', 'street'],
      ['settle', '结算', 'Settle', 'close', 'agreed', 'settled', 'street'],
      COMMENT,
    ],
    [
      ['street', '街道', 'Street', 'role'],
      ['community', '社区', 'Community', 'role'],
    ],
    [
      [
        'review',
        '审核时限',
        'Time to review',
        'submitted',
        'agreed,rejected',
        '',
        '3 working days',
        'street',
      ],
    ],
    [
      field('text', '要社区做什么', 'What is asked', { kind: 'long_text' }, { required: true }),
      field('fee', '协助费用', 'Fee', { kind: 'money' }),
    ],
  ),
  flow(
    'party/joint_meeting',
    '联席会议',
    'Joint meeting',
    ['轮值召集，议定事项成为有时限的工作。', 'The rotating chair convenes; resolutions become work.'],
    [
      ['scheduled', '待召开', 'Scheduled', 'new', 'chair'],
      ['convened', '已召开', 'Convened', 'working', 'chair'],
      ['tracked', '跟踪落实', 'Tracked', 'working', 'chair'],
      ['evaluated', '已互评', 'Evaluated', 'done'],
    ],
    [
      ['convene', '开会', 'Convene', 'step', 'scheduled', 'convened', 'chair'],
      ['minute', '记纪要、定事项', 'Minute', 'step', 'convened', 'tracked', 'chair'],
      ['evaluate', '互评', 'Evaluate', 'close', 'tracked', 'evaluated', 'chair'],
      COMMENT,
    ],
    [['chair', '轮值主席', 'Chair', 'unit']],
    [['convene', '召开期限', 'To convene', 'scheduled', 'convened', '', '10 working days', 'chair']],
    [field('agenda', '议题', 'Agenda', { kind: 'long_text' })],
  ),
  flow(
    'party/resolution',
    '议定事项',
    'Resolution',
    ['会上定下的事，谁做、何时做完。', 'What was decided, who does it, by when.'],
    [
      ['open', '落实中', 'Open', 'working', 'owner'],
      ['done', '已落实', 'Done', 'done'],
    ],
    [['finish', '已落实', 'Done', 'close', 'open', 'done', 'owner'], COMMENT],
    [['owner', '责任单位', 'Owner', 'unit']],
    [['finish', '落实期限', 'To finish', 'open', 'done', '', '30 days', 'owner']],
    [field('text', '内容', 'What', { kind: 'long_text' })],
  ),
]
export const flowOf = (name: string): Flow => flows.find((entry) => entry.name === name)!
