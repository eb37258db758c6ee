// Every address of the console. Pages are loaded when they are first opened; every state of a page that matters is in its address.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import type { PeopleSort } from '../api/people-views.ts';
import type { RuleJson } from '../api/rules.ts';
import { sessionQuery } from '../api/session.ts';
import { askAhead } from './ahead.ts';
import { NotFound, PageFailed, PagePending } from './boundaries.tsx';
import { places, type Place } from '../lib/snippets.ts';
import { Shell } from './shell.tsx';

type Search = Record<string, unknown>;
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
const ruleIn = (value: unknown): RuleJson | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.length > 0
    ? value.filter((one) => typeof one === 'string').slice(0, 24)
    : undefined;
const whole = (value: unknown): number | undefined => {
  const n = Number(value);
  return value !== undefined && Number.isInteger(n) && n > 0 ? n : undefined;
};

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location, matches, preload }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (session.setup_needed) throw redirect({ to: '/setup' });
    if (!session.user) throw redirect({ to: '/sign-in', search: { from: location.href } });
    const coming = matches.at(-1);
    if (coming?.cause === 'enter' && !preload) askAhead(context.queryClient, coming);
  },
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Search): { token?: string | undefined } => ({ token: text(search['token']) }),
  component: lazyRouteComponent(() => import('../routes/setup.tsx'), 'SetupPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Search): { from?: string | undefined } => ({ from: text(search['from']) }),
  component: lazyRouteComponent(() => import('../routes/sign-in.tsx'), 'SignInPage'),
});

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: (search: Search): { token?: string | undefined } => ({ token: text(search['token']) }),
  component: lazyRouteComponent(() => import('../routes/join.tsx'), 'JoinPage'),
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: (search: Search): { model?: string | undefined } => ({ model: text(search['model']) }),
  component: lazyRouteComponent(() => import('../routes/home.tsx'), 'HomePage'),
});
const figure = createRoute({
  getParentRoute: () => shell,
  path: '/figures/$key',
  validateSearch: (search: Search): { part?: string | undefined } => ({ part: text(search['part']) }),
  component: lazyRouteComponent(() => import('../routes/figure.tsx'), 'FigurePage'),
});
const outage = createRoute({
  getParentRoute: () => shell,
  path: '/outages/$id',
  component: lazyRouteComponent(() => import('../routes/outage.tsx'), 'OutagePage'),
});
const meet = createRoute({
  getParentRoute: () => shell,
  path: '/meet',
  validateSearch: (search: Search): { person?: string | undefined } => ({ person: text(search['person']) }),
  component: lazyRouteComponent(() => import('../routes/first/meet.tsx'), 'MeetPage'),
});
const firstMessage = createRoute({
  getParentRoute: () => shell,
  path: '/first-message',
  validateSearch: (
    search: Search,
  ): {
    journey?: string | undefined;
    person?: string | undefined;
    letter?: string | undefined;
    step?: 'switch' | undefined;
  } => ({
    journey: text(search['journey']),
    person: text(search['person']),
    letter: text(search['letter']),
    step: search['step'] === 'switch' ? 'switch' : undefined,
  }),
  component: lazyRouteComponent(() => import('../routes/first/first-message.tsx'), 'FirstMessagePage'),
});
const people = createRoute({
  getParentRoute: () => shell,
  path: '/people',
  validateSearch: (
    search: Search,
  ): {
    search?: string | undefined;
    stage?: string | undefined;
    segment?: string | undefined;
    rule?: RuleJson | undefined;
    sort?: PeopleSort | undefined;
    columns?: readonly string[] | undefined;
  } => ({
    search: text(search['search']),
    sort: search['sort'] === 'last_order' || search['sort'] === 'orders' ? search['sort'] : undefined,
    columns: textsIn(search['columns']),
    rule: ruleIn(search['rule']),
    stage: text(search['stage']),
    segment: text(search['segment']),
  }),
  component: lazyRouteComponent(() => import('../routes/people.tsx'), 'PeoplePage'),
});
const person = createRoute({
  getParentRoute: () => shell,
  path: '/people/$id',
  validateSearch: (search: Search): { show?: string | undefined } => ({ show: text(search['show']) }),
  component: lazyRouteComponent(() => import('../routes/person.tsx'), 'PersonPage'),
});
const segments = createRoute({
  getParentRoute: () => shell,
  path: '/segments',
  component: lazyRouteComponent(() => import('../routes/segments.tsx'), 'SegmentsPage'),
});
const segment = createRoute({
  getParentRoute: () => shell,
  path: '/segments/$key',
  component: lazyRouteComponent(() => import('../routes/segment.tsx'), 'SegmentPage'),
});
const newSegment = createRoute({
  getParentRoute: () => shell,
  path: '/new-segment',
  component: lazyRouteComponent(() => import('../routes/segment-rule.tsx'), 'NewSegmentPage'),
});
const segmentRule = createRoute({
  getParentRoute: () => shell,
  path: '/segments/$key/rule',
  component: lazyRouteComponent(() => import('../routes/segment-rule.tsx'), 'SegmentRulePage'),
});
const loyalty = createRoute({
  getParentRoute: () => shell,
  path: '/loyalty',
  component: lazyRouteComponent(() => import('../routes/loyalty.tsx'), 'LoyaltyPage'),
});
const newProgramme = createRoute({
  getParentRoute: () => shell,
  path: '/new-programme',
  component: lazyRouteComponent(() => import('../routes/loyalty-edit.tsx'), 'NewProgrammePage'),
});
const programmeEdit = createRoute({
  getParentRoute: () => shell,
  path: '/loyalty/$key/edit',
  component: lazyRouteComponent(() => import('../routes/loyalty-edit.tsx'), 'ProgrammeEditPage'),
});
const newBacktest = createRoute({
  getParentRoute: () => shell,
  path: '/new-backtest',
  validateSearch: (search: Search): { of?: string | undefined } => ({ of: text(search['of']) }),
  component: lazyRouteComponent(() => import('../routes/backtest-new.tsx'), 'NewBacktestPage'),
});
const backtest = createRoute({
  getParentRoute: () => shell,
  path: '/backtests/$id',
  component: lazyRouteComponent(() => import('../routes/backtest.tsx'), 'BacktestPage'),
});
const lifecycle = createRoute({
  getParentRoute: () => shell,
  path: '/lifecycle',
  validateSearch: (search: Search): { model?: string | undefined } => ({ model: text(search['model']) }),
  component: lazyRouteComponent(() => import('../routes/lifecycle.tsx'), 'LifecyclePage'),
});
const editModel = createRoute({
  getParentRoute: () => shell,
  path: '/lifecycle/$key/edit',
  validateSearch: (search: Search): { version?: number | undefined } => ({
    version: whole(search['version']),
  }),
  component: lazyRouteComponent(() => import('../routes/lifecycle-edit.tsx'), 'EditModelPage'),
});
const presets = createRoute({
  getParentRoute: () => shell,
  path: '/new-model',
  component: lazyRouteComponent(() => import('../routes/lifecycle-presets.tsx'), 'PresetsPage'),
});
const newModel = createRoute({
  getParentRoute: () => shell,
  path: '/new-model/edit',
  validateSearch: (search: Search): { from?: string | undefined } => ({ from: text(search['from']) }),
  component: lazyRouteComponent(() => import('../routes/lifecycle-edit.tsx'), 'NewModelPage'),
});
const rhythm = createRoute({
  getParentRoute: () => shell,
  path: '/insights/rhythm',
  component: lazyRouteComponent(() => import('../routes/rhythm.tsx'), 'RhythmPage'),
});
const journeys = createRoute({
  getParentRoute: () => shell,
  path: '/journeys',
  component: lazyRouteComponent(() => import('../routes/journeys.tsx'), 'JourneysPage'),
});
const journey = createRoute({
  getParentRoute: () => shell,
  path: '/journeys/$id',
  validateSearch: (
    search: Search,
  ): {
    version?: number | undefined;
    view?: 'table' | 'picture' | undefined;
    node?: string | undefined;
    days?: number | undefined;
    runs?: 'ended' | undefined;
  } => ({
    version: whole(search['version']),
    view: search['view'] === 'table' || search['view'] === 'picture' ? search['view'] : undefined,
    node: text(search['node']),
    days: [7, 30, 90].find((days) => days === whole(search['days'])),
    runs: search['runs'] === 'ended' ? 'ended' : undefined,
  }),
  component: lazyRouteComponent(() => import('../routes/journey.tsx'), 'JourneyPage'),
});
const editJourney = createRoute({
  getParentRoute: () => shell,
  path: '/journeys/$id/edit',
  validateSearch: (search: Search): { step?: string | undefined } => ({ step: text(search['step']) }),
  component: lazyRouteComponent(() => import('../routes/journey-edit.tsx'), 'EditJourneyPage'),
});
const newJourney = createRoute({
  getParentRoute: () => shell,
  path: '/new-journey',
  component: lazyRouteComponent(() => import('../routes/journey-new.tsx'), 'NewJourneyPage'),
});
const messages = createRoute({
  getParentRoute: () => shell,
  path: '/messages',
  validateSearch: (
    search: Search,
  ): {
    state?: string | undefined;
    reason?: string | undefined;
    journey?: string | undefined;
    channel?: string | undefined;
    days?: number | undefined;
    person?: string | undefined;
  } => ({
    state: text(search['state']),
    reason: text(search['reason']),
    journey: text(search['journey']),
    channel: text(search['channel']),
    days: [1, 7, 30, 90].find((days) => days === whole(search['days'])),
    person: text(search['person']),
  }),
  component: lazyRouteComponent(() => import('../routes/messages.tsx'), 'MessagesPage'),
});
const message = createRoute({
  getParentRoute: () => shell,
  path: '/messages/$id',
  component: lazyRouteComponent(() => import('../routes/message.tsx'), 'MessagePage'),
});
const mailbox = createRoute({
  getParentRoute: () => shell,
  path: '/mailbox',
  component: lazyRouteComponent(() => import('../routes/mailbox.tsx'), 'MailboxPage'),
});
const mail = createRoute({
  getParentRoute: () => shell,
  path: '/mailbox/$id',
  component: lazyRouteComponent(() => import('../routes/mail.tsx'), 'MailPage'),
});
const templates = createRoute({
  getParentRoute: () => shell,
  path: '/templates',
  component: lazyRouteComponent(() => import('../routes/templates.tsx'), 'TemplatesPage'),
});
const template = createRoute({
  getParentRoute: () => shell,
  path: '/templates/$key',
  validateSearch: (search: Search): { person?: string | undefined; journey?: string | undefined } => ({
    person: text(search['person']),
    journey: text(search['journey']),
  }),
  component: lazyRouteComponent(() => import('../routes/template.tsx'), 'TemplatePage'),
});
const imports = createRoute({
  getParentRoute: () => shell,
  path: '/imports',
  component: lazyRouteComponent(() => import('../routes/imports.tsx'), 'ImportsPage'),
});
const oneImport = createRoute({
  getParentRoute: () => shell,
  path: '/imports/$id',
  validateSearch: (search: Search): { step?: 'columns' | 'rows' | 'permission' | undefined } => {
    const { step } = search;
    return { step: step === 'columns' || step === 'rows' || step === 'permission' ? step : undefined };
  },
  component: lazyRouteComponent(() => import('../routes/import.tsx'), 'ImportPage'),
});
const quarantine = createRoute({
  getParentRoute: () => shell,
  path: '/quarantine',
  validateSearch: (search: Search): { code?: string | undefined; tab?: 'parked' | undefined } => ({
    code: text(search['code']),
    tab: search['tab'] === 'parked' ? 'parked' : undefined,
  }),
  component: lazyRouteComponent(() => import('../routes/quarantine.tsx'), 'QuarantinePage'),
});
const system = createRoute({
  getParentRoute: () => shell,
  path: '/system',
  component: lazyRouteComponent(() => import('../routes/system.tsx'), 'SystemPage'),
});
const sending = createRoute({
  getParentRoute: () => shell,
  path: '/settings/sending',
  component: lazyRouteComponent(() => import('../routes/sending.tsx'), 'SendingPage'),
});
const sendingRules = createRoute({
  getParentRoute: () => shell,
  path: '/settings/rules',
  validateSearch: (search: Search): { person?: string | undefined; letter?: string | undefined } => ({
    person: text(search['person']),
    letter: text(search['letter']),
  }),
  component: lazyRouteComponent(() => import('../routes/sending-rules.tsx'), 'SendingRulesPage'),
});
const connect = createRoute({
  getParentRoute: () => shell,
  path: '/settings/connect',
  validateSearch: (
    search: Search,
  ): { where?: Place | undefined; key?: string | undefined; consent?: 'wait' | undefined } => ({
    where: places.find((place) => place === search['where']),
    key: text(search['key']),
    consent: search['consent'] === 'wait' ? 'wait' : undefined,
  }),
  component: lazyRouteComponent(() => import('../routes/connect.tsx'), 'ConnectPage'),
});
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/settings/keys',
  component: lazyRouteComponent(() => import('../routes/keys.tsx'), 'KeysPage'),
});
const team = createRoute({
  getParentRoute: () => shell,
  path: '/settings/team',
  component: lazyRouteComponent(() => import('../routes/team.tsx'), 'TeamPage'),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/settings/audit',
  component: lazyRouteComponent(() => import('../routes/audit.tsx'), 'AuditPage'),
});
const account = createRoute({
  getParentRoute: () => shell,
  path: '/settings/account',
  component: lazyRouteComponent(() => import('../routes/account.tsx'), 'AccountPage'),
});
const workspace = createRoute({
  getParentRoute: () => shell,
  path: '/settings/workspace',
  component: lazyRouteComponent(() => import('../routes/workspace.tsx'), 'WorkspacePage'),
});

const tree = root.addChildren([
  setup,
  signIn,
  join,
  shell.addChildren([
    home,
    figure,
    outage,
    meet,
    firstMessage,
    people,
    person,
    loyalty,
    newProgramme,
    programmeEdit,
    segments,
    newSegment,
    segmentRule,
    segment,
    newBacktest,
    backtest,
    lifecycle,
    editModel,
    presets,
    newModel,
    rhythm,
    journeys,
    journey,
    editJourney,
    newJourney,
    messages,
    message,
    mailbox,
    mail,
    templates,
    template,
    imports,
    oneImport,
    quarantine,
    system,
    sending,
    sendingRules,
    connect,
    keys,
    team,
    audit,
    account,
    workspace,
  ]),
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingComponent: PagePending,
    defaultErrorComponent: PageFailed,
    defaultNotFoundComponent: NotFound,
    defaultPendingMs: 500,
    defaultPendingMinMs: 0,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
