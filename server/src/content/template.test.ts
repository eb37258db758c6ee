import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';

import { FILTER_NAMES } from './filters.ts';
import { compileMjml } from './mjml.ts';
import { READY_TEMPLATES } from './ready.ts';
import { createTemplateCache } from './template-cache.ts';
import { compileTemplate, headerText, renderMessage } from './template.ts';
import type { CompiledTemplate, TemplateSource } from './template.ts';

const DATA = {
  person: { first_name: 'Sally' },
  business: { name: 'Blue Door Tea', postal_address: '12 Harbour Street, Bristol' },
  offer: { code: 'ABCD-EFGH-JKMN', percent: 15 },
  unsubscribe_url: 'http://localhost:4000/u/1.a-b_c.d',
  preferences_url: 'http://localhost:4000/p/1.a-b_c.d',
};

function source(change: Partial<TemplateSource> = {}): TemplateSource {
  return {
    key: 'letter',
    name: 'A letter',
    channel: 'email',
    purpose: 'marketing',
    subject: 'Hello',
    preheader: '',
    body_mjml: body('<mj-text>Hi {{ person.first_name }}</mj-text>'),
    version: 1,
    ...change,
  };
}

function body(inner: string): string {
  return `<mjml><mj-body>\n<mj-section><mj-column>\n${inner}\n</mj-column></mj-section>\n</mj-body></mjml>`;
}

async function compiled(change: Partial<TemplateSource> = {}): Promise<CompiledTemplate> {
  const result = await compileTemplate(source(change));
  if (!result.ok) expect.fail(JSON.stringify(result.problems));
  return result.template;
}

async function rendered(
  change: Partial<TemplateSource>,
  data: unknown = DATA,
): Promise<{ subject: string; html: string; text: string; preheader: string }> {
  const result = renderMessage(await compiled(change), data);
  return result.ok ? result.message : expect.fail(JSON.stringify(result.problem));
}

describe('MJML with Liquid', () => {
  test('Liquid inside components survives, also where it would upset a parser of XML', async () => {
    const message = await rendered(
      {
        body_mjml: body(
          '<mj-text>{% if person.orders < 3 and person.orders > 0 %}few{% else %}many{% endif %}</mj-text><mj-button href="{{ person.url | default: "https://x.example/?a=1&b=2" }}">Go</mj-button>',
        ),
      },
      { ...DATA, person: { orders: 2 } },
    );
    expect(message.html).toContain('few');
    expect(message.html).toContain('href="https://x.example/?a=1&amp;b=2"');
    expect(message.text).toContain('https://x.example/?a=1&b=2');
  });

  test('a bare {% for %} between components, which MJML would drop without a word, is refused with the way out', async () => {
    const result = await compileTemplate(
      source({
        body_mjml:
          '<mjml><mj-body>\n{% for item in event.items %}\n<mj-section><mj-column><mj-text>{{ item }}</mj-text></mj-column></mj-section>\n{% endfor %}\n</mj-body></mjml>',
      }),
    );
    expect(result).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'liquid_between_components',
          line: 2,
          hint: expect.stringContaining('<mj-raw>{% for item in event.items %}</mj-raw>'),
        },
        { line: 4 },
      ],
    });
  });

  test('the same inside mj-raw repeats the section', async () => {
    const message = await rendered(
      {
        body_mjml:
          '<mjml><mj-body><mj-raw>{% for item in event.items %}</mj-raw><mj-section><mj-column><mj-text>[{{ item }}]</mj-text></mj-column></mj-section><mj-raw>{% endfor %}</mj-raw></mj-body></mjml>',
      },
      { ...DATA, event: { items: ['a', 'b', 'c'] } },
    );
    expect(message.html.match(/\[[abc]\]/g)).toEqual(['[a]', '[b]', '[c]']);
    expect(message.text.match(/\[[abc]\]/g)).toEqual(['[a]', '[b]', '[c]']);
  });

  test.each([
    '<mj-include path="/etc/passwd" />',
    '< mj-include path="x.mjml" type="html" />',
    '<MJ-INCLUDE path="x"></MJ-INCLUDE>',
  ])('%s is refused, and would read nothing', async (include) => {
    const problems = await compileTemplate(
      source({ body_mjml: `<mjml><mj-body>${include}</mj-body></mjml>` }),
    );
    expect(problems).toMatchObject({ ok: false, problems: [{ code: 'include_refused' }] });
  });

  test('MJML itself runs with includes off: this pins the library default we also set', async () => {
    const mjml2html = (await import('mjml')).default;
    const result = await mjml2html(
      '<mjml><mj-body><mj-include path="./package.json" type="html" /></mj-body></mjml>',
      { ignoreIncludes: true },
    );
    expect(result.html).not.toContain('rapport');
  });

  test('no font is fetched from anywhere, even when one is named', async () => {
    const message = await rendered({
      body_mjml: body('<mj-text font-family="Roboto, sans-serif">x</mj-text>'),
    });
    expect(message.html).not.toContain('googleapis');
  });

  test.each([
    ['an unknown component', body('<mj-nonsense>x</mj-nonsense>'), 'bad_mjml'],
    ['no MJML at all', '<p>Hello</p>', 'not_mjml'],
    ['nothing', '', 'not_mjml'],
    [
      'a width from Liquid',
      body('<mj-image src="https://x.example/a.png" width="{{ person.w }}" />'),
      'bad_mjml',
    ],
    ['10,000 nested sections', `<mjml><mj-body>${'<mj-section>'.repeat(10_000)}`, 'template_too_deep'],
    ['20,000 nested divs', `<mjml><mj-body>${'<div>'.repeat(20_000)}</mj-body></mjml>`, 'bad_mjml'],
    ['200,001 characters', body('x'.repeat(200_001)), 'template_too_long'],
  ])('%s is refused with a problem', async (_, mjml, code) => {
    const result = await compileMjml(mjml, { template: 'letter', path: 'body_mjml' });
    expect(result).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([
        expect.objectContaining({ code, hint: expect.stringMatching(/\S/) }),
      ]),
    });
  });

  test('an error in the body is reported with the line the author sees', async () => {
    const result = await compileTemplate(
      source({
        body_mjml: body('<mj-text>one</mj-text>\n<mj-text>{{ persn.name }}</mj-text>'),
        preheader: 'Hello',
      }),
    );
    expect(result).toMatchObject({
      ok: false,
      problems: [{ code: 'unknown_variable', path: 'body_mjml', line: 4 }],
    });
  });
});

describe('the way out of a marketing message', () => {
  test('is added when the author left it out, in both parts', async () => {
    const message = await rendered({});
    for (const part of [message.html, message.text]) {
      expect(part).toContain(DATA.unsubscribe_url);
      expect(part).toContain(DATA.business.postal_address);
    }
  });

  test('is not added twice when the author has it', async () => {
    const message = await rendered({
      body_mjml: body(
        '<mj-text>{{ business.postal_address }} <a href="{{ unsubscribe_url }}">out</a></mj-text>',
      ),
    });
    expect(message.html.split(DATA.unsubscribe_url)).toHaveLength(2);
    expect(message.html).not.toContain('Unsubscribe<');
  });

  test('is added to a text part written by hand', async () => {
    const message = await rendered({ text: 'Hi {{ person.first_name }}' });
    expect(message.text).toContain(DATA.unsubscribe_url);
  });

  test('hidden behind a condition is not accepted: the footer comes as well', async () => {
    const message = await rendered({
      body_mjml: body(
        '<mj-text>{% if person.vip %}{{ business.postal_address }}<a href="{{ unsubscribe_url }}">out</a>{% endif %}</mj-text>',
      ),
    });
    expect(message.html).toContain(DATA.unsubscribe_url);
  });

  test('a template in which it cannot be placed is refused', async () => {
    const hidden =
      '<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section><mj-raw>{% comment %}</mj-raw></mj-body></mjml>';
    const result = await compileTemplate(source({ body_mjml: hidden }));
    expect(result.ok).toBe(false);
    const open = await compileTemplate(
      source({
        body_mjml:
          '<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section><mj-raw>{% if person.vip %}</mj-raw></mj-body><mj-raw>{% endif %}</mj-raw></mjml>',
      }),
    );
    expect(open.ok).toBe(false);
  });

  test('a marketing message without a link for this person is not rendered', async () => {
    const result = renderMessage(await compiled(), { ...DATA, unsubscribe_url: '' });
    expect(result).toMatchObject({ ok: false, problem: { code: 'no_unsubscribe_link' } });
  });

  test('transactional messages need none', async () => {
    const message = await rendered({ purpose: 'transactional' }, { person: { first_name: 'Sally' } });
    expect(message.html).not.toContain('Unsubscribe');
  });
});

describe('headers', () => {
  test.each([
    ['Sally\r\nBcc: everyone@example.com', 'Sally Bcc: everyone@example.com'],
    ['a\u0000b\u2028c\u202ed', 'a b c d'],
    ['  محمد   🎉 ', 'محمد 🎉'],
    ['\ud800 lone', '\ufffd lone'],
  ])('%j becomes %j', (given, expected) => {
    expect(headerText(given)).toBe(expected);
  });

  test('a subject of a thousand emoji is cut between characters', () => {
    const cut = headerText('🎉'.repeat(1_000));
    expect(cut.length).toBeLessThanOrEqual(250);
    expect(cut.isWellFormed()).toBe(true);
  });

  test('a name with a line break cannot add a header through the subject', async () => {
    const message = await rendered(
      { subject: 'Hi {{ person.first_name }}' },
      { ...DATA, person: { first_name: 'A\r\nBcc: x@example.com' } },
    );
    expect(message.subject).toBe('Hi A Bcc: x@example.com');
  });

  test('a subject that is empty for someone is a problem, not an empty line', async () => {
    const result = renderMessage(await compiled({ subject: '{{ person.nick }}' }), DATA);
    expect(result).toMatchObject({ ok: false, problem: { code: 'empty_subject' } });
  });

  test('an ampersand in the preheader does not break the document', async () => {
    const message = await rendered({ preheader: 'Tea & <cake> for {{ person.first_name }}' });
    expect(message.html).toContain('Tea &amp; &lt;cake&gt; for Sally');
    expect(message.text).not.toContain('cake');
    expect(message.preheader).toBe('Tea & <cake> for Sally');
  });
});

describe('the ready templates', () => {
  test.each(READY_TEMPLATES.map((template) => [template.key, template] as const))(
    '%s compiles and renders for everyone and for no one',
    async (_, template) => {
      const result = await compileTemplate(template);
      if (!result.ok) expect.fail(JSON.stringify(result.problems));
      for (const person of [
        {},
        { first_name: 'محمد' },
        { first_name: '🎉' },
        { first_name: '' },
        { first_name: "O'Neil <b>" },
      ]) {
        const message = renderMessage(result.template, { ...DATA, person });
        if (!message.ok) expect.fail(JSON.stringify(message.problem));
        expect(`${message.message.subject}${message.message.text}`).not.toMatch(/!|undefined|\{\{|\{%/);
        expect(message.message.html).not.toContain('<b>"');
        expect(message.message.html.length).toBeLessThan(20_000);
      }
    },
  );

  test('rendering one is a small part of sending it', async () => {
    const second = READY_TEMPLATES.find((template) => template.key === 'second_purchase') ?? expect.fail();
    const result = await compileTemplate(second);
    if (!result.ok) expect.fail();
    const times = Array.from({ length: 400 }, () => {
      const startedAt = performance.now();
      renderMessage(result.template, DATA);
      return performance.now() - startedAt;
    }).toSorted((a, b) => a - b);
    expect(times[200]).toBeLessThan(0.2);
  });
});

test('a template is loaded and compiled once for many who ask at once, and again if it was not there', async () => {
  const cache = createTemplateCache({ entriesMax: 2 });
  let loads = 0;
  const load = async (): Promise<TemplateSource> => {
    loads += 1;
    return source();
  };
  const id = { workspaceId: 'w', key: 'letter', version: 1 };
  const all = await Promise.all(Array.from({ length: 10 }, () => cache.get(id, load)));
  expect(new Set(all).size).toBe(1);
  expect(loads).toBe(1);
  expect(await cache.get({ ...id, version: 2 }, async () => undefined)).toBeUndefined();
  expect(await cache.get({ ...id, version: 2 }, load)).toMatchObject({ ok: true });
});

test('every filter is documented, and nothing else is', async () => {
  const page = await readFile(new URL('../../../docs/templates.md', import.meta.url), 'utf8');
  for (const name of FILTER_NAMES)
    expect([name, page.includes(`\`${name}\``) || page.includes(`| ${name}:`)]).toEqual([name, true]);
});
