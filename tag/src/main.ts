// Where the tag begins: finds the script element that loaded it, plays back what was said before, and puts its methods
// where the site expects them. Whatever goes wrong, the site's page goes on.
import { safely, warn } from './safely.ts';
import { readSettings, type Settings } from './settings.ts';
import { createTag, type Api } from './tag.ts';

/** A list of calls while the tag loads; the tag's methods are put onto the same list, so that nobody holds an old one. */
type Global = unknown[] & { loaded?: true } & { [method: string]: unknown };
type Globals = { [name: string]: unknown };

function boot(): void {
  const script = document.currentScript ?? document.querySelector('script[data-write-key]');
  if (!(script instanceof HTMLScriptElement)) return;
  const settings = readSettings(
    script,
    'globalPrivacyControl' in navigator && !!navigator.globalPrivacyControl,
  );
  if (settings === null) {
    warn('the script element has no data-write-key, so nothing is sent');
    return;
  }
  // A page that is only drawn ahead was seen by nobody yet.
  if ('prerendering' in document && document.prerendering === true)
    document.addEventListener(
      'prerenderingchange',
      safely(() => start(settings)),
      { once: true },
    );
  else start(settings);
}

function start(settings: Settings): void {
  const list = globalOf(settings.name);
  if (list === null) {
    warn(`${settings.name} is something else on this page, so nothing is sent; give the tag a data-name`);
    return;
  }
  if (list.loaded) {
    warn(
      `${settings.name} is on this page twice; the second one does nothing. Another site’s tag needs a data-name`,
    );
    return;
  }
  const api = createTag(window, settings);
  const safe: Api = Object.fromEntries(Object.entries(api).map(([name, method]) => [name, safely(method)]));
  const lists = [settings.name, settings.also].flatMap((name) => {
    const one = name === null ? null : globalOf(name);
    return one === null || one.loaded ? [] : [one];
  });
  const said = lists.flatMap((one) => one.splice(0));
  for (const one of lists) install(one, safe);
  const pageWasSaid = said.some((call) => nameOf(call) === 'page');
  if (settings.autoPage !== 'off' && !pageWasSaid) safe['page']?.();
  list['push']?.(...said);
}

function install(list: Global, api: Api): void {
  Object.assign(list, api, {
    loaded: true,
    ready: safely((act) => typeof act === 'function' && act()),
    push: (...calls: unknown[]): number => {
      for (const call of calls) {
        const [, ...args] = Array.from(isList(call) ? call : []);
        const method = list[nameOf(call)];
        if (typeof method === 'function') method(...args);
        else warn(`there is no ${nameOf(call)}()`);
      }
      return calls.length;
    },
  });
}

/** null: it is taken. */
function globalOf(name: string): Global | null {
  const globals = window as unknown as Globals;
  const there = globals[name];
  // An element with this id is a property of the window too.
  if (there === undefined || there === null || there instanceof Element) globals[name] = [];
  return Array.isArray(globals[name]) ? (globals[name] as Global) : null;
}

function nameOf(call: unknown): string {
  return isList(call) ? String(call[0]) : String(call);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return typeof value === 'object' && value !== null && 'length' in value;
}

safely(boot)();
