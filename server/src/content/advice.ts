// What to look at before a letter is used: nothing here forbids it (that is check.ts and template.ts), each is said in words with the
// way out. Looks at the letter as rendered for one person. Fetches nothing.
import { BlockList, isIP } from 'node:net';

import { contrast } from './brand.ts';
import { meantBy } from './merge-fields.ts';
import type { MergeField } from './merge-fields.ts';
import type { RenderedMessage, TemplateSource } from './template.ts';

export interface Advice {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface Looked {
  readonly source: TemplateSource;
  readonly message: RenderedMessage;
  readonly fields: readonly MergeField[];
  readonly data: { readonly [key: string]: unknown };
  readonly postalAddress: string | null;
}

/** Of a subject; phones show about 40 characters, desks about 70. */
const SUBJECT_CHARS = 60;
/** One widely used mail reader cuts off after 102 kB. */
const HTML_BYTES = 100_000;
/** WCAG 2.2, 1.4.3. */
const CONTRAST_MIN = 4.5;
const ADVICE_MAX = 30;

export function adviceOn(looked: Looked): readonly Advice[] {
  return [
    ...aboutTheLines(looked),
    ...aboutFields(looked),
    ...aboutPictures(looked),
    ...aboutLinks(looked),
    ...aboutButtons(looked),
    ...aboutTheWhole(looked),
  ].slice(0, ADVICE_MAX);
}

function aboutTheLines({ message }: Looked): Advice[] {
  const advice: Advice[] = [];
  const length = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(message.subject)]
    .length;
  if (length > SUBJECT_CHARS)
    advice.push({
      code: 'subject_long',
      message: `The subject has ${length} characters; phones show about 40 of them.`,
      hint: 'Say what matters first, or shorten it.',
    });
  if (message.preheader === '')
    advice.push({
      code: 'no_preview_line',
      message: 'There is no preview line: mail readers show the first words of the letter in its place.',
      hint: 'Write one that goes on where the subject ends.',
    });
  return advice;
}

function aboutFields({ fields, data }: Looked): Advice[] {
  return fields.flatMap((field): Advice[] => {
    const meant = meantBy(field, data);
    if (meant === undefined) return [];
    return [
      {
        code: 'unknown_field',
        message: `"${field.path}" is not known of this person.`,
        hint: `Did you mean "${meant}"?`,
      },
    ];
  });
}

function aboutPictures({ source, message }: Looked): Advice[] {
  return tags(message.html, 'img').flatMap((tag): Advice[] => {
    const src = attribute(tag, 'src') ?? '';
    const name = src.slice(0, 100);
    const advice: Advice[] = [];
    // A letter of blocks says it at its block, and knows which pictures are decoration.
    if (source.letter === undefined && (attribute(tag, 'alt') ?? '') === '')
      advice.push({
        code: 'no_alt',
        message: `A picture has no words for people who do not see it: ${name}`,
        hint: 'Say in a few words what it shows, in alt.',
      });
    if (/^data:/i.test(src))
      advice.push({
        code: 'picture_inside',
        message: 'A picture stands inside the letter itself; many mail readers do not show such.',
        hint: 'Put it on a web server and give its address.',
      });
    else if (isPrivate(src))
      advice.push({
        code: 'picture_private',
        message: `Only your own network can load this picture: ${name}`,
        hint: 'Put it where everyone can load it.',
      });
    else if (/^http:/i.test(src))
      advice.push({
        code: 'picture_not_secure',
        message: `Many mail readers do not load a picture without https: ${name}`,
        hint: 'Begin its address with https://.',
      });
    return advice;
  });
}

function aboutLinks({ source, message }: Looked): Advice[] {
  if (source.letter !== undefined) return [];
  const empty = tags(message.html, 'a').filter((tag) => /^#?$/.test((attribute(tag, 'href') ?? '').trim()));
  if (empty.length === 0) return [];
  return [
    {
      code: 'empty_link',
      message: empty.length === 1 ? 'A link leads nowhere.' : `${empty.length} links lead nowhere.`,
      hint: 'Give each an address that begins with https://.',
    },
  ];
}

function aboutButtons({ message }: Looked): Advice[] {
  const faint = tags(message.html, 'a').flatMap((tag) => {
    const style = attribute(tag, 'style') ?? '';
    const ground = /(?:^|;)\s*background(?:-color)?:\s*(#[0-9a-f]{6})\b/i.exec(style)?.[1];
    const ink = /(?:^|;)\s*color:\s*(#[0-9a-f]{6})\b/i.exec(style)?.[1];
    if (ground === undefined || ink === undefined) return [];
    const ratio = contrast(ground, ink);
    return ratio < CONTRAST_MIN ? [{ ground, ink, ratio }] : [];
  });
  const [first] = faint;
  if (first === undefined) return [];
  return [
    {
      code: 'faint_button',
      message: `A button is hard to read: ${first.ink} on ${first.ground} has a contrast of ${first.ratio.toFixed(1)} to 1.`,
      hint: `Choose colours with at least ${CONTRAST_MIN} to 1.`,
    },
  ];
}

function aboutTheWhole({ source, message, postalAddress }: Looked): Advice[] {
  const advice: Advice[] = [];
  const bytes = Buffer.byteLength(message.html);
  if (bytes > HTML_BYTES)
    advice.push({
      code: 'letter_long',
      message: `The letter has ${Math.round(bytes / 1_000)} kB; some mail readers cut off after 100, and the way out with it.`,
      hint: 'Shorten it, or link to the rest.',
    });
  if (source.purpose === 'marketing' && postalAddress === null)
    advice.push({
      code: 'no_postal_address',
      message: 'The law asks for your postal address in a letter like this, and none is set.',
      hint: 'Set it under Settings, Sending. It is added to every letter.',
    });
  return advice;
}

/** Opening tags of this name, as written. */
function tags(html: string, name: string): readonly string[] {
  return html.match(new RegExp(`<${name}\\s[^>]*>`, 'gi')) ?? [];
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1]?.replaceAll('&amp;', '&');
}

const PRIVATE = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv6');

function isPrivate(address: string): boolean {
  const host = URL.parse(address)?.hostname.replace(/^\[|\]$/g, '');
  if (host === undefined || host === '') return false;
  const family = isIP(host);
  if (family !== 0) return PRIVATE.check(host, family === 4 ? 'ipv4' : 'ipv6');
  return !host.includes('.') || /\.(?:local|localhost|internal|lan|home\.arpa)$/i.test(host);
}
