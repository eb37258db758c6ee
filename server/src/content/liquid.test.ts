import { describe, expect, test } from 'vitest';

import { formatDate, formatMoney } from './filters.ts';
import { escapeHtml, LIQUID_LIMITS, parseLiquid, renderLiquid } from './liquid.ts';
import type { Escaping } from './liquid.ts';
import { plainData } from './plain-data.ts';
import type { TemplateProblem } from './problem.ts';

const place = { template: 'welcome', path: 'text' } as const;

function render(source: string, data: unknown, escaping: Escaping = 'none'): string | TemplateProblem {
  const parsed = parseLiquid(source, { place, escaping });
  if (!parsed.ok) return parsed.problems[0] ?? expect.fail('a refusal without a problem');
  const rendered = renderLiquid(parsed.parsed, plainData(data));
  return rendered.ok ? rendered.text : rendered.problem;
}

describe('what Liquid may do', () => {
  test.each([
    ["Hello {{ person.first_name | default: 'there' }}", {}, 'Hello there'],
    ["Hello {{ person.first_name | default: 'there' }}", { person: { first_name: 'Sally' } }, 'Hello Sally'],
    ["{{ event.total | money: 'EUR' }}", { event: { total: 1990 } }, '€19.90'],
    ["{{ event.total | money: 'JPY' }}", { event: { total: 1990 } }, '¥1,990'],
    ['{{ event.total | money }}', { event: { total: { amount: 500, currency: 'usd' } } }, '$5.00'],
    ["{{ event.total | money: 'EUR' }}", { event: { total: 'a lot' } }, ''],
    [
      "{{ event.at | date: 'long' }}",
      { event: { at: '2026-03-01T02:30:00Z' }, zone: 'America/New_York' },
      'February 28, 2026',
    ],
    [
      "{{ event.at | date: 'long' }}",
      { event: { at: '2026-03-01T02:30:00Z' }, zone: 'Mars/Olympus' },
      'March 1, 2026',
    ],
    [
      "{{ person.birthday | date: 'long' }}",
      { person: { birthday: '1990-02-28' }, zone: 'Pacific/Auckland' },
      'February 28, 1990',
    ],
    ['{{ person.birthday | date }}', { person: { birthday: 'soon' } }, ''],
    [
      '{% for item in event.items %}{{ item.name }};{% endfor %}',
      { event: { items: [{ name: 'a' }, { name: 'b' }] } },
      'a;b;',
    ],
    ['{{ person.name }}', { person: { name: 'محمد علي 🎉' } }, 'محمد علي 🎉'],
  ])('%s with %j gives "%s"', (source, data, expected) => {
    expect(render(source, data)).toBe(expected);
  });

  test('a date too far away for any calendar is empty, not an error', () => {
    expect(formatDate('+275760-09-14T00:00:00Z', 'long', { zone: 'UTC', locale: 'en' })).toBe('');
    expect(formatMoney(Number.NaN, 'EUR', 'en')).toBe('');
  });

  test('output into HTML is escaped, once, whatever the template says', () => {
    const data = { person: { first_name: `<script>alert("x")</script> & 'y'` } };
    const expected = '&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; &#39;y&#39;';
    expect(render('{{ person.first_name }}', data, 'html')).toBe(expected);
    expect(render('{{ person.first_name | escape }}', data, 'html')).toBe(expected);
    expect(render('{% echo person.first_name %}', data, 'html')).toBe(expected);
    expect(escapeHtml(undefined)).toBe('');
  });
});

describe('what Liquid may not do', () => {
  test.each([
    '{{ person.constructor }}',
    '{{ person.__proto__ }}',
    '{{ person.constructor.constructor }}',
    '{{ person.toString }}',
    '{{ person["__proto__"].polluted }}',
  ])('%s gives nothing', (source) => {
    const hostile: unknown = JSON.parse(
      '{"person":{"__proto__":{"polluted":"yes"},"constructor":"c","prototype":1,"ok":1}}',
    );
    expect(render(source, hostile)).toBe('');
  });

  test.each([
    "{% include '/etc/passwd' %}",
    "{% render '../../package.json' %}",
    '{% include person.file %}',
  ])('%s reads no file', (source) => {
    const problem = render(source, { person: { file: '/etc/passwd' } });
    expect(problem).toMatchObject({ code: 'unknown_partial', template: 'welcome', path: 'text', line: 1 });
    expect(JSON.stringify(problem)).not.toContain('root:');
  });

  test.each([
    '{% layout "x" %}',
    '{% tablerow i in (1..3) %}{% endtablerow %}',
    '{{ person.x | raw }}',
    '{{ person | json }}',
    '{{ person | inspect }}',
  ])('%s is not in the closed set', (source) => {
    expect(render(source, {})).toMatchObject({ code: expect.stringMatching(/^unknown_(tag|filter)$/) });
  });

  test('a template that loops forever is stopped', () => {
    const endless = '{% for a in (1..900000) %}{% for b in (1..900000) %}x{% endfor %}{% endfor %}';
    const startedAt = performance.now();
    expect(render(endless, {})).toMatchObject({
      code: 'limit_exceeded',
      hint: expect.stringContaining('loop'),
    });
    expect(performance.now() - startedAt).toBeLessThan(LIQUID_LIMITS.renderMsMax * 6);
    expect(render('{% for a in (1..90000000) %}x{% endfor %}', {})).toMatchObject({ code: 'limit_exceeded' });
  });

  test('text that doubles itself is stopped', () => {
    const doubling =
      "{% assign s = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}{{ s }}";
    expect(render(doubling, {})).toMatchObject({ code: 'limit_exceeded' });
  });

  test('10,000 nested tags are refused, closed or not', () => {
    const open = '{% if person %}'.repeat(10_000);
    expect(render(open, {})).toMatchObject({ code: 'template_too_deep' });
    expect(render(open + '{% endif %}'.repeat(10_000), {})).toMatchObject({ code: 'template_too_deep' });
    expect(render('{{ '.repeat(10_000), {})).toHaveProperty('code');
    expect(render(`{{ person${'[person'.repeat(20_000)} }}`, {})).toHaveProperty('code');
  });

  test('a text that is too long is refused before it is parsed', () => {
    expect(render('x'.repeat(LIQUID_LIMITS.sourceMax + 1), {})).toMatchObject({ code: 'template_too_long' });
  });
});

describe('what a problem says', () => {
  test('an unclosed tag is named with its line', () => {
    const problem = render('one\ntwo {% if person.x %}\nthree', {});
    expect(problem).toMatchObject({
      code: 'tag_not_closed',
      line: 2,
      hint: expect.stringContaining('endif'),
    });
  });

  test('a mistyped variable is found when saving, with the name that was meant', () => {
    const problem = render('one\nHello {{ persn.first_name }}', {});
    expect(problem).toMatchObject({
      code: 'unknown_variable',
      line: 2,
      hint: expect.stringContaining('Did you mean "person"?'),
    });
  });

  test('a mistyped filter is found when saving', () => {
    expect(render('{{ person.x | defualt: 1 }}', {})).toMatchObject({
      code: 'unknown_filter',
      hint: 'Did you mean "default"?',
    });
  });

  test('nonsense gets a problem, never an exception', () => {
    for (const source of [
      '{{',
      '{%',
      '{{ }}',
      '{% %}',
      '{{ | }}',
      '{% for %}',
      '{% endif %}',
      '{{ person. }}',
      '{% if %}x{% endif %}',
      '\u0000{{ \u0000 }}',
      '{{ "unclosed }}',
    ]) {
      const result = render(source, {});
      if (typeof result !== 'string') expect(result.message).toMatch(/\S/);
    }
  });
});

describe('plain data', () => {
  test('getters, functions, symbols and class instances bring nothing of ours along', () => {
    class Secret {
      #hidden = 1;
      shown = 'x';
      get token(): number {
        return this.#hidden;
      }
    }
    const copied = plainData({
      secret: new Secret(),
      call: () => 1,
      when: new Date('2026-01-01T00:00:00Z'),
      big: 10n,
      no: Number.NaN,
    });
    expect(JSON.parse(JSON.stringify(copied))).toEqual({
      secret: { shown: 'x' },
      call: null,
      when: '2026-01-01T00:00:00.000Z',
      big: '10',
      no: null,
    });
    expect(Object.getPrototypeOf(copied)).toBeNull();
  });

  test('data that is its own grandchild ends at the depth limit', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(JSON.stringify(plainData(loop)).length).toBeLessThan(200);
  });
});
