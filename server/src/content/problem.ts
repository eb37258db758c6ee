// What is wrong with a template, said so that its author can mend it: which part, which line, what and how.
// Problems are data; nothing here throws.

export type TemplatePart =
  | 'key'
  | 'name'
  | 'subject'
  | 'preheader'
  | 'body_mjml'
  | 'text'
  | 'html'
  | 'purpose'
  /** a block of a letter, as a JSON pointer: `letter/blocks/2/text` */
  | `letter/${string}`;

export interface TemplateProblem {
  readonly code: string;
  /** the template's key, as its author knows it */
  readonly template: string;
  readonly path: TemplatePart;
  /** 1-based; absent where a line means nothing (an empty subject) */
  readonly line?: number;
  readonly message: string;
  readonly hint: string;
}

/** The part of a template a text came from, so that whatever reports about it can say where. */
export interface Place {
  readonly template: string;
  readonly path: TemplatePart;
}

export function problemAt(
  place: Place,
  what: {
    readonly code: string;
    readonly line?: number | undefined;
    readonly message: string;
    readonly hint: string;
  },
): TemplateProblem {
  const { line, ...rest } = what;
  return { ...place, ...rest, ...(line === undefined ? {} : { line }) };
}

/** "welcome, body_mjml, line 12: …" for logs and command lines. */
export function printProblem(problem: TemplateProblem): string {
  const where = problem.line === undefined ? problem.path : `${problem.path}, line ${problem.line}`;
  return `${problem.template}, ${where}: ${problem.message} ${problem.hint}`;
}
