// What can go wrong between the console and the server, as three kinds that a page can show in words.

/** One thing wrong with what was sent; `path` is a JSON pointer into it. */
export interface FieldProblem {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

/** The server answered, and said no (RFC 9457 problem details). */
export class ApiProblem extends Error {
  readonly kind = 'problem';
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly problems: readonly FieldProblem[];

  constructor(
    status: number,
    body: { code: string; message: string; hint: string; problems: readonly FieldProblem[] },
  ) {
    super(body.message);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = body.code;
    this.hint = body.hint;
    this.problems = body.problems;
  }
}

/** No answer at all, or one that says the server is not ready. The request may or may not have been taken. */
export class Unreachable extends Error {
  readonly kind = 'unreachable';

  constructor(cause: unknown) {
    super('The server does not answer.', { cause });
    this.name = 'Unreachable';
  }
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function record(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Reads problem details, and better-auth's `{code, message}`; whatever else came becomes words too. */
export function parseProblem(status: number, body: unknown): ApiProblem {
  const it = record(body);
  const list = Array.isArray(it['problems'])
    ? it['problems']
    : Array.isArray(it['errors'])
      ? it['errors']
      : [];
  const problems = list.map((one): FieldProblem => {
    const p = record(one);
    return {
      code: text(p['code']),
      path: text(p['path']) || text(p['field']),
      message: text(p['message']) || text(p['detail']),
      hint: text(p['hint']),
    };
  });
  return new ApiProblem(status, {
    code: text(it['code']) || `http_${status}`,
    message:
      text(it['detail']) || text(it['message']) || text(it['title']) || `The server answered ${status}.`,
    hint: text(it['hint']),
    problems,
  });
}

/** The words to show for anything that was thrown. */
export function wordsOf(error: unknown): { readonly message: string; readonly hint: string } {
  if (error instanceof ApiProblem) return { message: error.message, hint: error.hint };
  if (error instanceof Unreachable) {
    return { message: 'The server does not answer.', hint: 'Check that it runs, then try again.' };
  }
  return {
    message: error instanceof Error ? error.message : String(error),
    hint: 'This is a fault of the console. Reload the page; if it stays, report it.',
  };
}
