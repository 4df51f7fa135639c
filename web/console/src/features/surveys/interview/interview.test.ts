import { describe, expect, it } from 'vitest'

import { clockText, lacking, resultOf, troubleOf } from './script.ts'
import { filled, plainXPath, scriptOf, submissionOf } from './xform.ts'

const FORM = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>居民问卷</h:title><model><itext>
<translation lang="Chinese (zh)" default="true()"><text id="/data/sex:label"><value>您的性别</value></text><text id="sex-0"><value>男</value></text><text id="sex-1"><value>女</value></text></translation>
<translation lang="English (en)"><text id="/data/sex:label"><value>Your sex</value></text><text id="sex-0"><value>Male</value></text><text id="sex-1"><value>Female</value></text></translation></itext>
<instance><data id="resident" version="3"><welcome/><sex/><more><wishes/><words/></more><orx:meta><orx:instanceID/></orx:meta></data></instance>
<instance id="sex"><root><item><itextId>sex-0</itextId><name>1</name></item><item><itextId>sex-1</itextId><name>2</name></item></root></instance>
<bind nodeset="/data/welcome" readonly="true()" type="string"/><bind nodeset="/data/sex" required="true()" type="string"/>
<bind nodeset="/data/more" relevant="/data/sex = '2'"/><bind nodeset="/data/more/words" type="string" relevant="selected(/data/more/wishes, 'other')"/></model></h:head>
<h:body><input ref="/data/welcome"><label>您好</label></input><select1 ref="/data/sex"><label ref="jr:itext('/data/sex:label')"/><itemset nodeset="instance('sex')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>
<group ref="/data/more"><label>更多</label><select ref="/data/more/wishes"><label>希望</label><item><label>停车</label><value>parking</value></item><item><label>其他</label><value>other</value></item></select><input ref="/data/more/words"><label>说说</label></input></group></h:body></h:html>`
const script = (lang = 'zh-CN') => scriptOf(FORM, lang)!

describe('a form as a script', () => {
  it('is read in the interviewer’s language, question by question', () => {
    expect(
      script().questions.map(({ path, label, kind, required }) => [path, label, kind, required]),
    ).toEqual([
      ['/data/welcome', '您好', 'note', false],
      ['/data/sex', '您的性别', 'choice', true],
      ['/data/more/wishes', '希望', 'choices', false],
      ['/data/more/words', '说说', 'text', false],
    ])
    expect(script('en').questions[1]).toMatchObject({
      label: 'Your sex',
      choices: [
        { code: '1', label: 'Male' },
        { code: '2', label: 'Female' },
      ],
    })
  })
  it('keeps the conditions of a question and of the groups around it', () => {
    expect(script().questions[3]!.when).toEqual(["/data/sex = '2'", "selected(/data/more/wishes, 'other')"])
  })
  it('says what it cannot do by itself', () => {
    expect(script().beyond).toEqual([])
    const hard = FORM.replace(
      '<group ref="/data/more">',
      '<group ref="/data/more"><repeat nodeset="/data/r"/>',
    )
      .replace("instance('sex')/root/item", "instance('sex')/root/item[name = 1]")
      .replace('type="string" relevant="selected', 'type="string" calculate="1" relevant="selected')
    expect(scriptOf(hard, 'zh-CN')!.beyond.sort()).toEqual(['calculate', 'filter', 'repeat'])
  })
  it('is none when the file is no form', () => {
    expect(scriptOf('<html/>', 'zh-CN')).toBeNull()
  })
  it('ODK’s functions are said in words of XPath 1.0', () => {
    expect(plainXPath("selected(/data/a, 'x')")).toBe(
      "contains(concat(' ', /data/a, ' '), concat(' ', 'x', ' '))",
    )
    expect(plainXPath('count-selected(.) <= 3')).toContain('string-length(normalize-space(.))')
  })
})
describe('answers as a phone would send them', () => {
  const answers = {
    '/data/sex': '2',
    '/data/more/wishes': ['parking', 'other'],
    '/data/more/words': 'A & <b>',
  }
  it('stand in their places, several between blanks, under the form’s id and version', () => {
    const xml = submissionOf(
      filled(script(), answers, () => true),
      'uuid:1',
    )
    expect(xml).toContain('<data id="resident" version="3">')
    expect(xml).toContain('<sex>2</sex>')
    expect(xml).toContain('<wishes>parking other</wishes>')
    expect(xml).toContain('<words>A &amp; &lt;b&gt;</words>')
    expect(xml).toContain('<instanceID>uuid:1</instanceID>')
  })
  it('of a question that was not asked are left out', () => {
    const xml = submissionOf(
      filled(script(), answers, (one) => one.path === '/data/sex'),
      'uuid:1',
    )
    expect(xml).not.toContain('parking')
  })
})
describe('the end of a call', () => {
  const fine = { lacking: 0, refused: 0, answered: 4 }
  const end = (
    disposition: 'completed' | 'partial' | 'call_back' | 'no_answer',
    callBackAt: string | null = null,
  ) => ({
    disposition,
    callBackAt,
    notes: ' 关机 ',
  })
  const now = Date.parse('2026-11-23T08:00:00Z')
  it('that lacks answers is not completed, but may be partial', () => {
    expect(lacking(script().questions, { '/data/sex': ' ' }).map((one) => one.path)).toEqual(['/data/sex'])
    expect(troubleOf({ ...fine, lacking: 1 }, end('completed'))).toBe('lacking')
    expect(troubleOf({ ...fine, lacking: 1 }, end('partial'))).toBeNull()
    expect(troubleOf({ ...fine, answered: 0 }, end('completed'))).toBe('nothing')
    expect(troubleOf({ ...fine, refused: 1 }, end('partial'))).toBe('refused')
    expect(troubleOf({ lacking: 3, refused: 1, answered: 0 }, end('no_answer'))).toBeNull()
  })
  it('to be called back needs a time that lies ahead', () => {
    expect(troubleOf(fine, end('call_back'), now)).toBe('when')
    expect(troubleOf(fine, end('call_back', '2026-11-23T07:59:00Z'), now)).toBe('past')
    expect(troubleOf(fine, end('call_back', '2026-11-23T09:00:00Z'), now)).toBeNull()
  })
  it('tells only what belongs to it', () => {
    expect(resultOf(end('no_answer', '2026-11-23T09:00:00Z'), null)).toEqual({
      disposition: 'no_answer',
      notes: '关机',
    })
    expect(resultOf({ ...end('completed'), notes: '' }, 'uuid:1')).toEqual({
      disposition: 'completed',
      response: 'uuid:1',
    })
  })
  it('comes before the number is given back', () => {
    expect([125, 9.9, -3].map(clockText)).toEqual(['2:05', '0:09', '0:00'])
  })
})
