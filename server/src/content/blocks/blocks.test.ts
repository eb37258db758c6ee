// Letters of blocks: what is refused and where, what becomes of each block in HTML and in the text part, and what must never get through.
import { describe, expect, test } from 'vitest';
import { brandData, contrast, NO_BRAND } from '../brand.ts';
import { bodyOf } from '../stored.ts';
import { compileTemplate, renderMessage } from '../template.ts';
import { checkLetter } from './check.ts';
import { letterSchema } from './letter.ts';
import type { Block, Inline, Letter, Rich } from './letter.ts';

const doc = (...pieces: readonly (string | Inline)[]): Rich => ({
  type: 'doc',
  content: [
    {
      type: 'paragraph',
      content: pieces.map((piece) => (typeof piece === 'string' ? { type: 'text', text: piece } : piece)),
    },
  ],
});
const field = (path: string, fallback = ''): Inline => ({ type: 'field', attrs: { path, fallback } });
const letterOf = (...blocks: readonly Block[]): Letter => ({ blocks: [...blocks], why: doc('You ordered.') });
const paragraph = (text: string): Block => ({ id: 't', kind: 'text', text: doc(text) });

const SALLY = {
  person: { first_name: 'Sally' },
  business: { name: 'Blue Door Tea', postal_address: '1 Quay, Cork' },
  brand: brandData(NO_BRAND),
  offer: { code: 'TEA-4711', percent: 10 },
  unsubscribe_url: 'https://shop.example/u/x',
  preferences_url: 'https://shop.example/p/x',
};

async function rendered(letter: Letter, data: object = SALLY) {
  const source = {
    key: 'it',
    name: 'It',
    channel: 'email',
    purpose: 'marketing',
    subject: 'Hello',
    preheader: '',
    version: 1,
    ...bodyOf({ letter, body_mjml: '' }, 'marketing'),
  } as const;
  const compiled = await compileTemplate(source);
  if (!compiled.ok) expect.fail(compiled.problems.map(({ message }) => message).join(' '));
  const result = renderMessage(compiled.template, data);
  if (!result.ok) expect.fail(result.problem.message);
  return result.message;
}

describe('what is refused', () => {
  const cases: readonly [string, Block, string, string][] = [
    ['an empty text', paragraph(' '), 'letter/blocks/0/text', 'empty_text'],
    [
      'a button that leads nowhere',
      { id: 'b', kind: 'button', label: 'Look', url: '' },
      'letter/blocks/0/url',
      'empty_link',
    ],
    [
      'a button that says nothing',
      { id: 'b', kind: 'button', label: '', url: 'https://a.example' },
      'letter/blocks/0/label',
      'empty_label',
    ],
    [
      'a script for a link',
      { id: 'b', kind: 'button', label: 'Look', url: 'javascript:alert(1)' },
      'letter/blocks/0/url',
      'bad_link',
    ],
    [
      'a link that closes its attribute',
      { id: 'b', kind: 'button', label: 'Look', url: 'https://a.example/">x' },
      'letter/blocks/0/url',
      'bad_link',
    ],
    [
      'a picture without words',
      {
        id: 'i',
        kind: 'image',
        src: 'https://a.example/a.png',
        alt: '',
        decorative: false,
        url: '',
        width: 'whole',
      },
      'letter/blocks/0/alt',
      'no_alt',
    ],
    [
      'Liquid where a field was meant',
      paragraph('Hello {{ first_name }}'),
      'letter/blocks/0/text',
      'liquid_in_text',
    ],
    [
      'a field of nothing',
      { id: 't', kind: 'text', text: doc(field('secret.key')) },
      'letter/blocks/0/text',
      'bad_field',
    ],
    [
      'a field that breaks out',
      { id: 't', kind: 'text', text: doc(field('person.a }} {% raw %}')) },
      'letter/blocks/0/text',
      'bad_field',
    ],
    [
      'a fallback that breaks out',
      { id: 't', kind: 'text', text: doc(field('person.a', '{{ x }}')) },
      'letter/blocks/0/text',
      'liquid_in_text',
    ],
    ['empty columns', { id: 'c', kind: 'columns', left: [], right: [] }, 'letter/blocks/0', 'empty_columns'],
  ];
  test.each(cases)('%s', (_name, block, path, code) => {
    expect(checkLetter(letterOf(block), 'it').map((problem) => [problem.path, problem.code])).toEqual([
      [path, code],
    ]);
  });

  test('all problems are said at once, in the columns too', () => {
    const letter = letterOf(
      { id: 'a', kind: 'button', label: '', url: '' },
      {
        id: 'a',
        kind: 'columns',
        left: [{ id: 'l', kind: 'button', label: 'Go', url: 'nowhere' }],
        right: [],
      },
    );
    expect(checkLetter(letter, 'it').map(({ path }) => path)).toEqual([
      'letter/blocks/0/label',
      'letter/blocks/0/url',
      'letter/blocks/1/id',
      'letter/blocks/1/left/0/url',
    ]);
  });

  test('a letter without blocks', () => {
    expect(checkLetter(letterOf(), 'it').map(({ code }) => code)).toEqual(['empty_letter']);
  });

  test('what the editor does not know is dropped at the door, HTML is not a node', () => {
    const parsed = letterSchema.safeParse({
      blocks: [
        { id: 't', kind: 'text', text: { type: 'doc', content: [{ type: 'html', html: '<script>' }] } },
      ],
      why: doc('x'),
    });
    expect(parsed.success).toBe(false);
  });
});

describe('what becomes of it', () => {
  test('a field is filled in, and its fallback stands where nothing is known', async () => {
    const letter = letterOf({
      id: 't',
      kind: 'text',
      text: doc('Hello ', field('person.first_name', 'there'), ','),
    });
    expect((await rendered(letter)).html).toContain('Hello Sally,');
    expect((await rendered(letter, { ...SALLY, person: {} })).text).toContain('Hello there,');
  });

  test('a fallback with quotes of either kind is said as it was written', async () => {
    const letter = letterOf({ id: 't', kind: 'text', text: doc(field('person.nick', `o'clock "five"`)) });
    expect((await rendered(letter)).text).toContain("o'clock ”five”");
  });

  test('what a person is called cannot become HTML', async () => {
    const letter = letterOf({ id: 't', kind: 'text', text: doc(field('person.first_name')) });
    const { html } = await rendered(letter, {
      ...SALLY,
      person: { first_name: '<img src=x onerror=alert(1)>' },
    });
    expect(html).not.toContain('<img src=x');
  });

  test('what an author types is text', async () => {
    const { html, text } = await rendered(letterOf(paragraph('1 < 2 & "so on" <b>')));
    expect(html).toContain('1 &lt; 2 &amp; &#34;so on&#34; &lt;b&gt;');
    expect(text).toContain('1 < 2 & "so on" <b>');
  });

  test('bold, italic, links, lists and breaks, in both parts', async () => {
    const letter = letterOf({
      id: 't',
      kind: 'text',
      text: {
        type: 'doc',
        content: [
          {
            type: 'paragraph',
            content: [
              { type: 'text', text: 'Now', marks: [{ type: 'bold' }, { type: 'italic' }] },
              { type: 'hardBreak' },
              {
                type: 'text',
                text: 'here',
                marks: [{ type: 'link', attrs: { href: 'https://shop.example/a?b=1&c=2' } }],
              },
            ],
          },
          {
            type: 'orderedList',
            content: [
              {
                type: 'listItem',
                content: [{ type: 'paragraph', content: [{ type: 'text', text: 'one' }] }],
              },
            ],
          },
        ],
      },
    });
    const { html, text } = await rendered(letter);
    expect(html).toContain('<i><b>Now</b></i><br />');
    expect(html).toContain('<a href="https://shop.example/a?b=1&amp;c=2">here</a>');
    expect(html).toMatch(/<ol><li>one<\/li><\/ol>/);
    expect(text).toContain('here (https://shop.example/a?b=1&c=2)');
    expect(text).toContain('1. one');
  });

  test('two columns stand beside each other, and what follows stands below', async () => {
    const { html } = await rendered(
      letterOf(
        {
          id: 'c',
          kind: 'columns',
          left: [{ id: 'l', kind: 'text', text: doc('left') }],
          right: [{ id: 'r', kind: 'text', text: doc('right') }],
        },
        { id: 'x', kind: 'text', text: doc('below') },
      ),
    );
    expect(html.match(/mj-column-per-50/g)?.length).toBeGreaterThanOrEqual(2);
    expect(html.indexOf('below')).toBeGreaterThan(html.indexOf('right'));
  });

  test('the way out, the address and the reason stand in every marketing letter', async () => {
    const { html, text } = await rendered(letterOf(paragraph('Hello')));
    for (const part of [html, text]) {
      expect(part).toContain('https://shop.example/u/x');
      expect(part).toContain('1 Quay, Cork');
      expect(part).toContain('You ordered.');
    }
  });

  test("the business's colour and logo are in the letter without saving it again", async () => {
    const letter = letterOf({ id: 'b', kind: 'button', label: 'Look', url: 'https://shop.example' });
    const brand = brandData({ colour: '#7A1FA2', logo_url: 'https://shop.example/logo.png' });
    const { html } = await rendered(letter, { ...SALLY, brand });
    expect(html).toContain('#7A1FA2');
    expect(html).toContain('src="https://shop.example/logo.png"');
    expect((await rendered(letter)).html).toContain('#0F6B62');
  });
});

describe('colours', () => {
  test.each(['#0F6B62', '#7A1FA2', '#000000', '#8A5300'])(
    '%s is readable in the light, on its buttons and in the dark',
    (colour) => {
      const made = brandData({ colour, logo_url: null });
      expect(contrast(colour, made['on_colour'] ?? '')).toBeGreaterThanOrEqual(4.5);
      expect(contrast(made['colour_dark'] ?? '', '#1C2226')).toBeGreaterThanOrEqual(4.5);
    },
  );
});
