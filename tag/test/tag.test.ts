// The built tag in a real browser, on a site of another origin, against a real Rapport: what arrives is what was said.
import pg from 'pg';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startRapport, type Rapport } from '../../console/test/support/rapport.ts';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { until } from '../../server/test/support/processes.ts';
import { openFront, openSite, type Front, type Site } from './support/site.ts';

interface Stored {
  readonly name: string;
  readonly at: Date;
  readonly received_at: Date;
  readonly person_id: string;
  readonly message_id: string;
  readonly body: {
    readonly type: string;
    readonly trust: string;
    readonly properties: { readonly [name: string]: unknown };
    readonly traits: { readonly [name: string]: unknown };
    readonly identities: readonly (readonly [string, string])[];
    readonly context?: { readonly [name: string]: unknown };
  };
}

let rapport: Rapport;
let browser: Browser;
let site: Site;
let front: Front;
let db: pg.Client;
let key: string;
let context: BrowserContext;
/** What went wrong in the site's pages; a tag that is disturbed leaves failed requests, and nothing else. */
let faults: string[];

beforeAll(async () => {
  [rapport, browser, site] = await Promise.all([startRapport(), launchBrowser(), openSite()]);
  front = await openFront(rapport.url);
  const made = await rapport.api(await rapport.setUp(), 'POST', '/api/keys', {
    kind: 'browser',
    name: 'Site',
  });
  key = (made as { key: string }).key;
  db = new pg.Client({ connectionString: rapport.databaseUrl });
  db.on('error', () => undefined);
  await db.connect();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await db?.end();
  await Promise.all([front?.close(), site?.close()]);
  await rapport?.close();
});

beforeEach(async () => {
  await db.query('delete from events');
  front.way = 'open';
  site.page = { html: html(), headers: {} };
  site.files.clear();
  faults = [];
  context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Madrid' });
});

afterEach(() => context.close());

const oneLine = 'data-auto-page';

/** A shop's page that loads the tag with these attributes. */
function html(
  options: { attributes?: string; before?: string; after?: string; title?: string } = {},
): string {
  const { attributes = oneLine, before = '', after = '', title = 'Tea' } = options;
  return `<!doctype html><title>${title}</title>${before}
<script async src="${front.url}/tag.js" data-write-key="${key}" ${attributes}></script>${after}`;
}

async function visit(path = '/', host = 'shop.localhost'): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`http://${host}:${site.port}${path}`);
  return page;
}

/** Calls the tag as the site's own script would. */
const say = (page: Page, ...call: readonly unknown[]): Promise<unknown> =>
  page.evaluate(([method, ...args]) => {
    const globals = window as unknown as { rapport: Record<string, (...args: unknown[]) => unknown> };
    return globals.rapport[String(method)]?.(...args);
  }, call);

async function stored(): Promise<readonly Stored[]> {
  const { rows } = await db.query<Omit<Stored, 'body'> & { body: string }>(
    'select name, at, received_at, person_id, message_id, body from events order by at, message_id',
  );
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as Stored['body'] }));
}

async function arrived(...names: readonly string[]): Promise<readonly Stored[]> {
  await until(`events ${names.join(', ')}`, async () => (await stored()).length >= names.length);
  const events = await stored();
  expect(events.map(({ name }) => name).sort()).toEqual([...names].sort());
  expect(faults).toEqual([]);
  return events;
}

const anonymousOf = (event: Stored | undefined): string =>
  event?.body.identities.find(([kind]) => kind === 'anonymous_id')?.[1] ?? 'none';

describe('what a page says', () => {
  test('one line in the page tells of each page view, where and how', async () => {
    const page = await visit('/tea?utm_source=news&utm_campaign=spring#top');
    const [view] = await arrived('Page Viewed');
    expect(view?.body).toMatchObject({
      type: 'page',
      trust: 'browser',
      properties: {
        url: `http://shop.localhost:${site.port}/tea?utm_source=news&utm_campaign=spring`,
        path: '/tea',
        title: 'Tea',
        referrer: '',
      },
      context: {
        campaign: { source: 'news', name: 'spring' },
        locale: 'de-DE',
        timezone: 'Europe/Madrid',
        screen: { width: 1280, height: 720, density: 1 },
      },
    });
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'rapport_id', sameSite: 'Lax', value: anonymousOf(view) });
    expect((cookie?.expires ?? 0) - Date.now() / 1_000).toBeGreaterThan(399 * 86_400);
    expect(await say(page, 'anonymousId')).toBe(anonymousOf(view));
  });

  test('what is said before the tag is loaded is not lost, nor said twice', async () => {
    site.page.html = html({
      before: `<script>
!function(w,n){var q=w[n]=w[n]||[];if(!q.page)"page identify track group alias reset consent ready".split(" ").forEach(function(m){q[m]=function(){q.push([m].concat([].slice.call(arguments)))}})}(window,"rapport");
rapport.page('Shop','Tea'); rapport.identify('u-1',{email:'Sally@Shop.example'}); rapport.track('Product Viewed',{sku:'T1'});
</script>`,
    });
    await visit('/');
    const events = await arrived('Identified', 'Page Viewed', 'Product Viewed');
    expect(new Set(events.map(({ person_id }) => person_id)).size).toBe(1);
    expect(events.map(({ body }) => body)).toMatchObject([
      { type: 'page', properties: { category: 'Shop', name: 'Tea', title: 'Tea' } },
      {
        type: 'identify',
        traits: { email: 'Sally@Shop.example' },
        identities: expect.arrayContaining([
          ['user_id', 'u-1'],
          ['email', 'sally@shop.example'],
        ]),
      },
      { type: 'track', properties: { sku: 'T1' }, context: { page: { title: 'Tea' } } },
    ]);
  });

  test('a reset makes the next visitor of this browser somebody else', async () => {
    site.page.html = html({ attributes: '' });
    const page = await visit();
    await until('the tag', () => page.evaluate(() => 'rapport' in window));
    await say(page, 'identify', 'u-1');
    await say(page, 'group', 'acme', { name: 'Acme' });
    await say(page, 'reset');
    await say(page, 'track', 'Browsed');
    const events = await arrived('Identified', 'Grouped', 'Browsed');
    const byName = new Map(events.map((event) => [event.name, event]));
    expect(byName.get('Grouped')?.person_id).toBe(byName.get('Identified')?.person_id);
    expect(byName.get('Browsed')?.person_id).not.toBe(byName.get('Identified')?.person_id);
    expect(byName.get('Browsed')?.body.identities).toHaveLength(1);
  });

  test('an alias links what the visitor was before', async () => {
    const page = await visit();
    await until('the tag', () => page.evaluate(() => 'rapport' in window));
    await say(page, 'alias', 'member-7');
    await say(page, 'identify', 'member-7');
    const events = await arrived('Page Viewed', 'Aliased', 'Identified');
    const { rows } = await db.query(
      "select distinct person_id from identities where value in ('member-7', $1)",
      [anonymousOf(events[0])],
    );
    expect(rows).toHaveLength(1);
  });

  test('an app’s own moves are page views with the page before as referrer', async () => {
    const page = await visit('/a');
    await arrived('Page Viewed');
    await page.evaluate(() => {
      history.pushState(null, '', '/b?x=1');
      document.title = 'Beta';
      history.replaceState({ scroll: 3 }, '');
    });
    await arrived('Page Viewed', 'Page Viewed');
    await page.goBack();
    const events = await arrived('Page Viewed', 'Page Viewed', 'Page Viewed');
    const at = `http://shop.localhost:${site.port}`;
    expect(events.map(({ body }) => [body.properties['path'], body.properties['referrer']])).toEqual([
      ['/a', ''],
      ['/b', `${at}/a`],
      ['/a', `${at}/b?x=1`],
    ]);
    expect(events[1]?.body.properties['title']).toBe('Beta');
  });

  test('a page that is shown again as it was left is a page view', async () => {
    const page = await visit('/kept');
    await arrived('Page Viewed');
    await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }));
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    });
    await say(page, 'track', 'After');
    await arrived('Page Viewed', 'Page Viewed', 'After');
  });

  test('all sites under one domain know the same visitor', async () => {
    await visit('/', 'www.tea.localhost');
    await arrived('Page Viewed');
    await visit('/', 'blog.tea.localhost');
    const [www, blog] = await arrived('Page Viewed', 'Page Viewed');
    expect(anonymousOf(blog)).toBe(anonymousOf(www));
    expect((await context.cookies()).map(({ domain }) => domain)).toEqual(['.tea.localhost']);
  });

  test('what the server refuses is said in the browser’s console, and the rest arrives', async () => {
    const page = await visit();
    await arrived('Page Viewed');
    const said = page.waitForEvent('console', (message) => message.text().includes('missing_field'));
    await say(page, 'track');
    await say(page, 'track', 'Good');
    await arrived('Page Viewed', 'Good');
    expect((await said).type()).toBe('warning');
  });
});

describe('the network', () => {
  test('what is said offline arrives when the network is back, with its own time', async () => {
    const page = await visit();
    await arrived('Page Viewed');
    await context.setOffline(true);
    await say(page, 'track', 'Said Offline');
    await until('a first try', async () => (await page.evaluate(() => localStorage.length)) > 2);
    await context.setOffline(false);
    const [, said] = await arrived('Page Viewed', 'Said Offline');
    expect(said?.at.getTime()).toBeLessThanOrEqual(said?.received_at.getTime() ?? 0);
    await until('an empty outbox', () =>
      page.evaluate(() => Object.keys(localStorage).every((name) => !name.startsWith('rapport.q.'))),
    );
  });

  test('a tab that is closed in mid-flight loses nothing: the next visit brings it', async () => {
    const page = await visit('/first');
    await arrived('Page Viewed');
    front.way = 'hold';
    const posts = front.posts();
    await say(page, 'track', 'Order Completed', { total: 9 });
    await until('the request is under way', () => front.posts() > posts);
    await page.close();
    front.way = 'open';
    await visit('/second');
    await arrived('Page Viewed', 'Order Completed', 'Page Viewed');
  });

  test('said in the last moment of a page, it is sent before the page is gone', async () => {
    const page = await visit('/first');
    await arrived('Page Viewed');
    site.page.html = '<!doctype html><title>Without a tag</title>';
    await page.evaluate(() => {
      const globals = window as unknown as { rapport: { track(name: string): void } };
      window.addEventListener('beforeunload', () => globals.rapport.track('Left'));
    });
    await page.goto(`http://elsewhere.localhost:${site.port}/`);
    await arrived('Page Viewed', 'Left');
  });

  test('an answer that is lost makes a retry, and the event counts once', async () => {
    const page = await visit();
    await arrived('Page Viewed');
    front.way = 'lose';
    const posts = front.posts();
    await say(page, 'track', 'Order Completed', { total: 9 });
    await arrived('Page Viewed', 'Order Completed');
    await until('a second try', () => front.posts() >= posts + 2);
    front.way = 'open';
    await until('an empty outbox', () =>
      page.evaluate(() => Object.keys(localStorage).every((name) => !name.startsWith('rapport.q.'))),
    );
    await arrived('Page Viewed', 'Order Completed');
  });

  test('a server that is down for a while gets everything when it is back', async () => {
    const page = await visit();
    await arrived('Page Viewed');
    await rapport.kill();
    for (const name of ['One', 'Two', 'Three']) await say(page, 'track', name);
    await until('a try', async () => (await page.evaluate(() => localStorage.length)) >= 4);
    await rapport.restart();
    const events = await arrived('Page Viewed', 'One', 'Two', 'Three');
    expect(events.map(({ name }) => name)).toEqual(['Page Viewed', 'One', 'Two', 'Three']);
  });
});

/** The cookie, then the names of what is in storage. */
const kept = (page: Page) =>
  page.evaluate(() => [
    document.cookie,
    ...Object.keys(localStorage).filter((name) => name.startsWith('rapport')),
  ]);

describe('consent', () => {
  test('nothing is kept or sent before it is given; then what was said meanwhile arrives', async () => {
    site.page.html = html({ attributes: 'data-auto-page data-consent="wait"' });
    const page = await visit('/');
    await until('the tag', () => page.evaluate(() => 'rapport' in window));
    const posts = front.posts();
    await say(page, 'track', 'Browsed');
    expect(await kept(page)).toEqual(['']);
    expect(await say(page, 'anonymousId')).toBeUndefined();
    await page.reload();
    await until('the tag', () => page.evaluate(() => 'rapport' in window));
    await say(page, 'identify', 'u-2');
    expect(front.posts()).toBe(posts);
    await say(page, 'consent', true);
    const [view, identified] = await arrived('Page Viewed', 'Identified');
    expect(identified?.person_id).toBe(view?.person_id);
    expect((await kept(page))[0]).toMatch(/^rapport_id=\w{32}$/);
  });

  test('withdrawn, it removes the id and stays withdrawn on the next page', async () => {
    const page = await visit();
    const [view] = await arrived('Page Viewed');
    await say(page, 'consent', false);
    expect(await kept(page)).toEqual(['', 'rapport.no']);
    await say(page, 'track', 'Not To Be Said');
    await page.reload();
    await until('the tag', () => page.evaluate(() => 'rapport' in window));
    await say(page, 'track', 'Not To Be Said');
    expect(await kept(page)).toEqual(['', 'rapport.no']);
    await say(page, 'consent', true);
    await say(page, 'track', 'Said');
    const events = await arrived('Page Viewed', 'Said');
    expect(anonymousOf(events[1])).not.toBe(anonymousOf(view));
  });
});

test('a word that is neither yes nor no changes nothing', async () => {
  const page = await visit();
  const [view] = await arrived('Page Viewed');
  await say(page, 'consent', 'granted');
  await say(page, 'consent');
  expect(await say(page, 'anonymousId')).toBe(anonymousOf(view));
  await say(page, 'track', 'After');
  await arrived('Page Viewed', 'After');
});

test('a no in one tab is a no in all of them, and so is a yes', async () => {
  const [one, other] = [await visit(), await visit()];
  await arrived('Page Viewed', 'Page Viewed');
  // The browser tells the other tab's process of it a moment later.
  const refused = async () => (await kept(other)).includes('rapport.no');
  await say(one, 'consent', false);
  await until('the other tab knows the no', refused);
  await say(other, 'track', 'Not To Be Said');
  await say(one, 'consent', true);
  await until('the other tab knows the yes', async () => !(await refused()));
  await say(other, 'track', 'Said');
  const [, , said] = await arrived('Page Viewed', 'Page Viewed', 'Said');
  expect(await say(one, 'anonymousId')).toBe(anonymousOf(said));
});

describe('strange places', () => {
  test('a browser that keeps nothing still tells, and the site sees no error', async () => {
    await context.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('Denied', 'SecurityError');
        },
      });
      Object.defineProperty(document, 'cookie', { get: () => '', set: () => undefined });
    });
    const page = await visit();
    await arrived('Page Viewed');
    await say(page, 'identify', 'u-3');
    await say(page, 'track', 'Bought');
    const events = await arrived('Page Viewed', 'Identified', 'Bought');
    expect(new Set(events.map(({ person_id }) => person_id)).size).toBe(1);
  });

  test('the same tag twice counts once, and says so', async () => {
    site.page.html = html({ after: html() });
    const page = await context.newPage();
    const said = page.waitForEvent('console', (message) => message.text().includes('twice'));
    await page.goto(`http://shop.localhost:${site.port}/`);
    await said;
    await say(page, 'track', 'After');
    await arrived('Page Viewed', 'After');
  });

  test('two tags with names of their own do not meet', async () => {
    site.page.html = html({ after: html({ attributes: 'data-auto-page data-name="agency"' }) });
    await visit();
    const [one, other] = await arrived('Page Viewed', 'Page Viewed');
    expect(anonymousOf(one)).not.toBe(anonymousOf(other));
    expect((await context.cookies()).map(({ name }) => name).sort()).toEqual(['agency_id', 'rapport_id']);
  });

  test('a strict content security policy needs two lines and no inline script', async () => {
    site.files.set(
      '/site.js',
      "(window.rapport = window.rapport || []).push(['track', 'From A File'], ['page'])",
    );
    site.page = {
      html: html({ attributes: '', before: '<script src="/site.js"></script>' }),
      headers: {
        'content-security-policy': `default-src 'none'; script-src 'self' ${front.url}; connect-src ${front.url}; require-trusted-types-for 'script'`,
      },
    };
    await visit();
    await arrived('From A File', 'Page Viewed');
  });

  test('a site that already says analytics.track keeps its words', async () => {
    site.page.html = html({
      attributes: 'data-also="analytics"',
      before: "<script>var analytics = []; analytics.push(['track', 'Old Words', { a: 1 }]);</script>",
    });
    const page = await visit();
    await arrived('Old Words');
    await page.evaluate(() => {
      const globals = window as unknown as { analytics: { track(name: string): void } };
      globals.analytics.track('New Words');
    });
    await arrived('Old Words', 'New Words');
  });

  test('a site that locked its history is not disturbed', async () => {
    site.page.html = html({
      before: `<script>
for (const name of ['pushState', 'replaceState']) {
  const own = history[name].bind(history);
  Object.defineProperty(history, name, { get: () => own, set() { throw new Error('locked'); } });
}
</script>`,
    });
    const page = await visit();
    await arrived('Page Viewed');
    await page.evaluate(() => history.pushState(null, '', '/moved'));
    await say(page, 'track', 'After');
    await arrived('Page Viewed', 'After');
  });

  test('what cannot be said, and elements of the same name, do not disturb the page', async () => {
    site.page.html = html({ before: '<div id="rapport"></div>' });
    const page = await visit();
    await arrived('Page Viewed');
    await page.evaluate(() => {
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      const globals = window as unknown as { rapport: Record<string, (...args: unknown[]) => void> };
      globals.rapport['track']?.('Round', circle);
      globals.rapport['push']?.(null, 7, ['nothing'], 'page');
    });
    await arrived('Page Viewed', 'Page Viewed');
  });
});
