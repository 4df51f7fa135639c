import { describe, expect, it } from 'vitest'

import { cleaned } from './clean.ts'

function shown(html: string): string {
  const holder = document.createElement('div')
  holder.append(cleaned(html, document).body)
  return holder.innerHTML
}

describe('a report in the page', () => {
  it('keeps its text, tables, drawings and the links to its figures', () => {
    const html = shown(
      '<html><head><title>x</title></head><body><h1>调研报告</h1><p>覆盖率为 <a href="/insight/facility/coverage?area=1">83.3%</a>。</p><table><tr><td colspan="2">甲</td></tr></table><svg viewBox="0 0 1 1"><path d="M0 0" fill="#000"></path></svg></body></html>',
    )
    expect(html).toContain('<a href="/insight/facility/coverage?area=1">83.3%</a>')
    expect(html).toContain('colspan="2"')
    expect(html).toContain('<path d="M0 0" fill="#000">')
    expect(html).not.toContain('title')
  })
  it('runs nothing, loads nothing and leads nowhere else', () => {
    const html = shown(
      '<script>alert(1)</script><style>p{}</style><p onclick="x()" style="position:fixed">甲<img src=x onerror=y></p><a href="javascript:x()">乙</a><a href="//evil.example">丙</a><a href="https://evil.example">丁</a><rect fill="url(https://evil.example)"/><iframe srcdoc="x"></iframe><form action="/x"><input></form>',
    )
    expect(html).not.toMatch(/alert|onclick|style|img|javascript|evil|iframe|form|input/)
    expect(html).toContain('<p>甲</p>')
    expect(html).toContain('<a>乙</a>')
  })
  it('leads from a figure to its page, on the day of the report', () => {
    const figure = (id: string): string =>
      cleaned(
        `<a class="figure" href="#f1" data-indicator="${id}" data-area="2301">83</a>`,
        document,
        '2026-11-23',
      )
        .body.querySelector('a')!
        .getAttribute('href')!
    expect(figure('facility/coverage')).toBe('/insight/facility/coverage?area=2301&as_of=2026-11-23')
    expect(figure('//evil.example/x')).toBe('#f1')
  })
  it('has a list of its parts, each with a place to go to', () => {
    const { headings } = cleaned('<h2 id="one">一、总体情况</h2><h3>（一）队伍</h3>', document)
    expect(headings).toEqual([
      { id: 'one', text: '一、总体情况', depth: 2 },
      { id: 'part-2', text: '（一）队伍', depth: 3 },
    ])
  })
})
