import { describe, expect, test } from 'vitest';

import { adviceOn } from './advice.ts';
import { mergeFieldsIn } from './merge-fields.ts';
import { compileTemplate, renderMessage } from './template.ts';
import type { TemplateSource } from './template.ts';

const DATA = {
  person: { first_name: 'Sally', city: 'Hull', plan: '' },
  business: { name: 'Blue Door Tea', postal_address: '1 Dock Street, Hull' },
  unsubscribe_url: 'https://shop.example/u/1',
  preferences_url: 'https://shop.example/preferences/1',
};

async function codes(
  change: Partial<TemplateSource>,
  options: { readonly body?: string; readonly postalAddress?: string | null } = {},
): Promise<readonly string[]> {
  const body = options.body ?? '<mj-text>Hello</mj-text>';
  const source: TemplateSource = {
    key: 'letter',
    name: 'Letter',
    channel: 'email',
    purpose: 'marketing',
    subject: 'Hello',
    preheader: 'And more',
    body_mjml: `<mjml><mj-body><mj-section><mj-column>${body}</mj-column></mj-section></mj-body></mjml>`,
    version: 1,
    ...change,
  };
  const compiled = await compileTemplate(source);
  if (!compiled.ok) return expect.fail(JSON.stringify(compiled.problems));
  const rendered = renderMessage(compiled.template, DATA);
  if (!rendered.ok) return expect.fail(JSON.stringify(rendered.problem));
  const fields = mergeFieldsIn([source.subject, source.preheader, source.body_mjml], DATA);
  const { postalAddress = '1 Dock Street, Hull' } = options;
  return adviceOn({ source, message: rendered.message, fields, data: DATA, postalAddress }).map(
    ({ code }) => code,
  );
}

describe('what is said before a letter is used', () => {
  test('nothing about a plain letter', async () => {
    expect(await codes({})).toEqual([]);
  });

  test.each([
    ['a subject longer than a phone shows', { subject: 'x'.repeat(61) }, {}, 'subject_long'],
    ['a letter without a preview line', { preheader: '' }, {}, 'no_preview_line'],
    [
      'a field that nobody has, near to one that is there',
      { subject: 'Hello {{ person.frist_name | default: "you" }}' },
      {},
      'unknown_field',
    ],
    ['a picture without words', {}, { body: '<mj-image src="https://shop.example/a.png" />' }, 'no_alt'],
    [
      'a picture inside the letter',
      {},
      { body: '<mj-image alt="a" src="data:image/png;base64,AAAA" />' },
      'picture_inside',
    ],
    [
      'a picture on this machine',
      {},
      { body: '<mj-image alt="a" src="https://localhost/a.png" />' },
      'picture_private',
    ],
    [
      'a picture at a private address',
      {},
      { body: '<mj-image alt="a" src="http://192.168.0.9/a.png" />' },
      'picture_private',
    ],
    [
      'a picture at a private address of the newer kind',
      {},
      { body: '<mj-image alt="a" src="http://[fd00::1]/a.png" />' },
      'picture_private',
    ],
    [
      'a picture without https',
      {},
      { body: '<mj-image alt="a" src="http://shop.example/a.png" />' },
      'picture_not_secure',
    ],
    ['a link that leads nowhere', {}, { body: '<mj-text><a href="#">Look</a></mj-text>' }, 'empty_link'],
    [
      'a button that is hard to read',
      {},
      {
        body: '<mj-button href="https://shop.example" background-color="#FFD54A" color="#FFFFFF">Look</mj-button>',
      },
      'faint_button',
    ],
    [
      'a letter that mail readers cut off',
      {},
      { body: `<mj-text>${'long '.repeat(21_000)}</mj-text>` },
      'letter_long',
    ],
    ['a marketing letter of a business without an address', {}, { postalAddress: null }, 'no_postal_address'],
  ] as const)('%s', async (_what, change, options, code) => {
    expect(await codes(change, options)).toEqual([code]);
  });

  test('a subject is as long as it looks, not as its bytes are', async () => {
    expect(await codes({ subject: '👩🏽‍🍳'.repeat(60) })).toEqual([]);
  });

  test('no postal address is asked of what is not marketing', async () => {
    expect(await codes({ purpose: 'transactional' }, { postalAddress: null })).toEqual([]);
  });
});

describe('fields of a person', () => {
  test('known ones with their value, others with what stands there, each once', () => {
    expect(
      mergeFieldsIn(
        [
          '{{ person.first_name | default: \'there\' }}, {{person.plan | default: "a plan"}}',
          '{{ person.first_name }} of {{ person.city }} on {{ person.street }}',
        ],
        DATA,
      ),
    ).toEqual([
      { path: 'person.first_name', value: 'Sally', fallback: 'there' },
      { path: 'person.plan', value: null, fallback: 'a plan' },
      { path: 'person.city', value: 'Hull', fallback: '' },
      { path: 'person.street', value: null, fallback: '' },
    ]);
  });

  test('what is written only when it is known is not missed, and the business is no fact of a person', () => {
    expect(
      mergeFieldsIn(
        ['{% if person.street %}at {{ person.street }}{% endif %} {{ business.name }} {{ offer.code }}'],
        DATA,
      ),
    ).toEqual([]);
  });

  test('no prototype is reached', () => {
    expect(
      mergeFieldsIn(['{{ person.constructor }}{{ person.__proto__ }}'], DATA).map(({ value }) => value),
    ).toEqual([null, null]);
  });
});
