// A template from source to message: everything that can be done once is done when it is saved (MJML, the text
// part, parsing, the footer the law asks for); per person only Liquid runs. No marketing message without a way out.
import { checkLetter } from './blocks/check.ts';
import type { Letter } from './blocks/letter.ts';
import { escapeHtml, parseLiquid, renderLiquid } from './liquid.ts';
import type { Escaping, ParsedText } from './liquid.ts';
import { compileMjml, maskLiquid } from './mjml.ts';
import { plainData } from './plain-data.ts';
import { htmlToText, tidyText } from './plain-text.ts';
import { problemAt } from './problem.ts';
import type { Place, TemplatePart, TemplateProblem } from './problem.ts';

export interface TemplateSource {
  readonly key: string;
  readonly name: string;
  readonly channel: 'email';
  /** marketing mail carries an unsubscribe link and a postal address; transactional mail need not */
  readonly purpose: 'marketing' | 'transactional';
  readonly subject: string;
  /** what mail readers show beside the subject; may be empty */
  readonly preheader: string;
  readonly body_mjml: string;
  /** what `body_mjml` is made from; absent where the MJML was written by hand */
  readonly letter?: Letter;
  /** the text part, if the one made from the body will not do */
  readonly text?: string;
  readonly version: number;
}

export interface CompiledTemplate {
  readonly source: TemplateSource;
  readonly subject: ParsedText;
  readonly preheader: ParsedText;
  readonly html: ParsedText;
  readonly text: ParsedText;
  /** It asks for `rhythm`, which costs something to work out. */
  readonly speaksOfRhythm: boolean;
}

export interface RenderedMessage {
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
}

export type CompileResult =
  | { readonly ok: true; readonly template: CompiledTemplate }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };
export type RenderMessageResult =
  | { readonly ok: true; readonly message: RenderedMessage }
  | { readonly ok: false; readonly problem: TemplateProblem };

export const TEMPLATE_LIMITS = {
  keyMax: 64,
  nameMax: 120,
  subjectMax: 500,
  preheaderMax: 500,
  renderedSubjectMax: 250,
} as const;

export async function compileTemplate(source: TemplateSource): Promise<CompileResult> {
  const problems = [
    ...checkFields(source),
    ...(source.letter === undefined ? [] : checkLetter(source.letter, source.key)),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const bare = await compileParts(source, { footer: 'none' });
  if (!bare.ok) return bare;
  if (source.purpose === 'transactional' || missingDuties(bare.template).length === 0) return proven(bare);
  const missing = missingDuties(bare.template);
  const footed = await compileParts(source, {
    footer: missing.includes('postal_address') ? 'whole' : 'links',
  });
  if (!footed.ok) return footed;
  const still = missingDuties(footed.template);
  if (still.length > 0) return { ok: false, problems: [cannotPlaceFooter(source, still)] };
  return proven(footed);
}

/** Under 0.1 ms for the ready templates. A marketing message whose way out got lost is refused, not sent. */
export function renderMessage(template: CompiledTemplate, data: unknown): RenderMessageResult {
  const plain = plainData(data);
  const subject = renderLiquid(template.subject, plain);
  if (!subject.ok) return subject;
  const preheader = renderLiquid(template.preheader, plain);
  if (!preheader.ok) return preheader;
  const html = renderLiquid(template.html, plain);
  if (!html.ok) return html;
  const text = renderLiquid(template.text, plain);
  if (!text.ok) return text;
  const message: RenderedMessage = {
    subject: headerText(subject.text),
    preheader: headerText(preheader.text),
    html: html.text,
    text: tidyText(text.text),
  };
  const problem = unsendable(template.source, message, plain['unsubscribe_url']);
  return problem === undefined ? { ok: true, message } : { ok: false, problem };
}

/** The subject alone, for letters that are not kept; null when it cannot be rendered. */
export function renderSubject(template: CompiledTemplate, data: unknown): string | null {
  const subject = renderLiquid(template.subject, plainData(data));
  return subject.ok ? headerText(subject.text) : null;
}

/** One line without control characters or direction overrides: nothing in a name can add a header or fake a subject. */
export function headerText(value: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this removes
  const oneLine = value
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (oneLine.length <= TEMPLATE_LIMITS.renderedSubjectMax) return oneLine.toWellFormed();
  const cut = oneLine.slice(0, TEMPLATE_LIMITS.renderedSubjectMax - 1);
  return `${(/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut).trimEnd()}…`.toWellFormed();
}

type Footer = 'none' | 'links' | 'whole';

async function compileParts(
  source: TemplateSource,
  options: { readonly footer: Footer },
): Promise<CompileResult> {
  const place = (path: TemplatePart): Place => ({ template: source.key, path });
  const compiled = await compileMjml(withFooter(withPreheader(source), options.footer), place('body_mjml'));
  if (!compiled.ok) return compiled;
  const restore = compiled.masked.restore;
  const text =
    source.text === undefined ? restore(htmlToText(compiled.html)) : source.text + textFooter(options.footer);
  const parts = {
    subject: parse(source.subject, place('subject'), 'none'),
    preheader: parse(source.preheader, place('preheader'), 'none'),
    html: parse(restore(compiled.html), place('html'), 'html'),
    text: parse(text, place('text'), 'none'),
  };
  // Lines of the HTML mean nothing to its author: what is wrong in the body is looked for in the body.
  const body = parse(source.body_mjml, place('body_mjml'), 'none');
  const htmlProblems = body.problems.length > 0 ? body.problems : parts.html.problems;
  const problems = [
    ...parts.subject.problems,
    ...parts.preheader.problems,
    ...htmlProblems,
    ...(htmlProblems.length > 0 ? [] : parts.text.problems),
  ];
  const { subject, preheader, html } = parts;
  if (problems.length > 0 || !subject.parsed || !preheader.parsed || !html.parsed || !parts.text.parsed)
    return { ok: false, problems };
  return {
    ok: true,
    template: {
      source,
      subject: subject.parsed,
      preheader: preheader.parsed,
      html: html.parsed,
      text: parts.text.parsed,
      speaksOfRhythm: [source.subject, source.preheader, source.body_mjml, source.text ?? ''].some((part) =>
        /\brhythm\./.test(part),
      ),
    },
  };
}

function parse(
  source: string,
  place: Place,
  escaping: Escaping,
): { readonly parsed?: ParsedText; readonly problems: readonly TemplateProblem[] } {
  const result = parseLiquid(source, { place, escaping });
  return result.ok ? { parsed: result.parsed, problems: [] } : { problems: result.problems };
}

/** On the line where it stands, so that line numbers keep their meaning. */
function withPreheader(source: TemplateSource): string {
  const body = source.body_mjml;
  if (source.preheader.trim() === '' || /<\s*mj-preview\b/i.test(body)) return body;
  const masked = maskLiquid(source.preheader.replaceAll('\n', ' '));
  const preview = `<mj-preview>${masked.restore(escapeHtml(masked.text))}</mj-preview>`;
  if (/<mj-head\s*>/i.test(body)) return body.replace(/<mj-head\s*>/i, (found) => found + preview);
  return body.replace(/<mjml\b[^>]*>/i, (found) => `${found}<mj-head>${preview}</mj-head>`);
}

const FOOTER_ADDRESS =
  '{{ business.name }}{% if business.postal_address %} &middot; {{ business.postal_address }}{% endif %}<br />';
const FOOTER_LINKS =
  '<a href="{{ unsubscribe_url }}" style="color:#566067;">Unsubscribe</a> &middot; ' +
  '<a href="{{ preferences_url }}" style="color:#566067;">Choose what you hear from us</a>';

function withFooter(body: string, footer: Footer): string {
  if (footer === 'none') return body;
  const section =
    '<mj-section padding="24px 16px"><mj-column><mj-text align="center" color="#566067" font-size="12px" line-height="20px" ' +
    'font-family="-apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif">' +
    `${footer === 'whole' ? FOOTER_ADDRESS : ''}${FOOTER_LINKS}</mj-text></mj-column></mj-section>`;
  return body.replace(/<\/mj-body\s*>(?![\s\S]*<\/mj-body)/i, (found) => section + found);
}

function textFooter(footer: Footer): string {
  if (footer === 'none') return '';
  const address =
    footer === 'whole'
      ? '{{ business.name }}{% if business.postal_address %} · {{ business.postal_address }}{% endif %}\n'
      : '';
  return `\n\n--\n${address}Unsubscribe: {{ unsubscribe_url }}\n`;
}

const PROBE = {
  business: { name: 'probe-business', postal_address: 'probe-postal-address' },
  person: {},
  unsubscribe_url: 'https://probe.invalid/u/unsubscribe',
  preferences_url: 'https://probe.invalid/u/preferences',
};
type Duty = 'unsubscribe_url' | 'postal_address';

/** What a marketing message must show and does not, found by rendering it for a person about whom nothing is known. */
function missingDuties(template: CompiledTemplate): Duty[] {
  const rendered = [
    renderLiquid(template.html, plainData(PROBE)),
    renderLiquid(template.text, plainData(PROBE)),
  ];
  const shownEverywhere = (wanted: string): boolean =>
    rendered.every((part) => part.ok && part.text.includes(wanted));
  const missing: Duty[] = [];
  if (!shownEverywhere(PROBE.unsubscribe_url)) missing.push('unsubscribe_url');
  if (!shownEverywhere(PROBE.business.postal_address)) missing.push('postal_address');
  return missing;
}

/** A template that cannot be rendered for someone about whom nothing is known would fail when it matters. */
function proven(result: CompileResult & { readonly ok: true }): CompileResult {
  const { html, text, subject, preheader } = result.template;
  for (const part of [subject, preheader, html, text]) {
    const rendered = renderLiquid(part, plainData(PROBE));
    if (!rendered.ok) return { ok: false, problems: [inTheBody(rendered.problem, result.template)] };
  }
  return result;
}

/** A line of the compiled HTML means nothing to the author: rendering the body alone tells the line they see. */
function inTheBody(problem: TemplateProblem, template: CompiledTemplate): TemplateProblem {
  if (problem.path !== 'html' && (problem.path !== 'text' || template.source.text !== undefined))
    return problem;
  const place: Place = { template: template.source.key, path: 'body_mjml' };
  const parsed = parseLiquid(template.source.body_mjml, { place, escaping: 'none' });
  const rendered = parsed.ok ? renderLiquid(parsed.parsed, plainData(PROBE)) : undefined;
  return rendered === undefined || rendered.ok ? problem : rendered.problem;
}

function unsendable(
  source: TemplateSource,
  message: RenderedMessage,
  unsubscribeUrl: unknown,
): TemplateProblem | undefined {
  if (message.subject === '') {
    return problemAt(
      { template: source.key, path: 'subject' },
      {
        code: 'empty_subject',
        message: 'The subject is empty for this person.',
        hint: "Give what may be missing a fallback: {{ person.first_name | default: 'there' }}.",
      },
    );
  }
  if (source.purpose === 'transactional') return undefined;
  // Our own links hold nothing that escaping changes, so one look finds them in both parts.
  const wayOut = typeof unsubscribeUrl === 'string' && unsubscribeUrl !== '' ? unsubscribeUrl : undefined;
  if (wayOut !== undefined && message.html.includes(wayOut) && message.text.includes(wayOut))
    return undefined;
  return problemAt(
    { template: source.key, path: 'body_mjml' },
    {
      code: 'no_unsubscribe_link',
      message: 'For this person the message has no unsubscribe link.',
      hint: 'Move {{ unsubscribe_url }} out of {% if %}, or delete it and let the footer be added.',
    },
  );
}

function cannotPlaceFooter(source: TemplateSource, missing: readonly Duty[]): TemplateProblem {
  return problemAt(
    { template: source.key, path: 'body_mjml' },
    {
      code: 'no_unsubscribe_link',
      message: `A marketing message must show ${missing.join(' and ')} to everyone, and the footer cannot be placed.`,
      hint: 'End the body with a plain </mj-body>, outside any {% if %}, {% for %} or comment.',
    },
  );
}

function checkFields(source: TemplateSource): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const add = (path: TemplatePart, code: string, message: string, hint: string): void => {
    problems.push(
      problemAt({ template: source.key.slice(0, TEMPLATE_LIMITS.keyMax), path }, { code, message, hint }),
    );
  };
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(source.key)) {
    add(
      'key',
      'bad_key',
      `"${source.key.slice(0, 80)}" is not a key.`,
      'Use small letters, digits, _ and -, for example "second_purchase".',
    );
  }
  if (source.name.trim() === '' || source.name.length > TEMPLATE_LIMITS.nameMax) {
    add(
      'name',
      'bad_name',
      `The name has ${source.name.length} characters.`,
      `Give it a name of 1 to ${TEMPLATE_LIMITS.nameMax} characters.`,
    );
  }
  if (source.subject.trim() === '' || source.subject.length > TEMPLATE_LIMITS.subjectMax) {
    add(
      'subject',
      'bad_subject',
      `The subject has ${source.subject.length} characters.`,
      `Write 1 to ${TEMPLATE_LIMITS.subjectMax} characters.`,
    );
  }
  if (source.preheader.length > TEMPLATE_LIMITS.preheaderMax) {
    add(
      'preheader',
      'bad_preheader',
      `The preheader has ${source.preheader.length} characters.`,
      `At most ${TEMPLATE_LIMITS.preheaderMax} are allowed.`,
    );
  }
  return problems;
}
