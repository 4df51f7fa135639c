/** The navigation: what this person may use, in groups that can be folded. */
import { computed, ref, type ComputedRef } from 'vue'
import {
  BadgeCheck,
  Building2,
  CalendarDays,
  ClipboardCheck,
  ClipboardList,
  Columns3,
  FileDown,
  FileInput,
  FileText,
  FileUp,
  Files,
  Gauge,
  GitMerge,
  House,
  ListTodo,
  ChartSpline,
  type LucideIcon,
  Map as MapIcon,
  MapPinned,
  Megaphone,
  MessagesSquare,
  NotebookText,
  Presentation,
  Scale,
  ScrollText,
  Server,
  Settings,
  Store,
  UserCog,
  Users,
  UsersRound,
  Webhook,
  Workflow,
} from '@lucide/vue'
import { useI18n } from 'vue-i18n'

import { useCatalogue } from '@/stores/catalogue.ts'
import { useFlows } from '@/stores/flows.ts'
import { useNotices } from '@/stores/notices.ts'
import { useSession } from '@/stores/session.ts'

export interface Item {
  to: string
  label: string
  icon: LucideIcon
  count?: number
}
export interface Section {
  id: string
  title: string
  items: Item[]
  /** Folded until someone opens it. */
  folded?: boolean
}

const REGISTER_ICONS: Record<string, LucideIcon> = {
  'people/resident': Users,
  'people/household': UsersRound,
  'people/dwelling': Building2,
}
const KEY = 'linli.nav'

/** The entry a page belongs to: the longest whose path it is or lies below. */
export function entryOf(paths: string[], at: string): string | undefined {
  return paths
    .filter((to) => at === to || (to !== '/' && at.startsWith(`${to}/`)))
    .sort((one, other) => other.length - one.length)[0]
}

/** Which sections someone opened or folded, kept on this device. */
export function useFolds(): { isOpen: (section: Section) => boolean; toggle: (section: Section) => void } {
  let kept: Record<string, boolean> = {}
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, boolean>
  } catch {
    // Damaged: as if nobody had folded anything.
  }
  const opened = ref(kept)
  const isOpen = (section: Section): boolean => opened.value[section.id] ?? !section.folded
  return {
    isOpen,
    toggle: (section) => {
      opened.value = { ...opened.value, [section.id]: !isOpen(section) }
      localStorage.setItem(KEY, JSON.stringify(opened.value))
    },
  }
}

export function useSections(): ComputedRef<Section[]> {
  const { t } = useI18n()
  const catalogue = useCatalogue()
  const session = useSession()
  const flows = useFlows()
  const notices = useNotices()
  const item = (show: boolean, to: string, name: string, icon: LucideIcon, count?: number): Item[] =>
    show ? [{ to, label: t(`nav.${name}`), icon, count }] : []
  const some = (verb: 'import' | 'export'): boolean =>
    [...catalogue.entities.values()].some((entity) => entity.permissions.includes(verb))

  function work(): Section[] {
    const department = (session.current?.roles ?? []).some((role) => role.role.endsWith('/department'))
    const reads = flows.list.some((flow) => flow.permissions.includes('read'))
    const lists = catalogue.entity('duty/duty_list_item')?.permissions.includes('read') ?? false
    const whistles = flows.has('command/whistle') && (department || flows.may('command/whistle', 'read'))
    return [
      {
        id: 'office',
        title: t('nav.office'),
        items: [
          ...item(session.may('service/application', 'create'), '/desk', 'desk', Store),
          ...item(flows.list.length > 0, '/cases', 'cases', ClipboardList),
        ],
      },
      {
        id: 'events',
        title: t('nav.events'),
        items: [
          ...item(reads, '/cases/board', 'board', Columns3),
          ...item(flows.may('grid/incident', 'read'), '/map', 'map', MapIcon),
        ],
      },
      {
        id: 'together',
        title: t('nav.together'),
        items: [
          ...item(whistles, '/department', 'department', Megaphone),
          ...item(flows.has('party/joint_meeting'), '/meetings', 'meetings', Presentation),
          ...item(flows.list.length > 0, '/calendar', 'calendar', CalendarDays),
        ],
      },
      {
        id: 'lists',
        title: t('nav.duty'),
        items: [
          ...item(lists, '/lists', 'lists', ScrollText),
          ...item(flows.has('duty/affair_request'), '/admissions', 'admissions', FileInput),
          ...item(lists, '/certificates', 'certificates', BadgeCheck),
          ...item(flows.list.length > 0, '/flows', 'flows', Workflow),
        ],
      },
    ]
  }

  function registers(): Section[] {
    return (catalogue.current?.packs ?? []).map((pack) => ({
      id: `pack:${pack.id}`,
      title: catalogue.text(pack.title),
      folded: pack.id !== 'people',
      items: [...catalogue.entities.values()]
        .filter((entity) => entity.name.startsWith(`${pack.id}/`) && entity.permissions.includes('read'))
        .sort((one, other) => Number(other.people) - Number(one.people))
        .map((entity) => ({
          to: `/registers/${entity.name}`,
          label: catalogue.text(entity.label),
          icon: REGISTER_ICONS[entity.name] ?? Files,
        })),
    }))
  }

  return computed(() =>
    [
      {
        id: 'home',
        title: '',
        items: [
          ...item(true, '/', 'home', House),
          ...item(true, '/todo', 'todo', ListTodo, notices.counts?.all),
        ],
      },
      {
        id: 'insight',
        title: t('nav.leading'),
        items: [
          ...item(session.may('insight', 'read'), '/cockpit', 'cockpit', Gauge),
          ...item(session.may('insight', 'read'), '/insight', 'insight', ChartSpline),
          ...item(session.may('survey/campaign', 'read'), '/surveys', 'surveys', MessagesSquare),
          ...item(session.may('insight', 'read'), '/reports', 'reports', NotebookText),
        ],
      },
      ...work(),
      ...registers(),
      {
        id: 'collect',
        title: t('nav.collect'),
        items: [
          ...item(session.may('tasks', 'read'), '/tasks', 'tasks', ClipboardCheck),
          ...item(session.may('forms', 'read'), '/forms', 'forms', FileText),
          ...item(session.may('responses', 'edit'), '/conflicts', 'conflicts', GitMerge),
          ...item(session.may('tasks', 'read'), '/burden', 'burden', Scale),
        ],
      },
      {
        id: 'sheets',
        title: t('nav.sheets'),
        items: [
          ...item(some('import'), '/imports', 'imports', FileUp),
          ...item(some('export'), '/fills', 'fills', FileDown),
        ],
      },
      {
        id: 'manage',
        title: t('nav.manage'),
        items: [
          ...item(true, '/areas', 'areas', MapPinned),
          ...item(session.may('accounts', 'read'), '/accounts', 'accounts', UserCog),
          ...item(session.may('notices', 'manage'), '/channels', 'channels', Webhook),
          ...item(session.may('audit', 'read'), '/audit', 'audit', ScrollText),
          ...item(session.may('system', 'read'), '/system', 'system', Server),
          ...item(true, '/settings', 'settings', Settings),
        ],
      },
    ].filter((section) => section.items.length > 0),
  )
}
