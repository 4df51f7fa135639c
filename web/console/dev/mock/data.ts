/** A small synthetic city: one community in full, its neighbours as names. Nobody in it exists. */
import { readFileSync } from 'node:fs'

import type { Area, Catalogue, LinliRecord, Values } from '../../../shared/src/api/types.ts'

export const catalogue = JSON.parse(
  readFileSync(new URL('./catalogue.json', import.meta.url), 'utf8'),
) as Catalogue

let seed = 20260101
export function random(): number {
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed / 2147483648
}
export const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const two = (n: number): string => String(n).padStart(2, '0')

// Areas --------------------------------------------------------------------------------------------------------------

export const areas = new Map<string, Area & { parent: string | null }>()
function area(
  parent: string | null,
  code: string,
  kind: string,
  name: string,
  counts: [number, number] | null = null,
): void {
  const above = parent ? areas.get(parent)! : null
  if (above) above.has_children = true
  areas.set(code, {
    parent,
    code,
    name,
    kind,
    path: above ? `${above.path}/${code}` : code,
    has_children: false,
    valid_from: '2020-01-01',
    valid_to: null,
    counted_households: counts?.[0] ?? null,
    counted_residents: counts?.[1] ?? null,
    full_name: above ? `${above.full_name} / ${name}` : name,
  })
}
area(null, '230100000000', 'city', '哈尔滨市', [3_912_540, 9_885_000])
const DISTRICTS = ['道里区', '南岗区', '道外区', '平房区', '松北区', '香坊区', '呼兰区', '阿城区', '双城区']
DISTRICTS.forEach((name, at) =>
  area('230100000000', `2301${two(at + 2)}000000`, 'district', name, [
    310_000 - at * 21_000,
    830_000 - at * 62_000,
  ]),
)
const STREETS = [
  '兆麟街道',
  '新阳路街道',
  '抚顺街道',
  '共乐街道',
  '新华街道',
  '城乡路街道',
  '工农街道',
  '尚志街道',
]
STREETS.forEach((name, at) =>
  area('230102000000', `230102${String(at + 1).padStart(3, '0')}000`, 'street', name, [
    18_400 - at * 900,
    46_210 - at * 2_100,
  ]),
)
const COMMUNITIES = ['安祥社区', '抚安社区', '抚顺社区', '安吉社区', '地德里社区']
COMMUNITIES.forEach((name, at) =>
  area('230102003000', `23010200300${at + 1}`, 'community', name, [4_127 - at * 280, 10_630 - at * 700]),
)
const HOME = '230102003001'
const ESTATES = ['安祥小区', '抚顺家园', '铁路三院']
ESTATES.forEach((name, at) =>
  area(HOME, `${HOME}E${at + 1}`, 'estate', name, [1_400 - at * 80, 3_600 - at * 200]),
)
for (let grid = 1; grid <= 8; grid += 1) {
  const code = `${HOME}${String(grid).padStart(3, '0')}`
  area(`${HOME}E${((grid - 1) % 3) + 1}`, code, 'grid', `第${'一二三四五六七八'[grid - 1]}网格`, [
    510 + grid * 7,
    1_320 + grid * 11,
  ])
  for (let building = 1; building <= 3; building += 1) {
    area(code, `${code}${two(building)}`, 'building', `${grid * 3 + building - 3}号楼`, [168, 431])
  }
}

export const refOf = (code: string) => {
  const held = areas.get(code)!
  return { code, name: held.name, path: held.path, kind: held.kind, full_name: held.full_name }
}

// People -------------------------------------------------------------------------------------------------------------

const FAMILY = [...'王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗于姜宋冯']
const GIVEN = [
  '秀英',
  '桂兰',
  '建国',
  '志强',
  '淑珍',
  '晓明',
  '海燕',
  '玉梅',
  '文博',
  '思雨',
  '子涵',
  '德福',
  '国庆',
  '春生',
  '丽华',
  '雪',
  '伟',
  '敏',
  '静',
  '磊',
]
const INITIALS: Record<string, string> = {
  王: 'w',
  李: 'l',
  张: 'z',
  刘: 'l',
  陈: 'c',
  杨: 'y',
  赵: 'z',
  黄: 'h',
  周: 'z',
  吴: 'w',
  徐: 'x',
  孙: 's',
  马: 'm',
  朱: 'z',
  胡: 'h',
  郭: 'g',
  何: 'h',
  高: 'g',
  林: 'l',
  罗: 'l',
  于: 'y',
  姜: 'j',
  宋: 's',
  冯: 'f',
}
export const initials = (name: string): string => INITIALS[name[0] ?? ''] ?? ''
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

export const secrets = new Map<string, Record<string, string>>()
export const records = new Map<string, LinliRecord[]>()
let nextId = 1
const id = (): string => `01930000-0000-7000-8000-${String((nextId += 1)).padStart(12, '0')}`

export function mask(kind: string, text: string): string {
  if (kind === 'identity_number') return `${text.slice(0, 6)}********${text.slice(-4)}`
  if (kind === 'phone') return `${text.slice(0, 3)}****${text.slice(-4)}`
  return '****'
}

export function make(
  entityName: string,
  at: string,
  values: Values,
  refs: LinliRecord['refs'] = {},
  when = '2025-11-03T02:14:00Z',
  source = 'demo',
): LinliRecord {
  const entity = catalogue.entities.find((entry) => entry.name === entityName)!
  const open: Values = {}
  const masked: Record<string, string> = {}
  const secret: Record<string, string> = {}
  for (const field of entity.fields) {
    const value = values[field.name]
    if (value === undefined || value === null || value === '') continue
    if (field.sensitivity === 'sensitive') {
      secret[field.name] = String(value)
      masked[field.name] = mask(field.kind.kind, String(value))
    } else open[field.name] = value
  }
  const record: LinliRecord = {
    entity: entityName,
    id: id(),
    area: refOf(at),
    version: 1,
    since: when,
    created: when,
    by: source === 'demo' ? '演示数据' : '赵晓琳',
    source: { kind: source, reference: source === 'import' ? 'imp-1' : '' },
    ended: null,
    title: String(values[entity.title] ?? ''),
    values: open,
    masked,
    refs,
  }
  secrets.set(record.id, secret)
  records.set(entityName, [...(records.get(entityName) ?? []), record])
  return record
}

function identity(year: number, month: number, day: number, male: boolean): string {
  const head = `2301${two(2 + Math.floor(random() * 6))}${year}${two(month)}${two(day)}${two(Math.floor(random() * 99))}${Math.floor(random() * 5) * 2 + (male ? 1 : 0)}`
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(head[at]), 0)
  return head + '10X98765432'[sum % 11]
}
const phone = (): string =>
  `1${pick(['38', '39', '51', '86', '59'])}${String(Math.floor(random() * 1e8)).padStart(8, '0')}`

interface PersonSeed {
  family: string
  born: number
  male: boolean
  relation: string
}
function person(at: string, who: PersonSeed, household: LinliRecord, address: string): LinliRecord {
  const name = who.family + pick(GIVEN)
  const [month, day] = [1 + Math.floor(random() * 12), 1 + Math.floor(random() * 28)]
  const old = who.born < 1966
  const child = who.born > 2008
  const tags = old && random() < 0.5 ? (random() < 0.4 ? ['elderly', 'elderly_alone'] : ['elderly']) : []
  return make(
    'people/resident',
    at,
    {
      name,
      identity_number: random() < 0.96 ? identity(who.born, month, day, who.male) : null,
      sex: who.male ? '1' : '2',
      birth_date: `${who.born}-${two(month)}-${two(day)}`,
      ethnicity: random() < 0.93 ? '01' : '11',
      phone: child || random() < 0.12 ? null : phone(),
      household: household.id,
      relation_to_head: who.relation,
      residence_kind: random() < 0.8 ? 'permanent' : random() < 0.6 ? 'floating' : 'registered_away',
      address,
      registered_residence: '黑龙江省哈尔滨市道里区',
      moved_in: `${2003 + Math.floor(random() * 20)}-0${1 + Math.floor(random() * 9)}-15`,
      marriage: child ? '10' : '20',
      education: pick(['20', '21', '14', '12', '16']),
      political_status: random() < 0.12 ? '01' : '13',
      employment: old ? 'retired' : child ? 'student' : pick(['employed', 'self_employed', 'unemployed']),
      employer: old || child ? null : pick(['哈尔滨电机厂', '道里区第三小学', '中央大街商铺', null]),
      medical_insurance: pick(['employee', 'resident']),
      care_tags: tags.length ? tags : null,
    },
    { household: { entity: 'people/household', id: household.id, title: `${household.title}户` } },
    random() < 0.5 ? '2025-11-03T02:14:00Z' : '2026-09-18T07:40:00Z',
    random() < 0.4 ? 'import' : 'demo',
  )
}

const buildings = [...areas.values()].filter((entry) => entry.kind === 'building')
for (const building of buildings) {
  for (let unit = 1; unit <= 3; unit += 1) {
    for (let room = 1; room <= 4; room += 1) {
      const no = `${Math.ceil(random() * 7)}0${room}`
      const address = `哈尔滨市道里区抚顺街 ${building.name}${unit}单元${no}`
      const parts = { building_no: building.name.replace('号楼', ''), unit_no: String(unit), room_no: no }
      const dwelling = make('people/dwelling', building.code, {
        address,
        ...parts,
        floor: Number(no[0]),
        area_m2: (48 + Math.floor(random() * 60)).toFixed(2),
        rooms: 2,
        built_year: 1996,
        use: 'residence',
        has_lift: false,
        safety_grade: pick(['A', 'B']),
        tenure: 'reform',
        occupancy: pick(['owner', 'owner', 'rented', 'vacant']),
        owner_name: pick(FAMILY) + pick(GIVEN),
        owner_phone: phone(),
      })
      if (random() < 0.12) continue
      const family = pick(FAMILY)
      const household = make(
        'people/household',
        building.code,
        {
          head_name: family + pick(GIVEN),
          household_kind: 'family',
          dwelling: dwelling.id,
          address,
          ...parts,
          contact_phone: phone(),
          aid_kind: random() < 0.05 ? 'minimum_allowance' : 'none',
          aid_month: random() < 0.05 ? 78000 : null,
        },
        { dwelling: { entity: 'people/dwelling', id: dwelling.id, title: address } },
      )
      const head = 1940 + Math.floor(random() * 52)
      const male = random() < 0.6
      const people: PersonSeed[] = [{ family, born: head, male, relation: male ? '01' : '02' }]
      if (random() < 0.75)
        people.push({ family: pick(FAMILY), born: head + 2, male: !male, relation: male ? '12' : '11' })
      if (random() < 0.6)
        people.push({ family, born: Math.min(2023, head + 27), male: random() < 0.5, relation: '20' })
      const members = people.map((who) => person(building.code, who, household, address))
      household.title = members[0]!.title
      household.values.head_name = members[0]!.title
      household.values.member_count = members.length
    }
  }
}
// Someone who was written down twice.
const first = records.get('people/resident')![4]!
export const twin = make(
  'people/resident',
  first.area.code,
  {
    ...first.values,
    name: first.title,
    moved_in: '2011-04-02',
    employer: '退休',
    address: `${String(first.values.address)}室`,
    phone: phone(),
    identity_number: secrets.get(first.id)?.identity_number ?? null,
  },
  first.refs,
  '2026-10-08T01:20:00Z',
  'import',
)
export const twinOf = first.id
