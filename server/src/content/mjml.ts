// MJML to HTML, once per version of a template, with the Liquid left in place. MJML drops what it does not expect
// without a word (a bare {% for %} between its components, for one); here nothing may be lost silently.
import { randomBytes } from 'node:crypto';

import mjml2html from 'mjml';

import { lineAt } from './liquid.ts';
import { problemAt } from './problem.ts';
import type { Place, TemplateProblem } from './problem.ts';

export const MJML_LIMITS = { sourceMax: 200_000, depthMax: 40, htmlMax: 300_000 } as const;

export type MjmlResult =
  | { readonly ok: true; readonly html: string; readonly masked: Masked }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };

/** A text whose Liquid is replaced by marks that no parser of XML, CSS or HTML trips over. */
export interface Masked {
  readonly text: string;
  readonly tokens: readonly LiquidToken[];
  restore(text: string): string;
}

interface LiquidToken {
  readonly mark: string;
  readonly source: string;
  readonly line: number;
}

/** Gives HTML with marks in place of the Liquid; `masked.restore` puts it back (also into what is made of the HTML). */
export async function compileMjml(source: string, place: Place): Promise<MjmlResult> {
  const refused = refuse(source, place);
  if (refused !== undefined) return { ok: false, problems: [refused] };
  const masked = maskLiquid(source);
  const compiled = await runMjml(masked.text, place);
  if (!compiled.ok) return compiled;
  const problems = [
    ...complaints(compiled.errors, masked, place),
    ...lostTokens(compiled.html, masked, place),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, html: compiled.html, masked };
}

export function maskLiquid(source: string): Masked {
  let prefix = 'lq';
  while (source.includes(prefix)) prefix = `lq${randomBytes(3).toString('hex')}`;
  const tokens: LiquidToken[] = [];
  const text = source.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, (found: string, index: number) => {
    const mark = `${prefix}${tokens.length}z`;
    tokens.push({ mark, source: found, line: lineAt(source, index) });
    return mark;
  });
  const pattern = new RegExp(`${prefix}(\\d+)z`, 'g');
  const restore = (made: string): string =>
    made.replace(pattern, (found: string, number: string) => tokens[Number(number)]?.source ?? found);
  return { text, tokens, restore };
}

function refuse(source: string, place: Place): TemplateProblem | undefined {
  if (source.length > MJML_LIMITS.sourceMax) {
    return problemAt(place, {
      code: 'template_too_long',
      message: `The body has ${source.length} characters; at most ${MJML_LIMITS.sourceMax} are allowed.`,
      hint: 'Link to pictures instead of embedding them.',
    });
  }
  const include = /<\s*mj-include\b/i.exec(source);
  if (include !== null) {
    return problemAt(place, {
      code: 'include_refused',
      line: lineAt(source, include.index),
      message: 'mj-include would read a file, which templates may not do.',
      hint: 'Write the included part in place.',
    });
  }
  if (!/<\s*mjml\b/i.test(source) || !/<\s*mj-body\b/i.test(source)) {
    return problemAt(place, {
      code: 'not_mjml',
      message: 'The body must be an MJML document: <mjml><mj-body>…</mj-body></mjml>.',
      hint: 'Start from one of the ready templates, or see docs/templates.md.',
    });
  }
  return tooDeep(source, place);
}

/** MJML's renderer recurses. Void HTML tags inside mj-text never close, so only unbalanced depth beyond reason counts. */
function tooDeep(source: string, place: Place): TemplateProblem | undefined {
  let depth = 0;
  for (const found of source.matchAll(/<(\/?)mj(?:ml|-[a-z-]+)\b[^>]*?(\/?)>/gi)) {
    if (found[1] === '/') depth -= 1;
    else if (found[2] !== '/') depth += 1;
    if (depth > MJML_LIMITS.depthMax) {
      return problemAt(place, {
        code: 'template_too_deep',
        line: lineAt(source, found.index),
        message: `MJML components are nested more than ${MJML_LIMITS.depthMax} deep.`,
        hint: 'A column inside a section inside a wrapper is the usual depth.',
      });
    }
  }
  return undefined;
}

interface MjmlComplaint {
  readonly line: number;
  readonly message: string;
  readonly tagName: string;
}
type Compiled =
  | { readonly ok: true; readonly html: string; readonly errors: readonly MjmlComplaint[] }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };

async function runMjml(text: string, place: Place): Promise<Compiled> {
  try {
    const result = await mjml2html(text, {
      ignoreIncludes: true,
      useMjmlConfigOptions: false,
      validationLevel: 'soft',
      keepComments: false,
      // Without this, naming a font fetches it from Google when the message is read.
      fonts: {},
      minify: false,
    });
    if (result.html.length > MJML_LIMITS.htmlMax)
      return { ok: false, problems: [htmlTooLong(result.html.length, place)] };
    return { ok: true, html: squeeze(result.html), errors: result.errors };
  } catch (error) {
    const detail = error instanceof RangeError ? 'it is nested too deeply' : firstSentence(error);
    const problem = problemAt(place, {
      code: 'bad_mjml',
      message: `MJML cannot read this body: ${detail}.`,
      hint: 'Check that every tag is closed and every attribute is in quotes.',
    });
    return { ok: false, problems: [problem] };
  }
}

/** Indentation and blank lines are a third of MJML's output and are sent with every message. */
function squeeze(html: string): string {
  return html.replace(/[ \t]*\n\s*/g, '\n').trim();
}

function complaints(errors: readonly MjmlComplaint[], masked: Masked, place: Place): TemplateProblem[] {
  return errors
    .filter((error) => !isLiquidColour(error, masked))
    .map((error) =>
      problemAt(place, {
        code: 'bad_mjml',
        line: error.line,
        message: `<${error.tagName}>: ${masked.restore(error.message)}.`.replace(/\.\.$/, '.'),
        hint: 'See the MJML documentation of that component.',
      }),
    );
}

/** A colour may come from Liquid; a width may not, because MJML computes with it. */
function isLiquidColour(error: MjmlComplaint, masked: Masked): boolean {
  return /Color/.test(error.message) && masked.tokens.some((token) => error.message.includes(token.mark));
}

function lostTokens(html: string, masked: Masked, place: Place): TemplateProblem[] {
  return masked.tokens
    .filter((token) => !html.includes(token.mark))
    .map((token) =>
      problemAt(place, {
        code: 'liquid_between_components',
        line: token.line,
        message: `${token.source.slice(0, 60)} stands between MJML components, where MJML would drop it.`,
        hint: `Wrap it: <mj-raw>${token.source.slice(0, 60)}</mj-raw>, or move it inside mj-text.`,
      }),
    );
}

function htmlTooLong(length: number, place: Place): TemplateProblem {
  return problemAt(place, {
    code: 'template_too_long',
    message: `The body becomes ${length} characters of HTML; at most ${MJML_LIMITS.htmlMax} are allowed, and mail readers cut off after about 100,000.`,
    hint: 'Split it into several messages.',
  });
}

function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? text).replace(/\.$/, '').slice(0, 200);
}
