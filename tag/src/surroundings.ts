// Where an event happened: page, campaign, language, time zone, screen. Nothing that tells one browser from another; what
// kind of browser it is, its own header says.

/** A page's address can be longer than an event may be. */
const TEXT_MAX = 2_048;

export interface Surroundings {
  readonly page: { readonly [name: string]: string };
  readonly [name: string]: unknown;
}

/** `referrer`: of a page that an app moved to by itself, the address before. */
export function surroundingsOf(window: Window, referrer: string): Surroundings {
  const { location, document, navigator, screen } = window;
  return {
    page: {
      url: cut(location.href.split('#')[0] ?? ''),
      path: cut(location.pathname),
      search: cut(location.search),
      title: cut(document.title),
      referrer: cut(referrer),
    },
    campaign: campaignOf(location.search),
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width: screen.width, height: screen.height, density: window.devicePixelRatio },
  };
}

/** `utm_campaign` is the campaign's name; every other `utm_…` keeps its own. Undefined when there is none. */
export function campaignOf(search: string): { readonly [name: string]: string } | undefined {
  const campaign: { [name: string]: string } = {};
  new URLSearchParams(search).forEach((value, key) => {
    const [, name] = /^utm_(\w{1,30})$/.exec(key) ?? [];
    if (name !== undefined && value !== '') campaign[name === 'campaign' ? 'name' : name] = cut(value);
  });
  return Object.keys(campaign).length === 0 ? undefined : campaign;
}

/** Never between the two halves of a character: the server would refuse the half. */
function cut(text: string): string {
  return text.slice(0, TEXT_MAX).replace(/[\uD800-\uDBFF]$/, '');
}
