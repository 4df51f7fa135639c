/** Reports of the mock: one text as the server writes it, figures, a table, a drawing and links. */
import { areas } from '../data.ts'
import { ok } from '../collect/answer.ts'
import type { Answer, Call } from '../handlers.ts'

function text(area: string, day: string, against: string | null): string {
  const figure = (id: string, shown: string): string =>
    `<a class="figure" href="#f" data-indicator="${id}" data-area="${area}">${shown}</a>`
  const name = areas.get(area)?.name ?? '道里区'
  const bars = [83.3, 71.7, 92.1, 64.5].map(
    (value, at) =>
      `<text x="90" y="${28 + at * 32}" text-anchor="end" font-size="13">${['兆麟街道', '新阳路街道', '抚顺街道', '共乐街道'][at]}</text><rect x="100" y="${14 + at * 32}" width="${value * 4}" height="20" fill="#0f6a75"></rect><text x="${108 + value * 4}" y="${28 + at * 32}" font-size="13">${value}%</text>`,
  )
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>x</title><style>body{color:red}</style></head><body>
<h1>${name}社区治理调研报告</h1><p>数据截至 ${day}，来自登记册和云调研答卷。</p>
<h2>一、总体情况</h2><h3>（一）组织网络</h3>
<p>全区现有社区 ${figure('network/communities', '60')} 个，平均每名社区工作者服务 ${figure('workforce/households_per_worker', '412')} 户。</p>
<h3>（二）服务设施</h3><p>综合服务设施覆盖率为 ${figure('facility/coverage', '83.3%')}，距目标还差 16.7 个百分点，最低的是共乐街道、新阳路街道和兆麟街道。</p>
<figure><svg viewBox="0 0 560 146" width="560" height="146" role="img" aria-label="各街道覆盖率">${bars.join('')}</svg><figcaption>图1 各街道综合服务设施覆盖率</figcaption></figure>
<h2>二、存在的问题</h2><p>党组织覆盖率较基期的变化${figure('party/coverage_change', '数据不足')}：基期没有党组织登记。</p>
<table><caption>表1 队伍情况</caption><thead><tr><th>指标</th><th>数值</th><th>目标</th></tr></thead><tbody><tr><td>月均工资</td><td>${figure('workforce/mean_pay', '4,012 元')}</td><td>4,650 元</td></tr><tr><td>平均年龄</td><td>${figure('workforce/mean_age', '38.2 岁')}</td><td>—</td></tr></tbody></table>
${against ? `<h2>三、与 ${against} 相比</h2><p>覆盖率由 71.7% 升至 83.3%，提高 11.6 个百分点。</p>` : ''}
<h2>${against ? '四' : '三'}、建议</h2><ol><li>优先为覆盖率最低的三个街道补建设施。</li><li>按最低工资的 2.5 倍逐步提高待遇。</li></ol>
<h2>附录　指标定义与应答率</h2><p>综合服务设施覆盖率：有达标综合服务设施的社区占全部社区的比例。</p><script>alert(1)</script></body></html>`
}

export function reportRoutes(call: Call): Answer | null {
  if (call.path === '/reports')
    return ok({
      items: [
        {
          id: 'survey/survey',
          label: '社区治理调研报告',
          about: '总体情况、问题与建议；46 项指标，含定义和应答率。',
          lang: 'zh-CN',
          two_days: false,
          compare: 'survey/changed',
          params: [{ name: 'month', label: '调研月份', value: '2026年11月' }],
        },
        {
          id: 'survey/changed',
          label: '两个日期之间的变化',
          about: '哪些指标变好了，哪些变差了。',
          lang: 'zh-CN',
          two_days: true,
          compare: null,
          params: [],
        },
      ],
    })
  const [, format] = call.path.match(/^\/reports\/[^/]+\/[^/.]+\.(html|docx|md)$/) ?? []
  if (!format) return null
  if (format !== 'html') return { status: 200, file: `报告.${format}` }
  const area = call.query.get('area') ?? '230102000000'
  return {
    status: 200,
    text: text(area, call.query.get('as_of') ?? '2026-11-23', call.query.get('against')),
    type: 'text/html',
  }
}
