/** One invalid field of a refused write. */
export interface FieldProblem {
  field: string
  code: string
  message: string
}

/** Body of `application/problem+json`. */
export interface Problem {
  type?: string
  title: string
  status: number
  code: string
  detail?: string
  fields?: FieldProblem[]
  missing?: Record<string, unknown>
  retry_after?: number
  [more: string]: unknown
}

/** Every refusal of the server, and every failure to reach it, as one type. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code
    this.problem = problem
  }

  /** The server could not be reached at all. */
  get offline(): boolean {
    return this.code === 'client.offline'
  }

  /** Message beside `field`, if the server named it. */
  field(name: string): string | undefined {
    return this.problem.fields?.find((entry) => entry.field === name)?.message
  }
}

/** No answer came: the network is down, or the server is. */
export function offlineError(): ApiError {
  return new ApiError({ status: 0, code: 'client.offline', title: 'offline' })
}

/** Reads any failed answer as a problem, also one that a proxy made. */
export function problemOf(status: number, contentType: string, text: string): ApiError {
  if (contentType.includes('json')) {
    try {
      const body = JSON.parse(text) as Partial<Problem>
      if (typeof body.code === 'string' || typeof body.title === 'string') {
        return new ApiError({ ...body, status, code: body.code ?? `http.${status}`, title: body.title ?? '' })
      }
    } catch {
      // not JSON after all: handled below
    }
  }
  return new ApiError({ status, code: `http.${status}`, title: '' })
}
