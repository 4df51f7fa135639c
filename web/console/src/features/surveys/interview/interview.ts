import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import { forms } from '@linli/shared/api/collect-client.ts'
import { surveys as api } from '@linli/shared/api/insight-client.ts'
import type { ApiError } from '@linli/shared/api/problem.ts'
import { newKey } from '@linli/shared/api/request.ts'
import type { Call } from '@linli/shared/api/survey.ts'

import { answered, lacking, refusedOf, resultOf, SPOKEN, type Outcome } from './script.ts'
import {
  askedOf,
  filled,
  scriptOf,
  submissionOf,
  type Answers,
  type Script,
  type ScriptQuestion,
} from './xform.ts'
import { asApiError } from '@/composables/load.ts'
import { usePreferences } from '@/stores/preferences.ts'

interface Kept {
  answers: Answers
  /** Under which the answers are sent: the same over all tries, so that they count once. */
  instance: string
}

/** The call one has, its script and what was said; kept in this window, so that a reload loses nothing. */
export function useInterview(survey: () => string): {
  call: ShallowRef<Call | null>
  nextDue: Ref<string | null>
  empty: Ref<boolean>
  script: ShallowRef<Script | null>
  scriptError: ShallowRef<ApiError | null>
  answers: Ref<Answers>
  outcome: Ref<Partial<Outcome> & { notes: string }>
  asked: ComputedRef<ScriptQuestion[]>
  refused: ComputedRef<ScriptQuestion[]>
  missing: ComputedRef<ScriptQuestion[]>
  given: ComputedRef<number>
  take: () => Promise<void>
  finish: (outcome: Outcome) => Promise<void>
} {
  const preferences = usePreferences()
  const call = shallowRef<Call | null>(null)
  const nextDue = ref<string | null>(null)
  const empty = ref(false)
  const script = shallowRef<Script | null>(null)
  const scriptError = shallowRef<ApiError | null>(null)
  const answers = ref<Answers>({})
  const outcome = ref<Partial<Outcome> & { notes: string }>({ notes: '' })
  let instance = ''
  const scripts = new Map<string, Script | null>()

  const key = (): string => `linli.interview:${call.value?.id ?? ''}`
  watch(answers, (held) => {
    if (call.value) sessionStorage.setItem(key(), JSON.stringify({ answers: held, instance } satisfies Kept))
  })
  function recall(): void {
    let kept: Partial<Kept> = {}
    try {
      kept = JSON.parse(sessionStorage.getItem(key()) ?? '{}') as Partial<Kept>
    } catch {
      // Damaged: as if nothing had been said.
    }
    instance = kept.instance ?? `uuid:${newKey()}`
    answers.value = kept.answers ?? {}
  }

  async function read(form: string): Promise<Script | null> {
    const name = `${form} ${preferences.lang}`
    if (!scripts.has(name)) {
      const detail = await forms.get(form)
      const version = detail.published?.version
      const found = version ? await api.script(form, version) : null
      scripts.set(name, found && scriptOf(found.xform, preferences.lang))
    }
    return scripts.get(name) ?? null
  }

  async function take(): Promise<void> {
    const got = await api.nextCall(survey())
    call.value = got.call
    nextDue.value = got.next_due
    empty.value = got.call === null
    outcome.value = { notes: '' }
    recall()
    script.value = null
    scriptError.value = null
    if (!got.call?.form) return
    try {
      script.value = await read(got.call.form)
    } catch (error) {
      // The number is still one's own: the call can be made and its end told.
      scriptError.value = asApiError(error)
    }
  }

  const asked = computed(() => (script.value ? askedOf(script.value, answers.value) : []))
  const refused = computed(() => (script.value ? refusedOf(script.value, asked.value, answers.value) : []))
  const missing = computed(() => lacking(asked.value, answers.value))
  const given = computed(() => asked.value.filter((one) => answered(answers.value[one.path])).length)

  async function finish(end: Outcome): Promise<void> {
    const held = call.value
    if (!held) return
    let response: string | null = null
    if (script.value && given.value > 0 && SPOKEN.includes(end.disposition)) {
      const xml = submissionOf(
        filled(script.value, answers.value, (one) => asked.value.includes(one)),
        instance,
      )
      response = (await api.answer(xml, instance)).instance_id
    }
    await api.finishCall(survey(), held.id, resultOf(end, response))
    sessionStorage.removeItem(key())
    call.value = null
  }

  return {
    call,
    nextDue,
    empty,
    script,
    scriptError,
    answers,
    outcome,
    asked,
    refused,
    missing,
    given,
    take,
    finish,
  }
}
