// The text part of a message, made from its HTML once per version of the template; per person only Liquid runs.
// Input is HTML whose Liquid is masked, so that no tag is wrapped, upper-cased or unescaped in half.
import { compile } from 'html-to-text';

const toText = compile({
  wordwrap: false,
  limits: { maxInputLength: 400_000, maxDepth: 100, maxBaseElements: 10 },
  selectors: [
    {
      selector: 'a',
      options: { hideLinkHrefIfSameAsText: true, ignoreHref: false, linkBrackets: ['(', ')'] },
    },
    { selector: 'img', format: 'skip' },
    { selector: 'style', format: 'skip' },
    { selector: 'title', format: 'skip' },
    // what mail readers show beside the subject is not part of the letter
    { selector: 'div[style*="display:none"]', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'hr', options: { length: 24 } },
    { selector: 'table', format: 'block' },
    { selector: 'div', format: 'block', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
  ],
});

export function htmlToText(html: string): string {
  return tidyText(toText(html));
}

/** Tags that stood on lines of their own leave blank lines behind; at most one is kept. */
export function tidyText(text: string): string {
  return text
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
