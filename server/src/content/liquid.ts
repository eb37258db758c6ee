// Liquid, fenced in: limits on size, depth, time and memory, partials from memory only, a closed set of filters,
// plain data. It must never read a file, reach a prototype, or let one template hold up the others.
import { Liquid, LiquidError } from 'liquidjs';
import type { Template as Node } from 'liquidjs';
import { closeFilters, FILTER_NAMES, TAG_NAMES } from './filters.ts';
import type { Plain } from './plain-data.ts';
import { problemAt } from './problem.ts';
import type { Place, TemplateProblem } from './problem.ts';

export const LIQUID_LIMITS = {
  /** characters of one template, partials included */
  sourceMax: 300_000,
  /** `{% if %}` inside `{% for %}` inside … */
  depthMax: 100,
  /** one rendering; a usual one takes about 0.05 ms, so that only a runaway loop or a stalled machine gets here */
  renderMsMax: 500,
  /** what filters and ranges may allocate, in characters and items */
  memoryMax: 2_000_000,
  /** characters a rendering may give */
  outputMax: 500_000,
} as const;

/** What may stand at the root of a variable. Anything else is a typing mistake, and said to be one. */
export const ROOT_NAMES: readonly string[] = [
  ...[
    'person',
    'rhythm',
    'business',
    'brand',
    'offer',
    'event',
    'journey',
    'message',
    'unsubscribe_url',
    'preferences_url',
  ],
  ...['zone', 'locale'],
];

export type Escaping = 'html' | 'none';

export interface ParsedText {
  readonly place: Place;
  readonly escaping: Escaping;
  readonly nodes: readonly Node[];
  /** the text itself where it has no Liquid in it: most preheaders, many subjects */
  readonly literal: string | undefined;
}

export type ParseResult =
  | { readonly ok: true; readonly parsed: ParsedText }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };
export type RenderResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: TemplateProblem };

const engines: Readonly<Record<Escaping, Liquid>> = { html: engine('html'), none: engine('none') };

export function parseLiquid(
  source: string,
  options: { readonly place: Place; readonly escaping: Escaping },
): ParseResult {
  const { place, escaping } = options;
  const tooBig = checkSize(source, place);
  if (tooBig !== undefined) return { ok: false, problems: [tooBig] };
  if (!source.includes('{{') && !source.includes('{%')) {
    return { ok: true, parsed: { place, escaping, nodes: [], literal: source } };
  }
  try {
    const nodes = engines[escaping].parse(source);
    const problems = unknownNames(engines[escaping], nodes, source, place);
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, parsed: { place, escaping, nodes, literal: undefined } };
  } catch (error) {
    return { ok: false, problems: [problemOf(error, place)] };
  }
}

/** Synchronous on purpose: a rendering is computing, not waiting, and the limits stop the one that is not. */
export function renderLiquid(parsed: ParsedText, data: { readonly [key: string]: Plain }): RenderResult {
  if (parsed.literal !== undefined) return { ok: true, text: parsed.literal };
  try {
    const text: unknown = engines[parsed.escaping].renderSync([...parsed.nodes], data);
    const printed = typeof text === 'string' ? text : String(text ?? '');
    if (printed.length > LIQUID_LIMITS.outputMax)
      return { ok: false, problem: outputTooLong(printed.length, parsed.place) };
    return { ok: true, text: printed };
  } catch (error) {
    return { ok: false, problem: problemOf(error, parsed.place) };
  }
}

function engine(escaping: Escaping): Liquid {
  const liquid = new Liquid({
    // An in-memory map, empty for now: with it set, liquidjs never looks at a file (its default root reads them).
    templates: Object.create(null),
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    relativeReference: false,
    parseLimit: LIQUID_LIMITS.sourceMax,
    renderLimit: LIQUID_LIMITS.renderMsMax,
    memoryLimit: LIQUID_LIMITS.memoryMax,
    ...(escaping === 'html' ? { outputEscape: escapeHtml } : {}),
  });
  closeFilters(liquid);
  return liquid;
}

const HTML_CHARACTERS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

export function escapeHtml(value: unknown): string {
  const text = typeof value === 'string' ? value : printValue(value);
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (found) => HTML_CHARACTERS[found] ?? found) : text;
}

function printValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(printValue).join('');
  return typeof value === 'object' ? '' : String(value);
}

const OPENING = /^(?:if|unless|for|case|capture|comment|raw|tablerow|block)$/;

/** The parser and renderer of liquidjs recurse, so that deep nesting must be refused before they see it. */
function checkSize(source: string, place: Place): TemplateProblem | undefined {
  if (source.length > LIQUID_LIMITS.sourceMax) {
    return problemAt(place, {
      code: 'template_too_long',
      message: `This text has ${source.length} characters; at most ${LIQUID_LIMITS.sourceMax} are allowed.`,
      hint: 'Link to pictures instead of embedding them, or shorten the text.',
    });
  }
  let depth = 0;
  for (const found of source.matchAll(/\{%-?\s*(\w+)/g)) {
    const name = found[1] ?? '';
    if (OPENING.test(name)) depth += 1;
    else if (name.startsWith('end')) depth -= 1;
    if (depth > LIQUID_LIMITS.depthMax) {
      return problemAt(place, {
        code: 'template_too_deep',
        line: lineAt(source, found.index),
        message: `Tags are nested more than ${LIQUID_LIMITS.depthMax} deep.`,
        hint: 'Close tags where they end ({% endif %}, {% endfor %}), or use {% case %}.',
      });
    }
  }
  return undefined;
}

function unknownNames(liquid: Liquid, nodes: Node[], source: string, place: Place): TemplateProblem[] {
  return liquid
    .globalVariablesSync(nodes, { partials: false })
    .filter((name) => !ROOT_NAMES.includes(name))
    .map((name) => {
      const near = nearest(name, ROOT_NAMES);
      const at = source.search(new RegExp(`\\{[{%][^}]*\\b${name.replace(/[^\w]/g, '.')}\\b`));
      return problemAt(place, {
        code: 'unknown_variable',
        line: at < 0 ? undefined : lineAt(source, at),
        message: `There is no variable "${name}".`,
        hint: `${near === undefined ? '' : `Did you mean "${near}"? `}A variable begins with one of: ${ROOT_NAMES.join(', ')}.`,
      });
    });
}

function problemOf(error: unknown, place: Place): TemplateProblem {
  const raw = error instanceof Error ? error.message : String(error);
  const message = firstLine(raw);
  return problemAt(place, { ...explain(message), line: lineOf(error) });
}

interface Explained {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

function explain(message: string): Explained {
  const filter = /undefined filter: (\S+)/.exec(message)?.[1];
  if (filter !== undefined) {
    const near = nearest(filter, FILTER_NAMES);
    const hint =
      near === undefined ? `The filters are: ${FILTER_NAMES.join(', ')}.` : `Did you mean "${near}"?`;
    return { code: 'unknown_filter', message: `There is no filter "${filter}".`, hint };
  }
  const tag = /tag "(\w+)" not found/.exec(message)?.[1];
  if (tag !== undefined) {
    return {
      code: 'unknown_tag',
      message: `There is no tag "${tag}".`,
      hint: `The tags are: ${TAG_NAMES.join(', ')}.`,
    };
  }
  const open = /tag (.+) not closed/.exec(message)?.[1];
  if (open !== undefined) {
    return {
      code: 'tag_not_closed',
      message: `The tag ${open} is never closed.`,
      hint: 'Add its end tag, for example {% endif %} or {% endfor %}.',
    };
  }
  const partial =
    /ENOENT: Failed to lookup "?([^"]*?)"? in/.exec(message)?.[1] ??
    /Failed to lookup "?([^"]+)"?/.exec(message)?.[1];
  if (partial !== undefined) {
    return {
      code: 'unknown_partial',
      message: `There is no partial "${partial}".`,
      hint: 'Partials come from this workspace only; files are never read. Write the text in place.',
    };
  }
  if (/limit exceeded/.test(message)) {
    return {
      code: 'limit_exceeded',
      message: `This text takes too much to render (${message}).`,
      hint: 'Look for a loop over too many items, or a loop inside a loop.',
    };
  }
  if (/Maximum call stack|Invalid string length|Invalid array length/.test(message)) {
    return {
      code: 'limit_exceeded',
      message: 'This text is too large or too deeply nested to render.',
      hint: 'Simplify it, or split it into several messages.',
    };
  }
  return {
    code: 'bad_liquid',
    message: `${sentence(message)}`,
    hint: 'Compare it with the examples in docs/templates.md.',
  };
}

function lineOf(error: unknown): number | undefined {
  if (!LiquidError.is(error)) return undefined;
  const [line] = error.token.getPosition();
  return line;
}

function outputTooLong(length: number, place: Place): TemplateProblem {
  return problemAt(place, {
    code: 'output_too_long',
    message: `The rendered text has ${length} characters; at most ${LIQUID_LIMITS.outputMax} are allowed.`,
    hint: 'Look for a loop over too many items.',
  });
}

export function lineAt(source: string, index: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < index; at = source.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Liquid's own messages end in ", line:3, col:5" and a picture of the source; both are said otherwise. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/, (?:file:[^,]*, )?line:\d+, col:\d+$/, '');
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?]$/.test(upper) ? upper : `${upper}.`;
}

/** The known name that differs in at most two letters. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 40) return undefined;
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of known) {
    const found = distance(name, candidate);
    if (found < bestDistance) [best, bestDistance] = [candidate, found];
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
