// Every page of the console, once: what the tests visit, what `npm run screenshots` takes and what the bench times. A new
// route gets its line here.

export interface ListedPage {
  /** The name of its picture. */
  readonly name: string;
  /** `:person`, `:message` and the like stand for one that is really there: see `findSubjects`. */
  readonly address: string;
  /** What its title says. */
  readonly heading: string | RegExp;
}

export const listedPages: readonly ListedPage[] = [
  { name: 'home', address: '/', heading: /customer|ordered yet|meet/ },
  { name: 'figure', address: '/figures/repeat', heading: /^Repeat purchase rate/ },
  { name: 'people', address: '/people', heading: 'People' },
  { name: 'people-of-stage', address: '/people?stage=default:deterioration', heading: 'People' },
  { name: 'person', address: '/people/:person', heading: /./ },
  { name: 'segments', address: '/segments', heading: 'Segments' },
  { name: 'segment', address: '/segments/quiet', heading: 'Unusually quiet' },
  { name: 'segment-rule', address: '/segments/shrinking/rule', heading: 'Change Shrinking' },
  { name: 'loyalty', address: '/loyalty', heading: 'Loyalty' },
  { name: 'new-programme', address: '/new-programme', heading: 'New loyalty programme' },
  {
    name: 'programme-edit',
    address: '/loyalty/:programme/edit',
    heading: /^Change /,
  },
  { name: 'new-segment', address: '/new-segment', heading: 'New segment' },
  { name: 'new-backtest', address: '/new-backtest?of=journey:broken_rhythm', heading: /./ },
  { name: 'backtest', address: '/backtests/:backtest', heading: /./ },
  { name: 'rhythm', address: '/insights/rhythm', heading: /./ },
  { name: 'lifecycle', address: '/lifecycle', heading: 'Lifecycle' },
  { name: 'lifecycle-edit', address: '/lifecycle/default/edit', heading: /^Change / },
  { name: 'new-model', address: '/new-model', heading: 'New lifecycle model' },
  { name: 'journeys', address: '/journeys', heading: 'Journeys' },
  { name: 'journey', address: '/journeys/welcome', heading: 'Welcome and second purchase' },
  { name: 'journey-table', address: '/journeys/broken_rhythm?view=table', heading: 'Broken rhythm' },
  { name: 'messages', address: '/messages', heading: 'Sent messages' },
  { name: 'message', address: '/messages/:message', heading: /./ },
  { name: 'mailbox', address: '/mailbox', heading: 'Mailbox' },
  { name: 'mail', address: '/mailbox/:mail', heading: /./ },
  { name: 'templates', address: '/templates', heading: 'Templates' },
  { name: 'template', address: '/templates/welcome', heading: /Welcome/ },
  { name: 'imports', address: '/imports', heading: 'Imports' },
  { name: 'import', address: '/imports/:import', heading: /./ },
  { name: 'outage', address: '/outages/:outage', heading: /^Rapport was off for/ },
  { name: 'quarantine', address: '/quarantine', heading: 'Quarantine' },
  { name: 'parked', address: '/quarantine?tab=parked', heading: 'Quarantine' },
  { name: 'system', address: '/system', heading: 'System' },
  { name: 'sending', address: '/settings/sending', heading: 'Sending' },
  { name: 'connect', address: '/settings/connect', heading: 'Connect your site' },
  { name: 'keys', address: '/settings/keys', heading: 'Keys' },
  { name: 'team', address: '/settings/team', heading: 'Team' },
  { name: 'audit', address: '/settings/audit', heading: 'Log of changes' },
  { name: 'account', address: '/settings/account', heading: 'Your account' },
  { name: 'workspace', address: '/settings/workspace', heading: 'Workspace' },
  { name: 'not-found', address: '/no/such/page', heading: 'There is nothing at this address' },
];

/** Where a subject is found: the first item of a list. */
const lists: { readonly [subject: string]: string } = {
  person: '/api/people?segment=quiet&limit=1',
  message: '/api/messages?limit=1',
  mail: '/api/mailbox?limit=1',
  import: '/api/imports?limit=1',
  outage: '/api/outages?limit=1',
  backtest: '/api/backtests?limit=1',
  programme: '/api/programmes',
};

export type Subjects = ReadonlyMap<string, string>;

/** The ids that stand for `:person` and the like here; what is not there is left out. */
export async function findSubjects(ask: (path: string) => Promise<unknown>): Promise<Subjects> {
  const found = new Map<string, string>();
  for (const [subject, path] of Object.entries(lists)) {
    const id = /"(?:id|key)":"([^"]+)"/.exec(JSON.stringify(await ask(path)))?.[1];
    if (id !== undefined) found.set(subject, id);
  }
  return found;
}

/** The real address; undefined where its subject is not there. */
export function addressWith(subjects: Subjects, address: string): string | undefined {
  const subject = /:([a-z]+)(?=\/|$)/.exec(address)?.[1];
  if (subject === undefined || address.includes('?')) return address;
  const id = subjects.get(subject);
  return id === undefined ? undefined : address.replace(`:${subject}`, id);
}
