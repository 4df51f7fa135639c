/** Imports and fills of the mock: a ledger of residents and a department's template, whatever file is uploaded. */
import { records, refOf } from './data.ts'
import type { Fill, Import, ImportRow, SheetColumn } from '../../../shared/src/api/types.ts'

type Guess = [label: string, element: string | null, confidence: number, reason: string, samples: string[]]
const column = ([label, element, confidence, reason, samples]: Guess, at: number): SheetColumn => ({
  column: at,
  label,
  unit: null,
  samples,
  match: element
    ? {
        element: `people/resident/${element}`,
        confidence,
        reasons: [reason],
        alternatives:
          element === 'address'
            ? [{ element: 'people/resident/registered_residence', confidence: 0.41 }]
            : [],
      }
    : null,
})
const LEDGER: Guess[] = [
  ['序号', null, 0, '', ['1', '2', '3']],
  ['姓名', 'name', 1, '列名相同', ['王秀英', '李建国', '张晓明']],
  ['性别', 'sex', 1, '列名相同', ['女', '男', '男']],
  [
    '公民身份号码',
    'identity_number',
    0.99,
    '列名是同义词，96% 的值通过校验',
    ['23010219560412…', '2.30102E+17', '23010319880721…'],
  ],
  ['出生年月', 'birth_date', 0.92, '列名是同义词，值像日期', ['1956.4', '1971年5月', '32345']],
  ['联系方式', 'phone', 0.95, '列名是同义词，值像手机号', ['138 4503 2211', '0451-84618888', '15904518876']],
  ['与户主关系', 'relation_to_head', 0.98, '列名是同义词', ['户主', '配偶', '之子']],
  ['现居住地', 'address', 0.74, '值像地址', ['抚顺街 3号楼2单元501', '抚顺街 3号楼2单元502', '抚顺街 4号楼']],
  ['文化程度', 'education', 0.96, '列名是同义词', ['初中', '大专', '本科']],
  ['人员类别', 'residence_kind', 0.55, '六成的值在代码表里', ['常住', '流动', '人户分离']],
  ['备注', null, 0, '', ['', '腿脚不便', '']],
]

const COUNTS = { new: 214, changed: 37, same: 861, conflict: 6, error: 9, duplicate: 4 }
export const imports: Import[] = []

export function newImport(
  fileName: string,
  entity: string,
  area: string,
  state: Import['state'] = 'matching',
  created = new Date().toISOString(),
): Import {
  const made: Import = {
    id: `imp-${imports.length + 1}`,
    state,
    file_name: fileName,
    entity,
    area: refOf(area),
    created,
    by: '赵晓琳',
    sheets: [
      {
        name: '常住人口',
        tables: [
          {
            table: 0,
            title: '安祥社区常住人口台账',
            header_rows: 2,
            rows: 1131,
            columns: LEDGER.map(column),
          },
        ],
      },
      {
        name: '说明',
        tables: [
          { table: 0, title: '填表说明', header_rows: 1, rows: 6, columns: LEDGER.slice(0, 2).map(column) },
        ],
      },
    ],
    chosen: null,
    counts: state === 'matching' ? null : { ...COUNTS },
    progress: null,
  }
  imports.unshift(made)
  return made
}
newImport(
  '安祥社区常住人口台账2026.xlsx',
  'people/resident',
  '230102003001',
  'applied',
  '2026-09-18T07:40:00Z',
)
newImport('抚顺家园流动人口.xls', 'people/resident', '230102003001', 'undone', '2026-10-21T01:05:00Z')
newImport('60岁以上老人登记表.csv', 'people/resident', '230102003001', 'checked', '2026-11-22T08:30:00Z')

export function rowsOf(item: Import, outcome: ImportRow['outcome']): ImportRow[] {
  const people = records.get('people/resident')!
  const total = Math.min(item.counts?.[outcome] ?? 0, 60)
  return Array.from({ length: total }, (_, at) => {
    const one = people[(at * 13 + 7) % people.length]!
    const known = !['new', 'error'].includes(outcome)
    const field = (
      name: string,
      text: string,
      old: string | null,
      next: string | null,
      error: string | null = null,
    ) => ({ field: name, column: '', cell: 'B5', text, old, new: next, error })
    const fields =
      outcome === 'changed'
        ? [
            field('phone', '15904518876', one.masked.phone ?? null, '159****8876'),
            field('employment', '退休', '在业', '离退休'),
          ]
        : outcome === 'conflict'
          ? [field('birth_date', '1957.3', String(one.values.birth_date), '1957-03-01')]
          : outcome === 'error'
            ? [
                field('name', one.title, null, one.title),
                field(
                  'identity_number',
                  '2.30102E+17',
                  null,
                  null,
                  'Excel 把号码存成了数字，后几位已经丢失。请在原表把该列设为“文本”后重新填写。',
                ),
              ]
            : [
                field('name', one.title, null, one.title),
                field('sex', '', null, one.values.sex === '1' ? '男' : '女'),
                field('birth_date', '', null, String(one.values.birth_date)),
                field('address', '', null, String(one.values.address)),
              ]
    return {
      row: 3 + at * 17,
      outcome,
      title: one.title,
      record_id: known && outcome !== 'duplicate' ? one.id : null,
      fields,
      candidates:
        outcome === 'duplicate'
          ? [
              {
                id: one.id,
                row: null,
                title: `${one.title} ${one.masked.identity_number ?? ''}`,
                score: 0.91 - at * 0.06,
                reasons: ['姓名读音相同', '出生日期相同', '地址相近'],
              },
            ]
          : [],
      notes: [],
      decision: null,
      decision_record_id: null,
    }
  })
}

const TEMPLATE: Guess[] = [
  ['姓名', 'name', 1, '列名相同', []],
  ['性别', 'sex', 1, '列名相同', []],
  ['身份证号码', 'identity_number', 0.99, '列名是同义词', []],
  ['出生日期', 'birth_date', 1, '列名相同', []],
  ['家庭住址', 'address', 0.94, '列名是同义词', []],
  ['联系电话', 'phone', 1, '列名相同', []],
  ['文化程度', 'education', 0.96, '列名是同义词', []],
  ['发放金额（元）', null, 0, '', []],
]
export const fills: Fill[] = []
export function newFill(fileName: string, area: string): Fill {
  const made: Fill = {
    id: `fill-${fills.length + 1}`,
    file_name: fileName,
    area: refOf(area),
    as_of: null,
    chosen: [],
    preview: [],
    gaps: [],
    counts: null,
    notes: [],
    created: new Date().toISOString(),
    by: '赵晓琳',
    state: 'matching',
    sheets: [
      {
        name: '花名册',
        tables: [
          {
            table: 0,
            title: '道里区 80 周岁以上老人高龄津贴花名册',
            shape: 'list',
            entity: 'people/resident',
            filter: 'age >= 80',
            columns: TEMPLATE.map(column),
            row_count: 96,
          },
        ],
      },
      {
        name: '汇总',
        tables: [
          {
            table: 0,
            title: '老年人口分年龄段汇总表',
            shape: 'cross',
            entity: 'people/resident',
            filter: null,
            columns: [
              column(['60–69 岁', 'birth_date', 0.9, '年龄段', []], 1),
              column(['70–79 岁', 'birth_date', 0.9, '年龄段', []], 2),
            ],
            row_count: 8,
          },
        ],
      },
    ],
  }
  fills.unshift(made)
  return made
}
export function fillOut(fill: Fill): Fill {
  const people = records.get('people/resident')!.filter((one) => String(one.values.birth_date) < '1947')
  const rows = people
    .slice(0, 20)
    .map((one) => [
      one.title,
      one.values.sex === '1' ? '男' : '女',
      one.masked.identity_number ?? null,
      String(one.values.birth_date),
      String(one.values.address),
      one.masked.phone ?? null,
      '初中',
      null,
    ])
  Object.assign(fill, {
    state: 'ready',
    preview: [
      { sheet: '花名册', table: 0, columns: TEMPLATE.map((entry) => entry[0]), rows, total: people.length },
    ],
    counts: {
      rows: people.length,
      filled: people.length * 7 - 23,
      masked: people.length * 2,
      missing: 23,
      kept: 0,
      differing: 2,
      not_found: 0,
      unknown_heads: 0,
    },
    gaps: ['001', '002', '004', '005', '007']
      .flatMap((grid, at) => [
        {
          area: refOf(`230102003001${grid}`),
          column: '联系电话',
          element: 'people/resident/phone',
          missing: 7 - at,
        },
        ...(at % 2
          ? []
          : [
              {
                area: refOf(`230102003001${grid}`),
                column: '身份证号码',
                element: 'people/resident/identity_number',
                missing: 2 - at / 2,
              },
            ]),
      ])
      .filter((gap) => gap.missing > 0),
  })
  return fill
}
const done = newFill('高龄津贴花名册（空表）.xlsx', '230102003001')
fillOut(done)
